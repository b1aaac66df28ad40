// Functions of each value, softmax, PixelShuffle and the largest of windows on WebGPU, against what they are composed of.

import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createOps, type Ops } from "../../../src/runtime/ops.ts";
import type { PointwiseFunction } from "../../../src/runtime/pointwise.ts";
import type { PoolWindows } from "../../../src/runtime/pooling.ts";
import { normalTensor } from "../finite-differences.ts";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";
import type { WebGPUBackend } from "../../../src/runtime/webgpu/program.ts";

const shapes: [number, number, number, number][] = [[1, 1, 1, 1], [7, 1, 1, 3], [2, 5, 3, 24], [1, 9, 9, 96], [3, 70, 41, 1]]; // prettier-ignore

const gelu = (x: Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
const bent = (x: Tensor) =>
  tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI)));
const written: [PointwiseFunction, (x: Tensor) => Tensor][] = [
  [{ of: "elu", alpha: 0.7, scale: 1.3 }, (x) => tf.mul(tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), 0.7)), 1.3)], // prettier-ignore
  [{ of: "silu" }, (x) => tf.mul(x, tf.sigmoid(x))],
  [{ of: "gelu" }, gelu],
  [{ of: "gelu-tanh" }, (x) => tf.mul(tf.mul(x, 0.5), tf.add(bent(x), 1))],
  [{ of: "clip", min: -0.5, max: 1 }, (x) => tf.minimum(tf.maximum(x, -0.5), 1)],
];

describe.runIf(driver)("on WebGPU", () => {
  let backend: WebGPUBackend;
  let [fused, composed]: Ops[] = [];
  beforeAll(async () => {
    backend = await openWebGPU();
    [fused, composed] = [false, true].map((secondOrder) => createOps(tf, { secondOrder }));
  });

  const unreached = () => expect.fail("the kernel is there");
  /** Values and gradients of both forms agree, relative to the largest number of each. */
  const expectSame = (own: (...x: Tensor[]) => Tensor, other: (...x: Tensor[]) => Tensor, inputs: Tensor[]) =>
    withoutErrors(backend, async () => {
      const [y, wanted] = [own(...inputs), other(...inputs)];
      const dy = normalTensor(tf, "dy", y.shape);
      const [found, expected] = [own, other].map((f) => tf.grads(f)(inputs, dy));
      await expectClose(y, wanted, "values");
      for (const [i, gradient] of found.entries()) await expectClose(gradient, expected[i], `gradient ${i}`);
    });

  describe.each(shapes.map((shape) => ({ shape })))("of $shape", ({ shape }) => {
    it.each(written.map(([f, form]) => [f.of, f, form] as const))("%s", async (_, f, form) => {
      const x = tf.mul(normalTensor(tf, "x", shape), 2);
      await expectSame((x) => fused.pointwise(x, f, unreached), form, [x]);
    });

    it.each([1, shape[3]])("a learned slope for each of %i", async (slopes) => {
      const inputs = [normalTensor(tf, "x", shape), normalTensor(tf, "slope", [slopes])];
      const form = (ops: Ops) => (x: Tensor, slope: Tensor) => ops.prelu(x, slope);
      await expectSame(form(fused), form(composed), inputs);
    });

    it("softmax", async () => {
      const form = (ops: Ops) => (x: Tensor) => ops.softmax(x);
      await expectSame(form(fused), form(composed), [normalTensor(tf, "x", shape)]);
    });

    it.each([2, 3])("pixels of r² channels, r = %i, exactly", async (r) => {
      const [batch, height, width, channels] = shape;
      const x = normalTensor(tf, "x", [batch, height, width, channels * r ** 2]) as Tensor4D;
      const y = fused.pixelShuffle(x, r);
      const rows = tf.reshape(x, [batch, height, width, channels, r, r]);
      const moved = tf.reshape(tf.transpose(rows, [0, 1, 4, 2, 5, 3]), [batch, height * r, width * r, channels]);
      expect(await y.data()).toEqual(await moved.data());
      const back = tf.grad((x) => fused.pixelShuffle(x as Tensor4D, r))(x, y);
      expect(await back.data()).toEqual(await x.data());
    });
  });

  const windowed: [number, number, number, number, PoolWindows, PoolWindows][] = [
    [1, 1, 1, 1, windows(1, 1, 1, 0), windows(1, 1, 1, 0)],
    [7, 6, 4, 3, windows(6, 2, 2, 0), windows(4, 2, 2, 0)],
    [2, 7, 5, 24, windows(7, 3, 2, 1), windows(5, 2, 1, 1)],
    [1, 9, 9, 96, windows(9, 3, 1, 1), windows(9, 3, 3, 0)],
  ];
  it.each(windowed)(
    "the largest of windows of [%i, %i, %i, %i]",
    async (batch, height, width, channels, tall, wide) => {
      const shape: [number, number, number, number] = [batch, height, width, channels];
      const steps = tf.round(tf.mul(normalTensor(tf, "x", shape), 2)); // many are equal
      for (const x of [normalTensor(tf, "x", shape), steps] as Tensor4D[]) {
        const form = (x: Tensor) => fused.maxPool(x as Tensor4D, tall, wide, unreached);
        await withoutErrors(backend, async () => {
          const y = form(x);
          const dy = normalTensor(tf, "dy", y.shape);
          const wanted = firstMaxima(await x.data(), shape, tall, wide, await dy.data());
          expect(await y.data()).toEqual(wanted.y);
          await expectClose(tf.grad(form)(x, dy), tf.tensor(wanted.dx, shape), "gradient");
        });
      }
    },
  );

  it("keeps what is not a number", async () => {
    const x = tf.tensor1d([NaN, 1, -1]);
    for (const [f] of written) expect((await fused.pointwise(x, f, unreached).data())[0], f.of).toBeNaN();
  });
});

function windows(size: number, kernel: number, stride: number, padding: number): PoolWindows {
  return { kernel, stride, padding, count: Math.floor((size + 2 * padding - kernel) / stride) + 1 };
}

/** By its definition: in each window, in reading order, the first that is larger than all before it. */
function firstMaxima(
  x: Float32Array | Int32Array | Uint8Array,
  [, height, width, channels]: readonly [number, number, number, number],
  tall: PoolWindows,
  wide: PoolWindows,
  dy: Float32Array | Int32Array | Uint8Array,
): { y: Float32Array; dx: Float32Array } {
  const y = new Float32Array(dy.length);
  const dx = new Float32Array(x.length);
  y.forEach((_, i) => {
    const [channel, pixel] = [i % channels, Math.floor(i / channels)];
    const [column, row] = [pixel % wide.count, Math.floor(pixel / wide.count) % tall.count];
    const image = Math.floor(pixel / wide.count / tall.count);
    let best = -1;
    for (let h = row * tall.stride - tall.padding; h < row * tall.stride - tall.padding + tall.kernel; h++)
      for (let w = column * wide.stride - wide.padding; w < column * wide.stride - wide.padding + wide.kernel; w++) {
        if (h < 0 || w < 0 || h >= height || w >= width) continue;
        const at = ((image * height + h) * width + w) * channels + channel;
        if (best < 0 || x[at] > x[best]) best = at;
      }
    y[i] = x[best];
    dx[best] += dy[i];
  });
  return { y, dx };
}

async function expectClose(found: Tensor, wanted: Tensor, what: string): Promise<void> {
  expect(found.shape).toEqual(wanted.shape);
  const [a, b] = await Promise.all([found.data<"float32">(), wanted.data<"float32">()]);
  const scale = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  expect(worst / scale, what).toBeLessThan(1e-5);
}
