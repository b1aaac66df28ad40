import type { Tensor } from "@tensorflow/tfjs";
import { line, term } from "../../core/kind/arithmetic.ts";
import { rounded } from "../../core/kind/display.ts";
import { list, number } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";

export const WeightedSum = compute({
  name: "WeightedSum",
  title: "WeightedSum",
  shelf: "Combining",
  summary: "Adds losses, each with its weight",
  equation: "\\ell = \\sum_i \\lambda_i \\, \\ell_i",
  lesson:
    "Joins several losses into the one that an optimizer takes. The weights λ may be changed while training runs.",
  fields: {
    weights: list(number({ default: 1, help: "" }), {
      default: [],
      brief: "value",
      live: true,
      help: "One number for each wire; none means 1 for each",
    }),
  },
  inputs: [{ name: "in", types: ["loss"], variadic: { least: 1 }, help: "Losses" }],
  outputs: [{ name: "out", types: ["loss"], help: "Their weighted sum" }],
  infer: ({ weights }, inputs) =>
    weights.length === 0 || weights.length === inputs.length
      ? [loss]
      : {
          misfit: "weights-count",
          param: "weights",
          facts: { found: weights.length, wanted: inputs.length },
          mend: { param: "weights", value: inputs.map((_, index) => weights[index] ?? 1) },
        },
  arithmetic({ weights }, inputs) {
    const count = Math.max(1, inputs.length, weights.length);
    const each = Array.from({ length: count }, (_, index) => weights[index] ?? 1);
    const sum = each.reduce((total, weight) => total + weight, 0);
    return [
      line(
        "ℓ",
        each.map((_, index) => `λ${index}·ℓ${index}`).join(" + "),
        each.map((weight, index) => `${term(weight)}·ℓ${index}`).join(" + "),
        `${rounded(sum)} where every loss is 1`,
      ),
    ];
  },
  lowering: {
    pytorch: ({ weights }, inputs) => inputs.map((input, index) => `${weights[index] ?? 1} * ${input}`).join(" + "),
    tfjs({ tf }, { weights }, inputs) {
      const weighted = inputs.map((input, index) =>
        weights.length === 0 || weights[index] === 1 ? input! : tf.mul(input!, weights[index]),
      );
      return weighted.reduce((sum, term) => tf.add(sum, term)) as Tensor;
    },
  },
});
