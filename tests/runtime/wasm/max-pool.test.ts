import { expect, it } from "vitest";
import { fusedMaxPool, type PoolWindows } from "../../../src/runtime/pooling.ts";
import type { Tensor, Tensor4D } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, tf } from "./backend.ts";
import { images } from "./fused-and-composed.ts";

const windows = (size: number, kernel: number, stride: number, padding: number): PoolWindows => {
  const count = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return { kernel, stride, padding, count };
};

describeVariants("the largest of each window", () => {
  for (const shape of images)
    for (const [kernel, stride, padding] of [
      [1, 1, 0],
      [2, 2, 0],
      [3, 2, 1],
      [3, 1, 1],
      [2, 3, 1],
    ]) {
      const [tall, wide] = [windows(shape[1], kernel, stride, padding), windows(shape[2], kernel, stride, padding)];
      if (tall.count < 1 || wide.count < 1) continue;
      it.each([
        ["normal numbers", (x: Tensor) => x],
        ["negative numbers alone", (x: Tensor) => tf.sub(tf.mul(x, 0.1), 5)],
        ["many equal numbers", (x: Tensor) => tf.add(tf.round(x), 0)], // without negative zeros,
      ])(`[${shape}], window ${kernel}, stride ${stride}, padding ${padding}: %s`, (_, change) => {
        tf.tidy(() => {
          const x = change(normal([...shape], 5)) as Tensor4D;
          const pool = (x: Tensor) => fusedMaxPool(tf, x as Tensor4D, tall, wide, unreached);
          const y = pool(x);
          const dy = normal(y.shape, 6);
          const expected = reference(x, dy, tall, wide);
          expect([...y.dataSync()]).toEqual([...expected.y]);
          const dx = tf.grad(pool)(x, dy).dataSync();
          expect(Math.max(...dx.map((value, i) => Math.abs(value - expected.dx[i])))).toBeLessThan(1e-5);
        });
      });
    }
});

const unreached = (): Tensor4D => {
  throw new Error("the kernel covers this");
};

/** PyTorch's rule in loops: the first of the largest, row by row, gets all of the gradient. */
function reference(x: Tensor4D, dy: Tensor, tall: PoolWindows, wide: PoolWindows) {
  const [batch, height, width, channels] = x.shape;
  const [values, arriving] = [x.dataSync(), dy.dataSync()];
  const [y, dx] = [new Float32Array(arriving.length), new Float32Array(values.length)];
  let at = 0;
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < tall.count; i++)
      for (let j = 0; j < wide.count; j++)
        for (let c = 0; c < channels; c++, at++) {
          let winner = -1;
          for (let h = i * tall.stride - tall.padding; h < i * tall.stride - tall.padding + tall.kernel; h++)
            for (let w = j * wide.stride - wide.padding; w < j * wide.stride - wide.padding + wide.kernel; w++) {
              if (h < 0 || h >= height || w < 0 || w >= width) continue;
              const place = ((b * height + h) * width + w) * channels + c;
              if (winner < 0 || values[place] > values[winner]) winner = place;
            }
          y[at] = values[winner];
          dx[winner] += arriving[at];
        }
  return { y, dx };
}
