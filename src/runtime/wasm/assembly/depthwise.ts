// Convolutions of every channel by itself, with one filter a channel: filter [kernelHeight][kernelWidth][channels]. Nothing is
// gathered. Channels are the vectors' lanes; a run of pixels shares the taps that it loads.

import { clear, floats, multiplyAdd } from "./vectors";
import { Convolution } from "./windows";

/** y = x * filter, each channel by its own; g.filters is g.channels. */
export function depthwise(x: usize, filter: usize, y: usize, g: Convolution): void {
  for (let b = 0; b < g.batch; b++) {
    const image = x + floats(g.width * g.channels) * (b * g.height);
    for (let p = 0; p < g.outHeight; p++, y += floats(g.outWidth * g.channels)) outputRow(image, filter, y, p, g);
  }
}

/** Taps first ≤ i < end of a window that begins at `start` lie inside the image. */
function firstInside(start: i32, dilation: i32, kernel: i32): i32 {
  return min(kernel, start < 0 ? (dilation - 1 - start) / dilation : 0);
}

function endInside(start: i32, dilation: i32, kernel: i32, size: i32): i32 {
  return start < size ? min(kernel, (size - start + dilation - 1) / dilation) : 0;
}

function outputRow(image: usize, filter: usize, y: usize, p: i32, g: Convolution): void {
  const C = g.channels, h0 = p * g.strideHeight - g.top;
  const i0 = firstInside(h0, g.dilationHeight, g.kernelHeight);
  const rows = endInside(h0, g.dilationHeight, g.kernelHeight, g.height) - i0;
  const imageRow = floats(g.width * C), tapRow = floats(g.kernelWidth * C);
  const top = image + imageRow * (h0 + i0 * g.dilationHeight), taps = filter + tapRow * i0;
  const reach = (g.kernelWidth - 1) * g.dilationWidth;
  for (let q = 0; q < g.outWidth; ) {
    const w0 = q * g.strideWidth - g.left, to = y + floats(q * C);
    const whole = w0 >= 0 && w0 + 3 * g.strideWidth + reach < g.width && q + 4 <= g.outWidth;
    const j0 = whole ? 0 : firstInside(w0, g.dilationWidth, g.kernelWidth);
    const columns = whole ? g.kernelWidth : endInside(w0, g.dilationWidth, g.kernelWidth, g.width) - j0;
    const from = top + floats((w0 + j0 * g.dilationWidth) * C);
    if (whole) fourPixels(from, taps, to, rows, imageRow * g.dilationHeight, g);
    else onePixel(from, taps + floats(j0 * C), to, rows, columns, imageRow * g.dilationHeight, g);
    q += whole ? 4 : 1;
  }
}

/** Four neighbouring outputs whose windows lie inside the image, but for rows that are left out. */
function fourPixels(from: usize, taps: usize, to: usize, rows: i32, down: usize, g: Convolution): void {
  const C = g.channels, right = floats(g.dilationWidth * C), pixel = floats(C), step = floats(g.strideWidth * C);
  let c = 0;
  for (; c + 8 <= C; c += 8) {
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    for (let i = 0; i < rows; i++) {
      let s = from + down * i + floats(c), t = taps + pixel * (i * g.kernelWidth) + floats(c);
      for (let j = 0; j < g.kernelWidth; j++, s += right, t += pixel) {
        const u = v128.load(t), v = v128.load(t, 16), s2 = s + 2 * step;
        a0 = multiplyAdd(v128.load(s), u, a0); b0 = multiplyAdd(v128.load(s, 16), v, b0);
        a1 = multiplyAdd(v128.load(s + step), u, a1); b1 = multiplyAdd(v128.load(s + step, 16), v, b1);
        a2 = multiplyAdd(v128.load(s2), u, a2); b2 = multiplyAdd(v128.load(s2, 16), v, b2);
        a3 = multiplyAdd(v128.load(s2 + step), u, a3); b3 = multiplyAdd(v128.load(s2 + step, 16), v, b3);
      }
    }
    const at = to + floats(c);
    v128.store(at, a0); v128.store(at, b0, 16);
    v128.store(at + pixel, a1); v128.store(at + pixel, b1, 16);
    v128.store(at + 2 * pixel, a2); v128.store(at + 2 * pixel, b2, 16);
    v128.store(at + 3 * pixel, a3); v128.store(at + 3 * pixel, b3, 16);
  }
  for (let n: usize = 0; n < 4; n++) channelsFrom(c, from + step * n, taps, to + pixel * n, rows, g.kernelWidth, down, g);
}

function onePixel(from: usize, taps: usize, to: usize, rows: i32, columns: i32, down: usize, g: Convolution): void {
  channelsFrom(0, from, taps, to, rows, columns, down, g);
}

/** One output's channels from number c on: the sum over rows×columns taps. */
function channelsFrom(
  c: i32, from: usize, taps: usize, to: usize, rows: i32, columns: i32, down: usize, g: Convolution,
): void {
  const C = g.channels, right = floats(g.dilationWidth * C), pixel = floats(C);
  for (; c + 4 <= C; c += 4) {
    let sum = f32x4.splat(0);
    for (let i = 0; i < rows; i++) {
      let s = from + down * i + floats(c), t = taps + pixel * (i * g.kernelWidth) + floats(c);
      for (let j = 0; j < columns; j++, s += right, t += pixel) sum = multiplyAdd(v128.load(s), v128.load(t), sum);
    }
    v128.store(to + floats(c), sum);
  }
  for (; c < C; c++) {
    let sum: f32 = 0;
    for (let i = 0; i < rows; i++) {
      let s = from + down * i + floats(c), t = taps + pixel * (i * g.kernelWidth) + floats(c);
      for (let j = 0; j < columns; j++, s += right, t += pixel) sum += load<f32>(s) * load<f32>(t);
    }
    store<f32>(to + floats(c), sum);
  }
}

