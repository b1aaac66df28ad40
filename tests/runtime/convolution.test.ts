import { readFileSync } from "node:fs";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Pair, type Sides, conv2d, convTranspose2d } from "../../src/runtime/convolution.ts";
import { draw } from "../../src/runtime/philox.ts";
import { secondOrderError } from "./finite-differences.ts";
import { openTraining, tf } from "./wasm-backend.ts";

interface Case {
  transposed: boolean;
  x: number[];
  out: number;
  kernel: [number, number];
  stride: Pair;
  padding: Sides;
  dilation: Pair;
  groups: number;
  outputPadding?: Pair;
  y: number[];
  values: { y: string; x: string; weight: string; bias: string };
}

const cases = JSON.parse(readFileSync(new URL("../fixtures/convolution.json", import.meta.url), "utf8")) as Case[];

beforeAll(openTraining);

describe("convolutions equal PyTorch's, with all their gradients", () => {
  cases.forEach((c, seed) =>
    it(`${seed}: ${title(c)}`, () => {
      tf.tidy(() => {
        const [x, weight, bias] = inputsOf(c, seed);
        const dy = drawn(seed, "dy", c.y);
        const f = operation(c);
        const y = f(x, weight, bias);
        expect(y.shape).toEqual(c.y);
        const gradients = tf.grads((...inputs) => tf.sum(tf.mul(f(...inputs), dy)))([x, weight, bias]);
        expect(error(y, c.values.y), "output").toBeLessThan(1e-5);
        expect(error(gradients[0], c.values.x), "gradient of x").toBeLessThan(1e-5);
        expect(error(gradients[1], c.values.weight), "gradient of the weight").toBeLessThan(1e-5);
        expect(error(gradients[2], c.values.bias), "gradient of the bias").toBeLessThan(1e-5);
      });
    }),
  );
});

describe("convolutions differentiate twice", () => {
  for (const seed of [0, 1, 5, 6, 12, 13])
    it(title(cases[seed]), () => {
      expect(secondOrderError(tf, operation(cases[seed]), inputsOf(cases[seed], seed))).toBeLessThan(2e-3);
    });
});

/** The convolution of a case on tensors in PyTorch's layouts. */
function operation(c: Case): (...inputs: Tensor[]) => Tensor {
  const { stride, padding, dilation, groups, outputPadding = [0, 0] } = c;
  return (x, weight, bias) => {
    const image = tf.transpose(x as Tensor4D, [0, 2, 3, 1]);
    const filter = tf.transpose(weight as Tensor4D, [2, 3, 1, 0]);
    const geometry = { stride, padding, dilation, groups, outputPadding };
    const y = (c.transposed ? convTranspose2d : conv2d)(tf, image, filter, bias as Tensor1D, geometry);
    return tf.transpose(y, [0, 3, 1, 2]);
  };
}

function inputsOf(c: Case, seed: number): [Tensor, Tensor, Tensor] {
  const channels = c.transposed ? [c.x[1], c.out / c.groups] : [c.out, c.x[1] / c.groups];
  const weight = drawn(seed, "weight", [...channels, ...c.kernel]);
  return [drawn(seed, "x", c.x), weight, drawn(seed, "bias", [c.out])];
}

function drawn(seed: number, name: string, shape: number[]): Tensor {
  return tf.tensor(draw(seed, name, { iteration: 0 }).normal(tf.util.sizeFromShape(shape)), shape);
}

/** The largest difference relative to the largest value. */
function error(found: Tensor, packed: string): number {
  const bytes = Uint8Array.from(Buffer.from(packed, "base64"));
  const expected = new Float32Array(bytes.buffer);
  const values = found.dataSync();
  if (values.length !== expected.length) return Infinity;
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
  return Math.max(...expected.map((value, i) => Math.abs(values[i] - value))) / scale;
}

function title({ transposed, x, out, kernel, stride, padding, dilation, groups, outputPadding }: Case): string {
  const name = transposed ? "ConvTranspose2d" : "Conv2d";
  const extra = outputPadding ? ` output_padding ${outputPadding}` : "";
  return `${name} ${x} → ${out}, kernel ${kernel} stride ${stride} padding ${padding} dilation ${dilation} groups ${groups}${extra}`;
}
