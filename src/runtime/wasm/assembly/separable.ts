// Linear maps of an image that treat height and width apart: y = A x Bᵀ for every channel, with sparse A and B. Averages of
// windows, enlarging by repetition or interpolation, borders that repeat or mirror, filters: all are such maps, and so are
// their gradients, with A and B transposed.

import { clear, copy, floats } from "./vectors";

/**
 * The map of one axis lies in memory as [count + 1] i32, [n] i32, [n] f32: output place i takes of the input places number
 * starts[i] … starts[i + 1] − 1 of the second list, times the weights of the third.
 */
function placesOf(map: usize, count: i32): usize {
  return map + floats(count + 1);
}
function weightsOf(map: usize, count: i32): usize {
  return placesOf(map, count) + floats(load<i32>(map + floats(count)));
}

/** Scratch bytes: one row of the input. */
export function separableScratch(width: i32, channels: i32): usize {
  return floats(width * channels);
}

/** y[batch][rows][columns][C] of x[batch][height][width][C]. */
export function separable(
  x: usize, y: usize, batch: i32, height: i32, width: i32, C: i32, tall: usize, rows: i32, wide: usize, columns: i32,
  scratch: usize,
): void {
  const places = placesOf(tall, rows), weights = weightsOf(tall, rows);
  const row = floats(width * C), result = floats(columns * C);
  for (let b = 0; b < batch; b++, x += row * height) {
    for (let i = 0; i < rows; i++, y += result) {
      const first = load<i32>(tall + floats(i)), end = load<i32>(tall + floats(i + 1));
      if (i > 0 && sameTaps(tall, places, weights, i)) {
        memory.copy(y, y - result, result);
        continue;
      }
      if (first == end) {
        clear(y, columns * C);
        continue;
      }
      let blended = scratch;
      if (end - first == 1 && load<f32>(weights + floats(first)) == 1) blended = x + row * load<i32>(places + floats(first));
      else blendRows(scratch, x, row, width * C, places, weights, first, end);
      blendColumns(y, blended, C, wide, columns);
    }
  }
}

/** Whether output place i takes the same as the one before it. */
function sameTaps(map: usize, places: usize, weights: usize, i: i32): bool {
  const before = load<i32>(map + floats(i - 1)), first = load<i32>(map + floats(i)), end = load<i32>(map + floats(i + 1));
  if (end - first != first - before) return false;
  for (let k = first, l = before; k < end; k++, l++) {
    if (load<i32>(places + floats(k)) != load<i32>(places + floats(l))) return false;
    if (load<f32>(weights + floats(k)) != load<f32>(weights + floats(l))) return false;
  }
  return true;
}

/** to[n] = Σ of whole rows times their weights, two at a time. */
function blendRows(
  to: usize, x: usize, row: usize, n: i32, places: usize, weights: usize, first: i32, end: i32,
): void {
  let add = false;
  for (let k = first; k < end; k += 2, add = true) {
    const last = min(k + 1, end - 1);
    const a = x + row * load<i32>(places + floats(k)), b = x + row * load<i32>(places + floats(last));
    const wa = load<f32>(weights + floats(k)), wb = last > k ? load<f32>(weights + floats(last)) : <f32>0;
    blendPair(to, a, b, wa, wb, n, add);
  }
}

function blendPair(to: usize, a: usize, b: usize, wa: f32, wb: f32, n: i32, add: bool): void {
  const va = f32x4.splat(wa), vb = f32x4.splat(wb);
  for (; n >= 4; n -= 4, to += 16, a += 16, b += 16) {
    const pair = f32x4.add(f32x4.mul(v128.load(a), va), f32x4.mul(v128.load(b), vb));
    v128.store(to, add ? f32x4.add(v128.load(to), pair) : pair);
  }
  for (; n > 0; n--, to += 4, a += 4, b += 4) {
    const pair = load<f32>(a) * wa + load<f32>(b) * wb;
    store<f32>(to, add ? load<f32>(to) + pair : pair);
  }
}

/** One row: y[columns][C] of x[width][C]. */
function blendColumns(y: usize, x: usize, C: i32, wide: usize, columns: i32): void {
  const places = placesOf(wide, columns), weights = weightsOf(wide, columns), pixel = floats(C);
  for (let j = 0; j < columns; ) {
    const first = load<i32>(wide + floats(j)), end = load<i32>(wide + floats(j + 1));
    if (end - first == 1) {
      const run = runOfCopies(wide, places, weights, j, columns);
      if (run > 0) {
        copy(y, x + pixel * load<i32>(places + floats(first)), run * C);
        y += pixel * run;
        j += run;
        continue;
      }
    }
    if (end - first == 0) clear(y, C);
    else if (end - first <= 2) {
      const last = end - 1;
      const a = x + pixel * load<i32>(places + floats(first)), b = x + pixel * load<i32>(places + floats(last));
      const wb = last > first ? load<f32>(weights + floats(last)) : <f32>0;
      blendPair(y, a, b, load<f32>(weights + floats(first)), wb, C, false);
    } else blendPixels(y, x, C, places, weights, first, end);
    y += pixel;
    j++;
  }
}

/** How many output places from j on copy input places that lie side by side. */
function runOfCopies(wide: usize, places: usize, weights: usize, j: i32, columns: i32): i32 {
  const start = load<i32>(wide + floats(j)), place = load<i32>(places + floats(start));
  let run = 0;
  for (; j + run < columns; run++) {
    const k = start + run;
    if (load<i32>(wide + floats(j + run + 1)) != k + 1) break;
    if (load<i32>(places + floats(k)) != place + run || load<f32>(weights + floats(k)) != 1) break;
  }
  return run;
}

function blendPixels(y: usize, x: usize, C: i32, places: usize, weights: usize, first: i32, end: i32): void {
  const pixel = floats(C);
  let c: i32 = 0;
  for (; c + 8 <= C; c += 8) {
    let low = f32x4.splat(0), high = low;
    for (let k = first; k < end; k++) {
      const at = x + pixel * load<i32>(places + floats(k)) + floats(c), weight = v128.load32_splat(weights + floats(k));
      low = f32x4.add(low, f32x4.mul(v128.load(at), weight));
      high = f32x4.add(high, f32x4.mul(v128.load(at, 16), weight));
    }
    v128.store(y + floats(c), low);
    v128.store(y + floats(c), high, 16);
  }
  for (; c < C; c++) {
    let sum: f32 = 0;
    for (let k = first; k < end; k++) {
      sum += load<f32>(x + pixel * load<i32>(places + floats(k)) + floats(c)) * load<f32>(weights + floats(k));
    }
    store<f32>(y + floats(c), sum);
  }
}
