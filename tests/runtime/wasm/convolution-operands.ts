// A convolution's operands, and what the definition makes of them in double precision.

import type { Tensor4D } from "../../../src/runtime/tf.ts";
import { normal } from "./backend.ts";
import { outputSize, type Case } from "./convolution-cases.ts";

/** Random operands, and forward pass and gradients by the definition in double precision. */
export function build(c: Case) {
  const { batch: B = 2, image, channels: C, kernel, strides, pads, filters: N, dilations = [1, 1], groups = 1 } = c;
  const [[H, W], [kh, kw], [sh, sw], [top, bottom, left, right]] = [image, kernel, strides, pads];
  const [[dh, dw], [oh, ow]] = [dilations, outputSize(c)];
  const x = normal([B, H, W, C], 1) as Tensor4D;
  const filter = normal([kh, kw, C / groups, N], 2) as Tensor4D;
  const dy = normal([B, oh, ow, N], 3) as Tensor4D;
  const [xs, ws, ds] = [x, filter, dy].map((t) => t.dataSync());
  const reference = {
    y: new Float64Array(ds.length),
    dx: new Float64Array(xs.length),
    dw: new Float64Array(ws.length),
  };
  for (let b = 0; b < B; b++)
    for (let p = 0; p < oh; p++)
      for (let q = 0; q < ow; q++)
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++) {
            const [h, w] = [p * sh + i * dh - top, q * sw + j * dw - left];
            if (h < 0 || h >= H || w < 0 || w >= W) continue;
            const [part, atX, atY] = [C / groups, ((b * H + h) * W + w) * C, ((b * oh + p) * ow + q) * N];
            for (let n = 0; n < N; n++) {
              const first = Math.floor((n * groups) / N) * part;
              for (let c = 0; c < part; c++) {
                const atW = ((i * kw + j) * part + c) * N + n;
                reference.y[atY + n] += xs[atX + first + c] * ws[atW];
                reference.dx[atX + first + c] += ws[atW] * ds[atY + n];
                reference.dw[atW] += xs[atX + first + c] * ds[atY + n];
              }
            }
          }
  const attributes = {
    strides,
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    dataFormat: "NHWC",
    dilations,
    dimRoundingMode: "floor",
  };
  return { x, filter, dy, attributes, reference };
}
