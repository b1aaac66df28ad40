/** The two binary cross-entropies against a fixed target, shared by BCELoss and BCEWithLogitsLoss. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { example } from "../../core/kind/arithmetic.ts";
import { number } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import type { Ops } from "../../runtime/ops.ts";
import { compute } from "../lowering.ts";

export const binaryCrossEntropy = (kind: {
  readonly name: string;
  readonly summary: string;
  readonly equation: string;
  readonly lesson: string;
  readonly takes: string;
  readonly probabilities: boolean;
  /** PyTorch's function, of input and target. */
  readonly python: string;
  tfjs(ops: Ops, x: Tensor, target: number): Scalar;
}) =>
  compute({
    name: kind.name,
    title: kind.name,
    shelf: "Losses",
    summary: kind.summary,
    equation: kind.equation,
    lesson: kind.lesson,
    fields: {
      target: number({
        default: 1,
        min: 0,
        max: 1,
        help: "1 means real, 0 fake; 0.9 smooths the label",
        brief: "named",
        live: true,
      }),
    },
    inputs: [
      {
        name: "in",
        types: ["vector", "image"],
        ...(kind.probabilities && { probabilities: "Sigmoid" }),
        help: kind.takes,
      },
    ],
    outputs: [{ name: "out", types: ["loss"], help: "The mean over the batch" }],
    infer: () => [loss],
    takesLogits: () => !kind.probabilities,
    advise: ({ target }) =>
      target > 0 && target < 0.5
        ? [{ misfit: "lint-fake-smoothing", param: "target", facts: { target }, mend: { param: "target", value: 0 } }]
        : [],
    arithmetic({ target: t }) {
      const at = (quantity: string, given: number) =>
        kind.probabilities
          ? example(
              quantity,
              "−(t·ln p + (1 − t)·ln(1 − p))",
              { p: given, t },
              -(t * Math.log(given) + (1 - t) * Math.log(1 - given)),
            )
          : example(quantity, "ln(1 + eˣ) − t·x", { x: given, t }, Math.log1p(Math.exp(given)) - t * given);
      const [chance, sure] = kind.probabilities ? [0.5, 0.9] : [0, 2];
      return [at("loss at chance", chance), at("loss when sure of “real”", sure)];
    },
    lowering: {
      pytorch: ({ target }, [x]) => `F.${kind.python}(${x}, torch.full_like(${x}, ${target}))`,
      tfjs: ({ ops }, { target }, [x]) => kind.tfjs(ops, x!, target),
    },
  });
