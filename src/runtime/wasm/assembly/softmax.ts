// The gradient of softmax over rows.

import { productRun } from "./row-norm";
import { floats } from "./vectors";

/** dx = y (dy − Σ dy y) over each row of F, where y is the softmax. */
export function softmaxGradient(y: usize, dy: usize, dx: usize, rows: i32, F: i32): void {
  for (; rows > 0; rows--, y += floats(F), dy += floats(F), dx += floats(F)) {
    const mean = <f32>productRun(y, dy, 0, 0, F), means = f32x4.splat(mean);
    let f: usize = 0;
    for (; f + 16 <= floats(F); f += 16) {
      v128.store(dx + f, f32x4.mul(v128.load(y + f), f32x4.sub(v128.load(dy + f), means)));
    }
    for (; f < floats(F); f += 4) store<f32>(dx + f, load<f32>(y + f) * (load<f32>(dy + f) - mean));
  }
}
