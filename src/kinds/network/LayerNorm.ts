import { axes, example, line, product, sameShape, sizeLine } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer, type OnnxContext } from "../lowering.ts";
import { writeReduce } from "./reducing.ts";

/** PyTorch's normalized_shape is not a field: it is the whole sample's shape. */
export const LayerNorm = layer({
  name: "LayerNorm",
  title: "LayerNorm",
  shelf: "Normalization",
  summary: "Brings every sample to mean 0 and variance 1",
  equation: "y = \\gamma \\, \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} + \\beta",
  lesson:
    "All values of a sample, over channels and pixels alike, are normalized together, then each is scaled and shifted by learned numbers of its own. Samples do not see each other, so it may stand in a critic with a gradient penalty, where BatchNorm may not: the paper of WGAN-GP recommends it there.",
  fields: {
    eps: number({ default: 1e-5, min: 0, open: true, help: "Keeps the division finite" }),
    elementwise_affine: boolean({ default: true, help: "Learns a scale and an offset for each value" }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  weights({ elementwise_affine }, [{ type, shape }]) {
    const each = { shape, trainable: true, ...(type === "image" ? { tfjs: [1, 2, 0] } : {}) };
    if (!elementwise_affine) return [];
    return [
      { ...each, name: "weight", init: always(constant(1)) },
      { ...each, name: "bias", init: always(constant(0)) },
    ];
  },
  flops: (_, [input]) => 6 * sizeOf(input),
  arithmetic({ eps, elementwise_affine }, [input]) {
    const parameters = line(
      "parameters",
      product(2, ...axes[input.type]),
      product(2, ...input.shape),
      grouped(2 * sizeOf(input)),
    );
    return [
      sizeLine("values per mean", input),
      example("(x − μ) / σ", "(x − μ) / √(σ² + eps)", { x: 3, μ: 1, "σ²": 4, eps }, 2 / Math.sqrt(4 + eps)),
      sameShape(input),
      ...(elementwise_affine ? [parameters] : []),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ ops }, { eps, elementwise_affine }, [x], { weight, bias }) =>
      ops.layerNorm(x, elementwise_affine ? { scale: weight, offset: bias } : null, eps),
    onnx: {
      write(onnx, { eps, elementwise_affine }, [x]) {
        const { shape } = onnx.inputs[0];
        if (onnx.opset >= 17 && elementwise_affine)
          return onnx.node("LayerNormalization", [x, onnx.weight("weight"), onnx.weight("bias")], {
            axis: 1,
            epsilon: { float: eps },
          });
        const y = writeNormalized(onnx, x, shape, eps);
        if (!elementwise_affine) return y;
        return onnx.node("Add", [onnx.node("Mul", [y, onnx.weight("weight")]), onnx.weight("bias")]);
      },
      operators: ["LayerNormalization"],
      read(node) {
        const shape = node.inputs[0]?.shape ?? [];
        const axis = node.int("axis", -1);
        if (axis !== 1 && axis !== -shape.length) return "an axis other than the first after the batch";
        const [weight, bias] = [node.constant(1), node.constant(2)];
        if (!weight || !bias) return "a scale or an offset that is not constant";
        if (String(weight.dims) !== String(shape) || String(bias.dims) !== String(shape))
          return "a scale or an offset that is not one value for each of a sample";
        return {
          params: { eps: node.float("epsilon", 1e-5) },
          inputs: [0],
          weights: { weight: { shape, data: weight.data }, bias: { shape, data: bias.data } },
        };
      },
    },
    pytorch: {
      module: ({ eps, elementwise_affine }, [{ shape }]) =>
        `nn.LayerNorm([${shape.join(", ")}]${eps === 1e-5 ? "" : `, eps=${eps}`}${elementwise_affine ? "" : ", elementwise_affine=False"})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** The definition, for opsets without the operator and where nothing is learned. */
function writeNormalized(onnx: OnnxContext, x: string, shape: readonly number[], eps: number): string {
  const axes = shape.map((_, axis) => axis + 1);
  const one = shape.map(() => 1);
  const centred = onnx.node("Sub", [x, writeReduce(onnx, "mean", x, axes, 1, one)]);
  const variance = writeReduce(onnx, "mean", onnx.node("Mul", [centred, centred]), axes, 1, one);
  const root = onnx.node("Sqrt", [onnx.node("Add", [variance, onnx.floats("eps", eps)], {}, one)], {}, one);
  return onnx.node("Div", [centred, root]);
}
