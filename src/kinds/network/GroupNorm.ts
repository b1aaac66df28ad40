import { axes, example, firstAxis, line, product, sameShape } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, integer, number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";
import { readAffine, writeScale } from "./normalize.ts";

/**
 * PyTorch raises an error where batch, group and pixels leave a single value to normalize by; here that value is its own
 * mean, so β comes out. Its num_groups has no default; the paper's is 32.
 */
export const GroupNorm = layer({
  name: "GroupNorm",
  title: "GroupNorm",
  shelf: "Normalization",
  summary: "Brings groups of channels of each sample to mean 0 and variance 1",
  equation: "y = \\gamma_c \\, \\frac{x - \\mu_{n,g}}{\\sqrt{\\sigma_{n,g}^2 + \\epsilon}} + \\beta_c",
  lesson:
    "The channels of a sample are split into groups, and each group is normalized over its channels and pixels (Wu and He, 2018). One group normalizes everything together, as many groups as channels make it InstanceNorm. It does not depend on the batch, so it works with small batches and in critics with a gradient penalty.",
  fields: {
    num_groups: integer({
      default: 4,
      min: 1,
      max: 65536,
      help: "Into how many groups the channels are split; 32 in the paper",
      brief: "value",
    }),
    eps: number({ default: 1e-5, min: 0, open: true, help: "Keeps the division finite" }),
    affine: boolean({ default: true, help: "Learns a scale and an offset for each channel" }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "The same shape" }],
  infer({ num_groups }, [input]) {
    const [channels] = input.shape;
    if (channels % num_groups === 0) return [input];
    const fitting = Array.from({ length: num_groups }, (_, less) => num_groups - less).find((g) => channels % g === 0)!;
    return {
      misfit: "groups-divide",
      param: "num_groups",
      facts: { groups: num_groups, channels, of: "input" },
      mend: { param: "num_groups", value: fitting },
    };
  },
  weights({ affine }, [{ shape }]) {
    const each = { shape: [shape[0]], trainable: true };
    if (!affine) return [];
    return [
      { ...each, name: "weight", init: always(constant(1)) },
      { ...each, name: "bias", init: always(constant(0)) },
    ];
  },
  flops: (_, [input]) => 6 * sizeOf(input),
  arithmetic({ num_groups, eps, affine }, [input]) {
    const [channels, ...pixels] = input.shape;
    const axis = firstAxis(input);
    return [
      line(
        "values per mean",
        `${product(...axes[input.type])} / num_groups`,
        `${product(channels, ...pixels)} / ${grouped(num_groups)}`,
        grouped(sizeOf(input) / num_groups),
      ),
      example("(x − μ) / σ", "(x − μ) / √(σ² + eps)", { x: 3, μ: 1, "σ²": 4, eps }, 2 / Math.sqrt(4 + eps)),
      sameShape(input),
      ...(affine ? [line("parameters", `2·${axis} (γ and β)`, product(2, channels), grouped(2 * channels))] : []),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    takesLeak: () => true,
    tfjs: ({ ops, leak }, { num_groups, eps, affine }, [x], { weight, bias }) =>
      ops.groupNorm(x, num_groups, affine ? { scale: weight, offset: bias } : null, eps, leak),
    onnx: {
      write(onnx, { num_groups, eps, affine }, [x]) {
        const { type, shape } = onnx.inputs[0];
        const epsilon = { float: eps };
        // from operator set 21 on scale and offset are one for each channel, as in PyTorch
        if (onnx.opset >= 21 && type === "image")
          return onnx.node("GroupNormalization", [x, ...writeScale(onnx, shape[0], affine)], { num_groups, epsilon });
        const of = [num_groups, sizeOf(onnx.inputs[0]) / num_groups];
        const groups = onnx.node("Reshape", [x, onnx.ints("groups", [-1, ...of])], {}, of);
        const ones = onnx.floats("ones", Array(num_groups).fill(1));
        const zeros = onnx.floats("zeros", Array(num_groups).fill(0));
        const normal = onnx.node("InstanceNormalization", [groups, ones, zeros], { epsilon }, of);
        const y = onnx.node("Reshape", [normal, onnx.ints("shape", [-1, ...shape])]);
        if (!affine) return y;
        const dims = type === "image" ? [shape[0], 1, 1] : [shape[0]];
        return onnx.node("Add", [
          onnx.node("Mul", [y, onnx.weight("weight", { dims })]),
          onnx.weight("bias", { dims }),
        ]);
      },
      operators: ["GroupNormalization"],
      read(node) {
        const affine = readAffine(node);
        if (typeof affine === "string") return affine;
        const params = {
          num_groups: node.int("num_groups", 1),
          eps: node.float("epsilon", 1e-5),
          affine: affine !== null,
        };
        return { params, inputs: [0], weights: affine ?? {} };
      },
    },
    pytorch: {
      module: ({ num_groups, eps, affine }, [{ shape }]) =>
        `nn.GroupNorm(${num_groups}, ${shape[0]}${eps === 1e-5 ? "" : `, eps=${eps}`}${affine ? "" : ", affine=False"})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
