import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { example, line, product, sameShape } from "../../core/kind/arithmetic.ts";
import { exact, grouped } from "../../core/kind/display.ts";
import { boolean, number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";
import { onePixel, readAffine, writeScale } from "./normalize.ts";

export const InstanceNorm2d = layer({
  name: "InstanceNorm2d",
  title: "InstanceNorm2d",
  shelf: "Normalization",
  summary: "Brings each channel of each image to mean 0 and variance 1",
  equation: "y_{n,c} = \\gamma_c \\, \\frac{x_{n,c} - \\mu_{n,c}}{\\sqrt{\\sigma_{n,c}^2 + \\epsilon}} + \\beta_c",
  lesson:
    "Every channel of every image is normalized by its own mean and variance over the pixels, so contrast and brightness of the single image are taken out (Ulyanov et al., 2016). Style transfer and CycleGAN rely on it. Images do not see each other, so it may stand in a critic with a gradient penalty. An image of one pixel has no variance and is refused.",
  fields: {
    eps: number({ default: 1e-5, min: 0, open: true, help: "Keeps the division finite" }),
    momentum: number({ default: 0.1, min: 0, max: 1, help: "How much of each batch enters the running statistics" }),
    affine: boolean({ default: false, help: "Learns a scale and an offset for each channel" }),
    track_running_stats: boolean({ default: false, help: "Keeps running averages and uses them when sampling" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W] of more than one pixel" }],
  outputs: [{ name: "out", types: ["image"], help: "The same shape" }],
  infer: (_, [input]) => onePixel(input) ?? [input],
  weights({ affine, track_running_stats }, [{ shape }]) {
    const each = { shape: [shape[0]] };
    return [
      ...(affine
        ? [
            { ...each, name: "weight", trainable: true, init: always(constant(1)) },
            { ...each, name: "bias", trainable: true, init: always(constant(0)) },
          ]
        : []),
      ...(track_running_stats
        ? [
            { ...each, name: "running_mean", trainable: false, init: always(constant(0)) },
            { ...each, name: "running_var", trainable: false, init: always(constant(1)) },
          ]
        : []),
    ];
  },
  flops: (_, [input]) => 6 * sizeOf(input),
  arithmetic({ eps, momentum, affine, track_running_stats }, [input]) {
    const [channels, height, width] = input.shape;
    return [
      line("values per mean", product("H", "W"), product(height, width), grouped(height * width)),
      example("(x − μ) / σ", "(x − μ) / √(σ² + eps)", { x: 3, μ: 1, "σ²": 4, eps }, 2 / Math.sqrt(4 + eps)),
      ...(track_running_stats
        ? [
            line(
              "running mean",
              "(1 − momentum)·old + momentum·batch",
              `(1 − ${exact(momentum)})·0 + ${exact(momentum)}·1`,
              exact(momentum),
            ),
          ]
        : []),
      sameShape(input),
      ...(affine ? [line("parameters", "2·C (γ and β)", product(2, channels), grouped(2 * channels))] : []),
    ];
  },
  needsWholeBatch: ({ track_running_stats }) => track_running_stats, // they are means over all samples
  twiceDifferentiable: true,
  lowering: {
    takesLeak: ({ track_running_stats }, training) => training || !track_running_stats,
    tfjs(context, { eps, momentum, affine, track_running_stats }, [x], weights) {
      const { tf, ops, training, setBuffer } = context;
      const [input] = context.inputs;
      const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
        (name) => weights[name] as Tensor1D,
      );
      if (track_running_stats && !training) {
        const [scale, offset] = affine ? [weight, bias] : [tf.onesLike(mean), tf.zerosLike(mean)];
        return ops.batchNormInference(x, scale, offset, mean, variance, eps);
      }
      if (track_running_stats) {
        const now = tf.moments(x, [1, 2]);
        const pixels = input.shape[1] * input.shape[2];
        const blend = (running: Tensor, batch: Tensor) =>
          tf.add(tf.mul(running, 1 - momentum), tf.mul(tf.mean(batch, 0), momentum));
        setBuffer("running_mean", blend(mean, now.mean));
        // PyTorch keeps the unbiased variance, and normalizes with the biased one
        setBuffer("running_var", blend(variance, tf.mul(now.variance, pixels / (pixels - 1))));
      }
      return ops.groupNorm(x, input.shape[0], affine ? { scale: weight, offset: bias } : null, eps, context.leak);
    },
    onnx: {
      write(onnx, { eps, momentum, affine, track_running_stats }, [x]) {
        const scale = writeScale(onnx, onnx.inputs[0].shape[0], affine);
        if (!track_running_stats) return onnx.node("InstanceNormalization", [x, ...scale], { epsilon: { float: eps } });
        const statistics = [onnx.weight("running_mean"), onnx.weight("running_var")];
        const attributes = { epsilon: { float: eps }, momentum: { float: 1 - momentum } };
        return onnx.node("BatchNormalization", [x, ...scale, ...statistics], attributes);
      },
      operators: ["InstanceNormalization"],
      read(node) {
        const affine = readAffine(node);
        if (typeof affine === "string") return affine;
        return {
          params: { eps: node.float("epsilon", 1e-5), affine: affine !== null },
          inputs: [0],
          weights: affine ?? {},
        };
      },
    },
    pytorch: {
      module: ({ eps, momentum, affine, track_running_stats }, [{ shape }]) =>
        `nn.InstanceNorm2d(${[
          shape[0],
          ...(eps === 1e-5 ? [] : [`eps=${eps}`]),
          ...(momentum === 0.1 ? [] : [`momentum=${momentum}`]),
          ...(affine ? ["affine=True"] : []),
          ...(track_running_stats ? ["track_running_stats=True"] : []),
        ].join(", ")})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
