/** Means of a distance between two values of one shape, shared by MSELoss and L1Loss. */
import type { Tensor } from "@tensorflow/tfjs";
import { example } from "../../core/kind/arithmetic.ts";
import { loss } from "../../core/kind/ports.ts";
import type { MeanTerm } from "../../runtime/mean-terms.ts";
import type { Tf } from "../../runtime/tf.ts";
import { compute } from "../lowering.ts";
import { unequal } from "../unequal.ts";

export const regression = (kind: {
  readonly name: string;
  readonly summary: string;
  readonly equation: string;
  readonly lesson: string;
  /** PyTorch's function, of input and target. */
  readonly python: string;
  /** The distance in plain text, of two numbers, and of tensors. */
  readonly formula: string;
  at(difference: number): number;
  readonly term: MeanTerm["of"];
  tfjs(tf: Tf, difference: Tensor): Tensor;
}) =>
  compute({
    name: kind.name,
    title: kind.name,
    shelf: "Losses",
    summary: kind.summary,
    equation: kind.equation,
    lesson: kind.lesson,
    fields: {},
    inputs: [
      { name: "input", types: ["image", "vector"], help: "What a network gives" },
      { name: "target", types: ["image", "vector"], help: "What it should be, of the same shape" },
    ],
    outputs: [{ name: "out", types: ["loss"], help: "The mean over all values and the batch" }],
    infer: (_, inputs) => unequal(inputs) ?? [loss],
    arithmetic: () =>
      [
        ["loss a little off", 0.5],
        ["loss far off", 2],
      ].map(([quantity, off]) =>
        example(String(quantity), kind.formula, { input: Number(off), target: 0 }, kind.at(Number(off))),
      ),
    lowering: {
      pytorch: (_, [input, target]) => `F.${kind.python}(${input}, ${target})`,
      tfjs({ tf, ops }, _, [input, target]) {
        const difference = tf.sub(input!, target!);
        return ops.meanOf(difference, { of: kind.term, t: 0 }, () => tf.mean(kind.tfjs(tf, difference)));
      },
    },
  });
