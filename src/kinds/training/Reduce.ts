import type { Tensor } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { rounded } from "../../core/kind/display.ts";
import { choice } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import type { Tf } from "../../runtime/tf.ts";
import { compute } from "../lowering.ts";

type Mode = "mean" | "sum" | "max" | "min";

/** The extreme as a mean of all that are equal to it: so they share its gradient, as in PyTorch. */
function shared(tf: Tf, x: Tensor, extreme: Tensor): Tensor {
  const chosen = tf.cast(tf.equal(x, extreme), "float32");
  return tf.sum(tf.mul(x, tf.div(chosen, tf.sum(chosen))));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const modes: Record<Mode, { tfjs(tf: Tf, x: Tensor): Tensor; formula: string; at(values: readonly number[]): number }> =
  {
    mean: { tfjs: (tf, x) => tf.mean(x), formula: "(x1 + x2 + x3) / 3", at: (values) => sum(values) / values.length },
    sum: { tfjs: (tf, x) => tf.sum(x), formula: "x1 + x2 + x3", at: sum },
    max: { tfjs: (tf, x) => shared(tf, x, tf.max(x)), formula: "max(x1, x2, x3)", at: (values) => Math.max(...values) },
    min: { tfjs: (tf, x) => shared(tf, x, tf.min(x)), formula: "min(x1, x2, x3)", at: (values) => Math.min(...values) },
  };

export const Reduce = compute({
  name: "Reduce",
  title: "Reduce",
  shelf: "Combining",
  summary: "Makes one number of many: their mean, sum, largest or smallest",
  equation: "\\ell = \\tfrac{1}{n} \\sum_i x_i, \\quad \\sum_i x_i, \\quad \\max_i x_i \\;\\text{ or }\\; \\min_i x_i",
  lesson:
    "Turns any values into a loss, over all elements and all samples of the batch, so that losses nobody foresaw can be built by wires: the mean of a critic's scores, weighted by WeightedSum, is Wasserstein's. The largest and the smallest send their gradient to that element alone, or in equal parts to all that are as large.",
  fields: {
    mode: choice(["mean", "sum", "max", "min"], {
      default: "mean",
      help: "What is taken of all elements",
      brief: "value",
    }),
  },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["loss"], help: "One number for the batch" }],
  infer: () => [loss],
  arithmetic({ mode }) {
    const { formula, at } = modes[mode];
    return [line("ℓ", formula, "at x1 = 2, x2 = −1, x3 = 5", rounded(at([2, -1, 5])))];
  },
  lowering: {
    pytorch: ({ mode }, [x]) => `${x}.${mode}()`,
    tfjs: ({ tf }, { mode }, [x]) => modes[mode].tfjs(tf, x!),
  },
});
