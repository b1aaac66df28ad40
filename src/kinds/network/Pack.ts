import type { Tensor } from "@tensorflow/tfjs";
import { firstAxis, line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import type { Tf } from "../../runtime/tf.ts";
import { layer } from "../lowering.ts";

/**
 * Sample i of a batch of N is packed with samples i + 1, …, i + m − 1, counted on from the start after the last: N samples
 * come out for every N and m, and in a batch of fewer than m a sample meets itself again.
 */
export const Pack = layer({
  name: "Pack",
  title: "Pack",
  shelf: "Regularization",
  summary: "Shows a discriminator several samples at once",
  equation: "y_i = [x_i; x_{i+1}; \\dots; x_{i+m-1}]",
  lesson:
    "Puts m samples of the batch side by side, along channels or features, so that a discriminator judges them together: samples that are all alike then give a generator away, which keeps it from collapsing onto a few (PacGAN, Lin et al., 2018). The paper cuts a batch of N into N/m packs of samples that meet only once; here every sample begins a pack with the m − 1 that follow it in the batch, in a circle, so that any batch will do and N scores come out. Their mean has the same expectation: samples are drawn independently, so one pack is as good as another. It belongs first in a discriminator.",
  fields: {
    samples: integer({ default: 2, min: 2, max: 64, help: "How many are packed, the paper's m", brief: "value" }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "m times the channels or features" }],
  infer: ({ samples }, [{ type, shape }]) => [{ type, shape: [samples * shape[0], ...shape.slice(1)] }],
  arithmetic: ({ samples }, [input], [output]) => {
    const axis = firstAxis(input);
    return [line(axis, `m·${axis}_in`, product(samples, input.shape[0]), grouped(output.shape[0]))];
  },
  mixesSamples: true,
  needsWholeBatch: () => true,
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, { samples }, [x]) =>
      tf.concat(
        rotations(x, samples, (each) => rolled(tf, each)),
        -1,
      ),
    onnx: {
      write(onnx, { samples }, [x]) {
        const { shape } = onnx.inputs[0];
        const [zero, one] = [onnx.ints("zero", [0]), onnx.ints("one", [1])];
        const end = onnx.ints("end", [2 ** 31 - 1]);
        const unsaid = { whole: null };
        const roll = (each: string) => {
          const parts = [
            onnx.node("Slice", [each, one, end, zero], {}, unsaid),
            onnx.node("Slice", [each, zero, one, zero], {}, unsaid),
          ];
          return onnx.node("Concat", parts, { axis: 0 }, shape);
        };
        return onnx.node("Concat", rotations(x, samples, roll), { axis: 1 });
      },
    },
    pytorch: {
      forward: (_, [x], { samples }) => `torch.cat([torch.roll(${x}, -i, 0) for i in range(${samples})], 1)`,
    },
  },
});

/** x, x rolled once, twice, … */
function rotations<T>(x: T, count: number, roll: (each: T) => T): T[] {
  const all = [x];
  while (all.length < count) all.push(roll(all[all.length - 1]));
  return all;
}

/** Row i is row i + 1, and the last one the first. */
function rolled(tf: Tf, x: Tensor): Tensor {
  const [rows, ...rest] = x.shape;
  const from = (row: number, count: number) => tf.slice(x, [row, ...rest.map(() => 0)], [count, ...rest]);
  return rows === 1 ? x.clone() : tf.concat([from(1, rows - 1), from(0, 1)]);
}
