// The largest value of each window, and its gradient, which goes to the first of the largest in reading order, as in
// PyTorch. What a window covers beside the image does not count.

import { clear, floats } from "./vectors";

/** Written by the caller as twelve consecutive i32. */
@unmanaged
export class Pool {
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
}

const LOWEST: f32 = -f32.MAX_VALUE;

/** y[batch][outHeight][outWidth][C]; a window that lies beside the image gives the lowest float. */
export function maxPool(x: usize, y: usize, g: Pool): void {
  const C = g.channels, pixel = floats(C), line = pixel * g.width;
  for (let b = 0; b < g.batch; b++, x += line * g.height) {
    for (let i = 0; i < g.outHeight; i++) {
      const h0 = max(0, i * g.strideHeight - g.top), h1 = min(g.height, i * g.strideHeight - g.top + g.kernelHeight);
      for (let j = 0; j < g.outWidth; j++, y += pixel) {
        const w0 = max(0, j * g.strideWidth - g.left), w1 = min(g.width, j * g.strideWidth - g.left + g.kernelWidth);
        const corner = x + line * h0 + pixel * w0;
        let c: i32 = 0;
        for (; c + 4 <= C; c += 4) {
          let best = f32x4.splat(LOWEST);
          for (let h = h0, from = corner + floats(c); h < h1; h++, from += line) {
            for (let w = w0, at = from; w < w1; w++, at += pixel) best = f32x4.max(best, v128.load(at));
          }
          v128.store(y + floats(c), best);
        }
        for (; c < C; c++) {
          let best = LOWEST;
          for (let h = h0, from = corner + floats(c); h < h1; h++, from += line) {
            for (let w = w0, at = from; w < w1; w++, at += pixel) best = max(best, load<f32>(at));
          }
          store<f32>(y + floats(c), best);
        }
      }
    }
  }
}

/** dx of dy[batch][outHeight][outWidth][C]. */
export function maxPoolGradient(x: usize, dy: usize, dx: usize, g: Pool): void {
  const C = g.channels, pixel = floats(C), line = pixel * g.width;
  clear(dx, g.batch * g.height * g.width * C);
  for (let b = 0; b < g.batch; b++, x += line * g.height, dx += line * g.height) {
    for (let i = 0; i < g.outHeight; i++) {
      const h0 = max(0, i * g.strideHeight - g.top), h1 = min(g.height, i * g.strideHeight - g.top + g.kernelHeight);
      for (let j = 0; j < g.outWidth; j++, dy += pixel) {
        const w0 = max(0, j * g.strideWidth - g.left), w1 = min(g.width, j * g.strideWidth - g.left + g.kernelWidth);
        if (h0 >= h1 || w0 >= w1) continue;
        const corner = line * h0 + pixel * w0;
        let c: i32 = 0;
        for (; c + 4 <= C; c += 4) {
          const place = corner + floats(c), winner = firstLargest(x + place, h1 - h0, w1 - w0, line, pixel);
          const arriving = v128.load(dy + floats(c));
          let tap = i32x4.splat(0);
          for (let h = h0, from = dx + place; h < h1; h++, from += line) {
            for (let w = w0, at = from; w < w1; w++, at += pixel, tap = i32x4.add(tap, i32x4.splat(1))) {
              const share = v128.and(arriving, i32x4.eq(winner, tap));
              v128.store(at, f32x4.add(v128.load(at), share));
            }
          }
        }
        for (; c < C; c++) {
          let at = x + corner + floats(c), winner = at;
          for (let h = h0, from = at; h < h1; h++, from += line) {
            at = from;
            for (let w = w0; w < w1; w++, at += pixel) if (load<f32>(at) > load<f32>(winner)) winner = at;
          }
          const to = dx + (winner - x);
          store<f32>(to, load<f32>(to) + load<f32>(dy + floats(c)));
        }
      }
    }
  }
}

/** For each of four channels the number of the first largest value of a window, counted row by row. */
function firstLargest(from: usize, rows: i32, columns: i32, line: usize, pixel: usize): v128 {
  let best = v128.load(from), winner = i32x4.splat(0), tap = winner;
  for (let h = 0; h < rows; h++, from += line) {
    for (let w = 0, at = from; w < columns; w++, at += pixel, tap = i32x4.add(tap, i32x4.splat(1))) {
      const value = v128.load(at), larger = f32x4.gt(value, best);
      best = v128.bitselect(value, best, larger);
      winner = v128.bitselect(tap, winner, larger);
    }
  }
  return winner;
}
