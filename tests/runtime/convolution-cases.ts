/** Conv2d and ConvTranspose2d on tensors in PyTorch's layouts, with what PyTorch computes (tests/fixtures/convolution.py). */
import { readFileSync } from "node:fs";
import tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { fusedBias } from "../../src/runtime/biased.ts";
import { type Pair, type Sides, conv2d, convTranspose2d } from "../../src/runtime/convolution.ts";
import { draw } from "../../src/runtime/philox.ts";

interface Stored {
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
  /** The output and the gradients of Σ dy · y, float32 in base64. */
  values: Record<"y" | "x" | "weight" | "bias", string>;
}

export interface ConvolutionCase {
  name: string;
  f(x: Tensor, weight: Tensor, bias: Tensor): Tensor;
  /** x, weight and bias. */
  inputs: (() => Tensor)[];
  dy(): Tensor;
  /** The output and the gradients of x, weight and bias. */
  expected: Float32Array[];
}

const file = new URL("../fixtures/convolution.json", import.meta.url);

export const convolutionCases: ConvolutionCase[] = (JSON.parse(readFileSync(file, "utf8")) as Stored[]).map(
  (c, seed) => {
    const { stride, padding, dilation, groups, outputPadding = [0, 0] } = c;
    const drawn = (name: string, shape: number[]) => () =>
      tf.tensor(draw(seed, name, { iteration: 0 }).normal(tf.util.sizeFromShape(shape)), shape);
    const channels = c.transposed ? [c.x[1], c.out / groups] : [c.out, c.x[1] / groups];
    return {
      name: `${seed}: ${title(c)}`,
      f(x, weight, bias) {
        const image = tf.transpose(x as Tensor4D, [0, 2, 3, 1]);
        const filter = tf.transpose(weight as Tensor4D, [2, 3, 1, 0]);
        const geometry = { stride, padding, dilation, groups, outputPadding };
        const y = (c.transposed ? convTranspose2d : conv2d)(tf, image, filter, geometry);
        return tf.transpose(fusedBias(tf, y, bias as Tensor1D), [0, 3, 1, 2]);
      },
      inputs: [drawn("x", c.x), drawn("weight", [...channels, ...c.kernel]), drawn("bias", [c.out])],
      dy: drawn("dy", c.y),
      expected: [c.values.y, c.values.x, c.values.weight, c.values.bias].map(unpacked),
    };
  },
);

function unpacked(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
}

function title({ transposed, x, out, kernel, stride, padding, dilation, groups, outputPadding }: Stored): string {
  const name = transposed ? "ConvTranspose2d" : "Conv2d";
  const extra = outputPadding ? ` output_padding ${outputPadding}` : "";
  return `${name} ${x} → ${out}, kernel ${kernel} stride ${stride} padding ${padding} dilation ${dilation} groups ${groups}${extra}`;
}