/** dx from dy: every output adds itself, times the taps, to the pixels of its window. */
export function depthwiseInputGradient(dy: usize, filter: usize, dx: usize, g: Convolution): void {
  const C = g.channels;
  for (let b = 0; b < g.batch; b++) {
    const image = dx + floats(g.width * C) * (b * g.height);
    clear(image, g.height * g.width * C);
    for (let p = 0; p < g.outHeight; p++) {
      const h0 = p * g.strideHeight - g.top;
      const i0 = firstInside(h0, g.dilationHeight, g.kernelHeight);
      const i1 = endInside(h0, g.dilationHeight, g.kernelHeight, g.height);
      for (let q = 0; q < g.outWidth; q++, dy += floats(C)) {
        const w0 = q * g.strideWidth - g.left;
        const j0 = firstInside(w0, g.dilationWidth, g.kernelWidth);
        const j1 = endInside(w0, g.dilationWidth, g.kernelWidth, g.width);
        for (let i = i0; i < i1; i++) {
          const row = (h0 + i * g.dilationHeight) * g.width + w0;
          for (let j = j0; j < j1; j++) {
            addProduct(image + floats(C) * (row + j * g.dilationWidth), dy, filter + floats(C) * (i * g.kernelWidth + j), C);
          }
        }
      }
    }
  }
}

/** to += a · b, element by element */
function addProduct(to: usize, a: usize, b: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += 16, a += 16, b += 16) {
    v128.store(to, multiplyAdd(v128.load(a), v128.load(b), v128.load(to)));
  }
  for (; count > 0; count--, to += 4, a += 4, b += 4) store<f32>(to, load<f32>(to) + load<f32>(a) * load<f32>(b));
}

/** Adds to the gradient what these images give; the caller clears it. */
export function addDepthwiseFilterGradient(x: usize, dy: usize, gradient: usize, g: Convolution): void {
  const C = g.channels, row = floats(g.outWidth * C);
  for (let b = 0; b < g.batch; b++) {
    for (let p = 0; p < g.outHeight; p++, dy += row) {
      for (let i = 0; i < g.kernelHeight; i++) {
        const h = p * g.strideHeight - g.top + i * g.dilationHeight;
        if (h < 0 || h >= g.height) continue;
        for (let j = 0; j < g.kernelWidth; j++) {
          // Outputs first ≤ q < end read this tap inside the image.
          const w0 = j * g.dilationWidth - g.left;
          const first = firstInside(w0, g.strideWidth, g.outWidth), end = endInside(w0, g.strideWidth, g.outWidth, g.width);
          const from = x + floats(C) * ((b * g.height + h) * g.width + w0 + first * g.strideWidth);
          const to = gradient + floats(C) * (i * g.kernelWidth + j);
          addDots(to, from, floats(g.strideWidth * C), dy + floats(first * C), end - first, C);
        }
      }
    }
  }
}

/** to[c] += Σ over `count` pixels of x[c] · dy[c]; x's pixels lie `step` bytes apart, dy's side by side. */
function addDots(to: usize, x: usize, step: usize, dy: usize, count: i32, C: i32): void {
  let c = 0;
  const pixel = floats(C);
  for (; c + 8 <= C; c += 8) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0;
    let s = x + floats(c), d = dy + floats(c), left = count;
    for (; left >= 2; left -= 2, s += 2 * step, d += 2 * pixel) {
      a0 = multiplyAdd(v128.load(s), v128.load(d), a0);
      b0 = multiplyAdd(v128.load(s, 16), v128.load(d, 16), b0);
      a1 = multiplyAdd(v128.load(s + step), v128.load(d + pixel), a1);
      b1 = multiplyAdd(v128.load(s + step, 16), v128.load(d + pixel, 16), b1);
    }
    if (left > 0) {
      a0 = multiplyAdd(v128.load(s), v128.load(d), a0);
      b0 = multiplyAdd(v128.load(s, 16), v128.load(d, 16), b0);
    }
    const at = to + floats(c);
    v128.store(at, f32x4.add(v128.load(at), f32x4.add(a0, a1)));
    v128.store(at, f32x4.add(v128.load(at, 16), f32x4.add(b0, b1)), 16);
  }
  for (; c < C; c++) {
    let sum: f32 = 0, s = x + floats(c), d = dy + floats(c);
    for (let left = count; left > 0; left--, s += step, d += pixel) sum += load<f32>(s) * load<f32>(d);
    store<f32>(to + floats(c), load<f32>(to + floats(c)) + sum);
  }
}

/** Every channel of `count` pixels `times` times in a row. */
export function repeatChannels(to: usize, from: usize, count: i32, channels: i32, times: i32): void {
  for (let n = count * channels; n > 0; n--, from += 4) {
    const value = load<f32>(from);
    for (let t = 0; t < times; t++, to += 4) store<f32>(to, value);
  }
}

/** The reverse: the sums of `times` neighbours. */
export function foldChannels(to: usize, from: usize, count: i32, channels: i32, times: i32): void {
  for (let n = count * channels; n > 0; n--, to += 4) {
    let sum: f32 = 0;
    for (let t = 0; t < times; t++, from += 4) sum += load<f32>(from);
    store<f32>(to, sum);
  }
}
