import { line } from "../../core/kind/arithmetic.ts";
import { rounded } from "../../core/kind/display.ts";
import { choice } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";
import { reduceLast, reductions, type Reduction } from "../network/reducing.ts";

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const examples: Record<Reduction, { readonly formula: string; at(values: readonly number[]): number }> = {
  mean: { formula: "(x1 + x2 + x3) / 3", at: (values) => sum(values) / values.length },
  sum: { formula: "x1 + x2 + x3", at: sum },
  max: { formula: "max(x1, x2, x3)", at: (values) => Math.max(...values) },
  min: { formula: "min(x1, x2, x3)", at: (values) => Math.min(...values) },
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
    mode: choice(reductions, {
      default: "mean",
      help: "What is taken of all elements",
      brief: "value",
    }),
  },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["loss"], help: "One number for the batch" }],
  infer: () => [loss],
  needsWholeBatch: ({ mode }) => mode !== "mean",
  arithmetic({ mode }) {
    const { formula, at } = examples[mode];
    return [line("ℓ", formula, "at x1 = 2, x2 = −1, x3 = 5", rounded(at([2, -1, 5])))];
  },
  lowering: {
    pytorch: ({ mode }, [x]) => `${x}.${mode}()`,
    tfjs: ({ tf }, { mode }, [x]) => reduceLast(tf, tf.reshape(x!, [-1]), mode),
  },
});
