import { expect, it } from "vitest";
import type { Tensor4D } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, run, tf, tolerance } from "./backend.ts";

type Pair = [number, number];

interface Case {
  batch?: number;
  image: Pair;
  channels: number;
  kernel: Pair;
  strides: Pair;
  /** top, bottom, left, right */
  pads: [number, number, number, number];
  filters: number;
  dilations?: Pair;
}

// Sides that differ in every respect, so that no mix-up of axes goes unseen.
const cases: Case[] = [
  { image: [14, 14], channels: 8, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 24 },
  { image: [28, 28], channels: 1, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 8 },
  { image: [9, 7], channels: 3, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 1 },
  { image: [9, 11], channels: 3, kernel: [3, 5], strides: [1, 2], pads: [1, 1, 2, 2], filters: 5 },
  { image: [12, 7], channels: 4, kernel: [5, 2], strides: [3, 1], pads: [0, 2, 1, 0], filters: 3 },
  { image: [10, 13], channels: 5, kernel: [4, 3], strides: [2, 3], pads: [2, 1, 0, 3], filters: 8 },
  { image: [8, 9], channels: 9, kernel: [3, 3], strides: [2, 2], pads: [1, 0, 0, 1], filters: 9 },
  { image: [7, 6], channels: 12, kernel: [1, 1], strides: [2, 3], pads: [0, 0, 0, 0], filters: 10 },
  { image: [11, 8], channels: 8, kernel: [2, 3], strides: [3, 1], pads: [0, 0, 1, 1], filters: 11 },
  { image: [1, 1], channels: 33, kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], filters: 96 },
  { image: [1, 1], channels: 96, kernel: [4, 4], strides: [1, 1], pads: [3, 3, 3, 3], filters: 33 },
  { image: [4, 4], channels: 33, kernel: [4, 4], strides: [1, 1], pads: [0, 0, 0, 0], filters: 4 },
  { image: [6, 5], channels: 300, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 2 },
  { image: [5, 5], channels: 24, kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], filters: 270 },
  // Kernels of twice the stride, which take fewer multiplications: odd and even grids, all kinds of pads.
  { image: [14, 14], channels: 32, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 24 },
  { batch: 5, image: [8, 16], channels: 16, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 16 },
  { batch: 3, image: [11, 9], channels: 20, kernel: [4, 4], strides: [2, 2], pads: [2, 1, 0, 3], filters: 36 },
  { image: [13, 12], channels: 16, kernel: [4, 2], strides: [2, 1], pads: [-1, 2, 1, -3], filters: 20 },
  { batch: 4, image: [7, 6], channels: 24, kernel: [2, 2], strides: [1, 1], pads: [0, 1, 1, 0], filters: 300 },
  { batch: 6, image: [17, 14], channels: 16, kernel: [6, 4], strides: [3, 2], pads: [3, 0, -2, 4], filters: 16 },
  { image: [12, 13], channels: 40, kernel: [4, 4], strides: [2, 2], pads: [5, 4, 3, 3], filters: 16 },
  { batch: 40, image: [4, 4], channels: 16, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 16 },
  // Negative pads crop: an exact ConvTranspose2d with output_padding asks for them.
  { image: [9, 9], channels: 8, kernel: [3, 3], strides: [2, 2], pads: [0, -1, 0, -1], filters: 5 },
  { image: [11, 10], channels: 3, kernel: [3, 2], strides: [2, 3], pads: [-2, 1, -1, -3], filters: 9 },
  { image: [11, 10], channels: 16, kernel: [3, 4], strides: [3, 2], pads: [-2, 1, -1, -2], filters: 4 },
  { image: [10, 12], channels: 8, kernel: [2, 2], strides: [3, 4], pads: [1, -2, -3, 0], filters: 6 },
  // One image, and so many that blocks of windows begin and end inside them.
  { batch: 1, image: [5, 3], channels: 1, kernel: [5, 3], strides: [1, 1], pads: [0, 0, 0, 0], filters: 1 },
  { batch: 37, image: [5, 3], channels: 6, kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], filters: 7 },
  { batch: 9, image: [11, 9], channels: 8, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 3 },
  { image: [13, 12], channels: 5, kernel: [3, 3], strides: [1, 2], pads: [2, 1, 3, 2], filters: 9, dilations: [2, 3] },
  { image: [9, 10], channels: 4, kernel: [3, 2], strides: [1, 1], pads: [0, 2, -1, 4], filters: 3, dilations: [1, 4] },
];

