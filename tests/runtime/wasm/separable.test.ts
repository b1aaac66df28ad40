import { beforeAll, expect, it } from "vitest";
import { createOps, type Ops } from "../../../src/runtime/ops.ts";
import type { AxisTaps } from "../../../src/runtime/separable.ts";
import type { Rank, Tensor, Tensor4D } from "../../../src/runtime/tf.ts";
import { describeVariants, normal, relativeError, tf } from "./backend.ts";
import { expectSame, images } from "./fused-and-composed.ts";

/** Maps of an axis of any size: what kinds make, and one with nothing regular about it. */
const maps: Record<string, (size: number) => AxisTaps> = {
  itself: (size) => axis(size, (at) => [[at, 1]]),
  "a border that repeats": (size) => axis(size + 3, (at) => [[Math.min(size - 1, Math.max(0, at - 2)), 1]]),
  "a border of zeros": (size) => axis(size + 2, (at) => (at > 0 && at <= size ? [[at - 1, 1]] : [])),
  "each place twice": (size) => axis(2 * size, (at) => [[at >> 1, 1]]),
  halved: (size) => axis(size, (at) => [[at, 0.5]]),
  "blended": (size) => axis(size, (at) => (at + 1 < size ? [[at, 0.25], [at + 1, 0.75]] : [[at, 1]])), // prettier-ignore
  "four taps": (size) =>
    axis(size, (at) => [-1, 0, 1, 2].flatMap((tap) => (at + tap < 0 || at + tap >= size ? [] : [[at + tap, tap + 2]]))),
  "scattered": (size) => axis(5, (at) => (at === 2 ? [] : [[(at * 7) % size, at - 1.5], [(at * 3 + 1) % size, 0.3], [at % size, 1]])), // prettier-ignore
};

type Taps = AxisTaps[number];
const axis = (length: number, taps: (at: number) => [number, number][]): AxisTaps =>
  Array.from({ length }, (_, at): Taps => taps(at));

describeVariants("separable maps", () => {
  let ops: Ops;
  beforeAll(() => {
    ops = createOps(tf, { secondOrder: false });
  });

  for (const shape of images)
    for (const [name, map] of Object.entries(maps))
      it(`of [${shape}] equal two products: ${name}`, () => {
        const [tall, wide] = [map(shape[1]), map(shape[2])];
        const fused = (x: Tensor) => ops.separable(x as Tensor4D, tall, wide, unreached);
        expectSame(fused, (x) => products(x as Tensor4D, tall, wide), [normal([...shape], 1)]);
        const [other, plain] = [maps["scattered"](shape[1]), maps["itself"](shape[2])];
        const mixed = (x: Tensor) => ops.separable(x as Tensor4D, other, plain, unreached);
        expectSame(mixed, (x) => products(x as Tensor4D, other, plain), [normal([...shape], 2)]);
      });

  it("can be differentiated twice", () => {
    tf.tidy(() => {
      const [tall, wide] = [maps["four taps"](6), maps["blended"](5)];
      const x = normal([2, 6, 5, 3], 1);
      const penalty = (form: (x: Tensor4D) => Tensor) => (x: Tensor) => {
        const cubed = (x: Tensor) => tf.pow(form(x as Tensor4D), 3);
        return tf.sum(tf.square(tf.grad(cubed)(x)));
      };
      const second = tf.grad(penalty((x) => ops.separable(x, tall, wide, unreached)))(x);
      const expected = tf.grad(penalty((x) => products(x, tall, wide)))(x);
      expect(relativeError(second, expected.dataSync())).toBeLessThan(1e-5);
    });
  });
});

const unreached = (): Tensor4D => {
  throw new Error("the kernel covers this");
};

/** A x Bᵀ by dense matrices. */
function products(x: Tensor4D, tall: AxisTaps, wide: AxisTaps): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const dense = (taps: AxisTaps, size: number) => {
    const rows = taps.map((row) => {
      const line = Array<number>(size).fill(0);
      for (const [place, weight] of row) line[place] += weight;
      return line;
    });
    return tf.tensor2d(rows.flat(), [taps.length, size]);
  };
  const down = tf.reshape<Rank.R2>(tf.transpose(x, [1, 0, 2, 3]), [height, batch * width * channels]);
  const rows = tf.reshape<Rank.R4>(tf.matMul(dense(tall, height), down), [tall.length, batch, width, channels]);
  const across = tf.reshape<Rank.R2>(tf.transpose(rows, [2, 1, 0, 3]), [width, batch * tall.length * channels]);
  const both = tf.reshape<Rank.R4>(tf.matMul(dense(wide, width), across), [wide.length, batch, tall.length, channels]);
  return tf.transpose(both, [1, 2, 0, 3]);
}
