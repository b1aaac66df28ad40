/** Folds several values of one shape into one, elementwise: one maker for sums and products. */
import type { Tensor } from "@tensorflow/tfjs";
import { pointwise } from "../../core/kind/arithmetic.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import type { Tf } from "../../runtime/tf.ts";
import { layer } from "../lowering.ts";
import { unequal } from "../unequal.ts";

export const elementwise = (kind: {
  readonly name: string;
  readonly summary: string;
  readonly equation: string;
  readonly lesson: string;
  tfjs(tf: Tf, a: Tensor, b: Tensor): Tensor;
  /** ONNX's operator of two values. */
  readonly operator: string;
  /** Python's operator, blanks around it. */
  readonly python: string;
  /** The operator as people write it, and the same of two numbers. */
  readonly symbol: string;
  at(a: number, b: number): number;
}) =>
  layer({
    name: kind.name,
    title: kind.name,
    shelf: "Arithmetic",
    summary: kind.summary,
    equation: kind.equation,
    lesson: kind.lesson,
    fields: {},
    inputs: [
      { name: "in", types: ["image", "vector", "embedded"], variadic: { least: 2 }, help: "Values of one shape" },
    ],
    outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
    infer: (_, inputs) => unequal(inputs) ?? [inputs[0]],
    flops: (_, inputs) => (inputs.length - 1) * sizeOf(inputs[0]),
    arithmetic(_, inputs) {
      const values = Object.fromEntries(inputs.map((_, index) => [`x${index}`, index + 2]));
      return pointwise(
        Object.keys(values).join(kind.symbol),
        values,
        Object.values(values).reduce((folded, value) => kind.at(folded, value)),
        inputs[0],
      );
    },
    twiceDifferentiable: true,
    lowering: {
      takesLeak: () => true,
      tfjs: ({ tf, ops, leak }, _, inputs) =>
        ops.leakInPlace(
          inputs.reduce((folded, input) => kind.tfjs(tf, folded, input)),
          leak,
        ),
      onnx: {
        write: (onnx, _, inputs) => inputs.reduce((folded, input) => onnx.node(kind.operator, [folded, input])),
        operators: [kind.operator],
        read: (node) => (node.inputs.includes(null) ? "a constant among its inputs" : { params: {}, inputs: [0, 1] }),
      },
      pytorch: { forward: (_, inputs) => inputs.join(kind.python) },
    },
  });
