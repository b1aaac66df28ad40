/** Arithmetic of each value alone: same shape out as in, no weights. One maker for their files. */
import type { Tensor } from "@tensorflow/tfjs";
import { example, sameShape } from "../../core/kind/arithmetic.ts";
import type { Fields, Params } from "../../core/kind/fields.ts";
import type { LayerKind, Misfit } from "../../core/kind/kind.ts";
import { sizeOf, type PortSpec } from "../../core/kind/ports.ts";
import { layer, type OnnxContext, type OnnxMatch, type OnnxNode, type TfjsContext } from "../lowering.ts";

export interface Unary<F extends Fields> extends Pick<LayerKind<F>, "range" | "brief"> {
  readonly name: string;
  readonly summary: string;
  readonly equation: string;
  readonly lesson: string;
  readonly fields: F;
  readonly positive?: PortSpec["positive"];
  /** Why these parameters do not go together; null where they do. */
  judge?(params: Params<F>): Misfit | null;
  /** The equation in plain text, parameters by their names, and its value: what the inspector computes at x = 0.5. */
  readonly formula: string;
  at(x: number, params: Params<F>): number;
  tfjs(context: TfjsContext, x: Tensor, params: Params<F>): Tensor;
  readonly operator: string;
  /** The inputs of the operator after x. */
  constants?(onnx: OnnxContext, params: Params<F>): readonly string[];
  read?(node: OnnxNode): OnnxMatch["params"] | string;
  python(x: string, params: Params<F>): string;
}

export const unary = <F extends Fields>(kind: Unary<F>) =>
  layer<F>({
    name: kind.name,
    title: kind.name,
    shelf: "Arithmetic",
    summary: kind.summary,
    equation: kind.equation,
    lesson: kind.lesson,
    fields: kind.fields,
    inputs: [
      {
        name: "in",
        types: ["image", "vector", "embedded"],
        help: kind.positive ? "Numbers, above 0 where the function asks for it" : "Any numbers",
        ...(kind.positive && { positive: kind.positive }),
      },
    ],
    outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
    infer: (params, [input]) => kind.judge?.(params) ?? [input],
    flops: (_, [input]) => sizeOf(input),
    arithmetic(params, [input]) {
      const numbers = Object.entries(params).filter((entry): entry is [string, number] => typeof entry[1] === "number");
      const given = { x: 0.5, ...Object.fromEntries(numbers) };
      return [example("y", kind.formula, given, kind.at(0.5, params)), sameShape(input)];
    },
    ...(kind.range && { range: kind.range }),
    ...(kind.brief && { brief: kind.brief }),
    twiceDifferentiable: true,
    lowering: {
      tfjs: (context, params, [x]) => kind.tfjs(context, x, params),
      onnx: {
        write: (onnx, params, [x]) => onnx.node(kind.operator, [x, ...(kind.constants?.(onnx, params) ?? [])]),
        operators: [kind.operator],
        read(node) {
          if (!node.inputs[0]) return "a constant where numbers flow in";
          const params = kind.read?.(node) ?? {};
          return typeof params === "string" ? params : { params, inputs: [0] };
        },
      },
      pytorch: { forward: (_, [x], params) => kind.python(x, params) },
    },
  });
