/** Elementwise functions: same shape out as in, no weights. One maker for their files. */
import type { Tensor } from "@tensorflow/tfjs";
import { example, sameShape } from "../../core/kind/arithmetic.ts";
import type { Fields, Params } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer, type OnnxNode, type TfjsContext } from "../lowering.ts";

export interface Activation<F extends Fields> {
  readonly name: string;
  readonly summary: string;
  readonly equation: string;
  readonly lesson: string;
  readonly fields: F;
  /** The equation in plain text, parameters by their names, and its value: what the inspector computes at x = −1. */
  readonly formula: string;
  at(x: number, params: Params<F>): number;
  /** Where it keeps its values within bounds. */
  range?(params: Params<F>): readonly [number, number];
  tfjs(context: TfjsContext, x: Tensor, params: Params<F>): Tensor;
  /** Where it is x above 0 and a multiple of it below: the factor, 0 or more. */
  leak?(params: Params<F>): number;
  readonly operator: string;
  attributes?(params: Params<F>): Record<string, { readonly float: number }>;
  read?(node: OnnxNode): Readonly<Record<string, unknown>>;
  python(params: Params<F>): string;
}

export const activation = <F extends Fields>(kind: Activation<F>) =>
  layer<F>({
    name: kind.name,
    title: kind.name,
    shelf: "Activation",
    summary: kind.summary,
    equation: kind.equation,
    lesson: kind.lesson,
    fields: kind.fields,
    inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
    outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
    infer: (_, [input]) => [input],
    ...(kind.range && { range: kind.range }),
    flops: (_, [input]) => sizeOf(input),
    arithmetic(params, [input]) {
      const numbers = Object.entries(params).filter((entry): entry is [string, number] => typeof entry[1] === "number");
      const given = { x: -1, ...Object.fromEntries(numbers) };
      return [example("y", kind.formula, given, kind.at(-1, params)), sameShape(input)];
    },
    twiceDifferentiable: true,
    lowering: {
      tfjs: (context, params, [x]) => kind.tfjs(context, x, params),
      ...(kind.leak && { leak: kind.leak }),
      onnx: {
        write: (onnx, params, [x]) => onnx.node(kind.operator, [x], kind.attributes?.(params)),
        operators: [kind.operator],
        read: (node) => ({ params: kind.read?.(node) ?? {}, inputs: [0] }),
      },
      pytorch: { module: (params) => kind.python(params), forward: (self, [x]) => `${self}(${x})` },
    },
  });
