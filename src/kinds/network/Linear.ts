import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, integer } from "../../core/kind/fields.ts";
import { sizeOf, vector, type PortType } from "../../core/kind/ports.ts";
import { always, fanUniform, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";
import {
  declareWeights,
  effectiveBias,
  effectiveWeight,
  equalizedDefinition,
  optionsArithmetic,
  optionsMisfit,
  optionsPython,
  restoreWeights,
  weightOptions,
  writeBias,
  writeWeight,
  type WeightLayout,
} from "./effectiveWeight.ts";

export const Linear = layer({
  name: "Linear",
  title: "Linear",
  shelf: "Dense",
  summary: "Every output is a weighted sum of all inputs",
  equation: "y = x W^\\top + b",
  lesson:
    "A fully connected layer mixes all features. In a generator the first one usually turns the noise into a small image with many channels; in a discriminator the last one turns features into the one score.",
  fields: {
    out_features: integer({ default: 128, min: 1, max: 2 ** 24, help: "How many features come out", brief: "value" }),
    bias: boolean({
      default: true,
      help: "Adds a learned offset to every output; leave it out just before a BatchNorm",
    }),
    ...weightOptions,
  },
  inputs: [{ name: "in", types: ["vector"], help: "Features [F]" }],
  outputs: [{ name: "out", types: ["vector"], help: "Features [out_features]" }],
  infer: (params) => optionsMisfit(params) ?? [vector(params.out_features)],
  weights(params, [input]) {
    const initial = fanUniform(sizeOf(input));
    const start = { weight: { pytorch: initial, dcgan: normal(0, 0.02) }, bias: always(initial) };
    return declareWeights(params, layoutOf(params, input), start, params.bias ? params.out_features : null);
  },
  flops: ({ out_features, bias }, [input]) => 2 * sizeOf(input) * out_features + (bias ? out_features : 0),
  arithmetic(params, [input]) {
    const { out_features, bias } = params;
    return [
      line("F", "out_features", grouped(out_features), grouped(out_features)),
      line(
        "parameters",
        `F_in·F_out${bias ? " + F_out" : ""}`,
        product(sizeOf(input), out_features) + (bias ? ` + ${grouped(out_features)}` : ""),
        grouped((sizeOf(input) + (bias ? 1 : 0)) * out_features),
      ),
      ...optionsArithmetic(params, layoutOf(params, input)),
    ];
  },
  lipschitz: ({ spectral_norm }) => spectral_norm,
  twiceDifferentiable: true,
  lowering: {
    absorbs: () => true,
    takesLeak: () => true,
    tfjs(context, params, [x], weights) {
      const weight = effectiveWeight(context, params, layoutOf(params, context.inputs[0]), weights);
      const bias = effectiveBias(context, params, weights);
      return context.ops.linear(x as Tensor2D, weight as Tensor2D, bias as Tensor1D | null, context.leak);
    },
    onnx: {
      write(onnx, params, [x]) {
        const weight = writeWeight(onnx, params, layoutOf(params, onnx.inputs[0]));
        const bias = params.bias ? [writeBias(onnx, params, [params.out_features])] : [];
        return onnx.node("Gemm", [x, weight, ...bias], { transB: 1 });
      },
      operators: ["Gemm", "MatMul"],
      read(node) {
        const weight = node.constant(1);
        if (node.inputs[0]?.type !== "vector" || weight?.dims.length !== 2)
          return "its weight must be a constant matrix and its input [N, F]";
        if (
          node.operator === "Gemm" &&
          (node.float("alpha", 1) !== 1 || node.float("beta", 1) !== 1 || node.int("transA", 0) !== 0)
        )
          return "alpha and beta other than 1, or transA";
        if (node.inputs[2]) return "a bias that is not constant";
        const bias = node.operator === "Gemm" ? node.constant(2) : null;
        const rows = node.operator === "Gemm" && node.int("transB", 0) === 1;
        const [out, features] = rows ? weight.dims : [weight.dims[1], weight.dims[0]];
        if (bias && ![String([out]), String([1, out])].includes(String(bias.dims)))
          return "a bias that is not one value an output";
        return {
          params: { out_features: out, bias: bias !== null },
          inputs: [0],
          weights: {
            weight: { shape: [out, features], data: rows ? weight.data : transposed(weight.data, features, out) },
            ...(bias ? { bias: { shape: [out], data: bias.data } } : {}),
          },
        };
      },
    },
    restore: (params, [input], held) => restoreWeights(params, layoutOf(params, input), held),
    pytorch: {
      definition: {
        of: (params) => equalizedDefinition(params, "Linear", "self.in_features", "F.linear(x, weight, bias)"),
      },
      module: (params, [input]) =>
        optionsPython(params, "Linear", `${sizeOf(input)}, ${params.out_features}${params.bias ? "" : ", bias=False"}`),
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

const layoutOf = ({ out_features }: { readonly out_features: number }, input: PortType): WeightLayout => ({
  shape: [out_features, sizeOf(input)],
  outputs: 0,
  fanIn: sizeOf(input),
});

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column];
  return result;
}
