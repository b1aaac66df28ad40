/** Elementwise functions of two values of one shape, whose order matters. One maker for their files. */
import type { Tensor } from "@tensorflow/tfjs";
import { pointwise } from "../../core/kind/arithmetic.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer, type TfjsContext } from "../lowering.ts";
import { unequal } from "../unequal.ts";

export const pairwise = (kind: {
  readonly name: string;
  readonly summary: string;
  readonly equation: string;
  readonly lesson: string;
  /** What the second input is to the first. */
  readonly other: string;
  tfjs(context: TfjsContext, x: Tensor, other: Tensor): Tensor;
  /** ONNX's operator, with no attributes. */
  readonly operator: string;
  /** Python's. */
  readonly sign: string;
  /** The function in plain text, and of two numbers. */
  readonly formula: string;
  at(x: number, z: number): number;
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
      { name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" },
      { name: "other", types: ["image", "vector", "embedded"], help: `${kind.other}, of the same shape` },
    ],
    outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
    infer: (_, inputs) => unequal(inputs) ?? [inputs[0]],
    flops: (_, [input]) => sizeOf(input),
    arithmetic: (_, [input]) => pointwise(kind.formula, { x: 6, z: 3 }, kind.at(6, 3), input),
    twiceDifferentiable: true,
    lowering: {
      tfjs: (context, _, [x, other]) => kind.tfjs(context, x, other),
      onnx: {
        write: (onnx, _, inputs) => onnx.node(kind.operator, inputs),
        operators: [kind.operator],
        read: (node) => (node.inputs.includes(null) ? "a constant among its inputs" : { params: {}, inputs: [0, 1] }),
      },
      pytorch: { forward: (_, [x, other]) => `${x} ${kind.sign} ${other}` },
    },
  });