describeVariants("convolution kernels", () => {
  it.each(cases.map((c) => [label(c), c] as const))("agree with float64 loops: %s", (_, c) => {
    tf.tidy(() => {
      const { x, filter, dy, attributes, reference } = build(c);
      const y = run("Conv2D", { x, filter }, attributes);
      expect(y.shape).toEqual(dy.shape);
      expect(relativeError(y, reference.y)).toBeLessThan(tolerance);
      if (c.dilations) return; // tfjs differentiates no dilated convolution
      const dx = run("Conv2DBackpropInput", { dy, filter }, { ...attributes, inputShape: x.shape });
      expect(dx.shape).toEqual(x.shape);
      expect(relativeError(dx, reference.dx)).toBeLessThan(tolerance);
      const dw = run("Conv2DBackpropFilter", { x, dy }, { ...attributes, filterShape: filter.shape });
      expect(dw.shape).toEqual(filter.shape);
      expect(relativeError(dw, reference.dw)).toBeLessThan(tolerance);
    });
  });

  it("differentiates NCHW as it does NHWC", () => {
    tf.tidy(() => {
      const c = cases[4];
      const { x, filter, dy, attributes, reference } = build(c);
      const first = (t: Tensor4D) => tf.transpose(t, [0, 3, 1, 2]);
      const pad = [0, 3, 1, 2].map((axis) => attributes.pad[axis]);
      const nchw = { ...attributes, pad, dataFormat: "NCHW" };
      const before = tf.memory().numTensors;
      const inputs = { x: first(x), dy: first(dy) };
      const dw = run("Conv2DBackpropFilter", inputs, { ...nchw, filterShape: filter.shape });
      expect(tf.memory().numTensors - before).toBe(3);
      expect(relativeError(dw, reference.dw)).toBeLessThan(tolerance);
      const dx = run<Tensor4D>(
        "Conv2DBackpropInput",
        { dy: first(dy), filter },
        { ...nchw, inputShape: first(x).shape },
      );
      expect(relativeError(tf.transpose(dx, [0, 2, 3, 1]), reference.dx)).toBeLessThan(tolerance);
    });
  });
});

function label({ batch, image, channels, kernel, strides, pads, filters, dilations }: Case): string {
  const d = dilations ? ` dilated ${dilations}` : "";
  return `${batch ?? 2}×${image}×${channels} by ${kernel}×${filters}, strides ${strides}, pads ${pads}${d}`;
}

/** Random operands, and forward pass and gradients by the definition in double precision. */
function build({
  batch: B = 2,
  image: [H, W],
  channels: C,
  kernel: [kh, kw],
  strides,
  pads,
  filters: N,
  dilations,
}: Case) {
  const [[sh, sw], [top, bottom, left, right], [dh, dw]] = [strides, pads, dilations ?? [1, 1]];
  const oh = Math.floor((H + top + bottom - (kh - 1) * dh - 1) / sh) + 1;
  const ow = Math.floor((W + left + right - (kw - 1) * dw - 1) / sw) + 1;
  const x = normal([B, H, W, C], 1) as Tensor4D;
  const filter = normal([kh, kw, C, N], 2) as Tensor4D;
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
            const [atX, atW, atY] = [((b * H + h) * W + w) * C, (i * kw + j) * C * N, ((b * oh + p) * ow + q) * N];
            for (let c = 0; c < C; c++)
              for (let n = 0; n < N; n++) {
                reference.y[atY + n] += xs[atX + c] * ws[atW + c * N + n];
                reference.dx[atX + c] += ws[atW + c * N + n] * ds[atY + n];
                reference.dw[atW + c * N + n] += xs[atX + c] * ds[atY + n];
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
    dilations: dilations ?? 1,
    dimRoundingMode: "floor",
  };
  return { x, filter, dy, attributes, reference };
}
