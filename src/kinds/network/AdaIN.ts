import type { Tensor } from "@tensorflow/tfjs";
import { example, line, product, sameShape } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { onePixel } from "./normalize.ts";
import { pythonStyle, styleOf, styleWeights, writeStyle } from "./styleAffine.ts";

/** Huang and Belongie, 2017; the style through a learned affine map and 1 added to the scale, as in StyleGAN (Karras et al., 2019). */
export const AdaIN = layer({
  name: "AdaIN",
  title: "AdaIN",
  shelf: "Style",
  summary: "Normalizes each channel of a sample, then scales and shifts it as its style says",
  equation: "y_c = (1 + s_c)\\, \\frac{x_c - \\mu_c}{\\sqrt{\\sigma_c^2 + \\epsilon}} + b_c",
  lesson:
    "Adaptive instance normalization. What a channel's mean and strength were in this picture is forgotten, and the style sets new ones: so a style rules from its layer up to the next AdaIN. It is how the first StyleGAN brings w into each layer, and how pictures are given the style of others. Scale and shift come from the style by a learned map and begin at 1 and 0 on average.",
  fields: {
    eps: number({ default: 1e-5, min: 0, open: true, help: "Keeps the division finite; StyleGAN has 1e-8" }),
  },
  inputs: [
    { name: "in", types: ["image"], help: "An image [C, H, W] of more than one pixel" },
    { name: "style", types: ["vector"], help: "The style w [S]" },
  ],
  outputs: [{ name: "out", types: ["image"], help: "The same shape" }],
  infer: (_, [input]) => onePixel(input) ?? [input],
  weights: (_, [{ shape }, style]) => styleWeights(2 * shape[0], sizeOf(style), 0),
  flops: (_, [input, style]) => 7 * sizeOf(input) + 4 * input.shape[0] * sizeOf(style),
  arithmetic({ eps }, [input, style]) {
    const [channels, height, width] = input.shape;
    const features = sizeOf(style);
    return [
      line("values per mean", "H·W", product(height, width), grouped(height * width)),
      example("y", "(1 + s)·(x − μ) / √(σ² + eps) + b", { x: 3, μ: 1, "σ²": 4, s: 0.5, b: 0, eps }, 3 / Math.sqrt(4 + eps)), // prettier-ignore
      sameShape(input),
      line(
        "parameters",
        "2·C·S + 2·C",
        `${product(2, channels, features)} + ${product(2, channels)}`,
        grouped(2 * channels * (features + 1)),
      ),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs(context, { eps }, [x, w], weights) {
      const { tf, ops } = context;
      const [batch, , , channels] = x.shape as number[];
      const s = styleOf(context, w, weights);
      const half = (from: number): Tensor => tf.slice(s, [0, from], [batch, channels]);
      return ops.groupNorm(x, channels, { scale: tf.add(half(0), 1), offset: half(channels) }, eps);
    },
    onnx: {
      write(onnx, { eps }, [x, w]) {
        const [{ shape }, style] = onnx.inputs;
        const [channels] = shape;
        const s = writeStyle(onnx, w, 2 * channels, sizeOf(style));
        const half = (name: string, from: number) => {
          const places = [[from], [from + channels], [1]].map((at, index) =>
            onnx.ints(`${name}_${["from", "to", "axis"][index]}`, at),
          );
          const part = onnx.node("Slice", [s, ...places], {}, [channels]);
          return onnx.node("Reshape", [part, onnx.ints(`${name}_shape`, [-1, channels, 1, 1])], {}, [channels, 1, 1]);
        };
        const scale = onnx.node("Add", [half("scale", 0), onnx.floats("one", 1)], {}, [channels, 1, 1]);
        const [ones, zeros] = [1, 0].map((value) => onnx.floats(`all_${value}`, Array<number>(channels).fill(value)));
        const normal = onnx.node("InstanceNormalization", [x, ones, zeros], { epsilon: { float: eps } });
        return onnx.node("Add", [onnx.node("Mul", [normal, scale]), half("shift", channels)]);
      },
    },
    pytorch: {
      definition: `class AdaIN(nn.Module):
    def __init__(self, channels, features, eps):
        super().__init__()
        self.affine_weight = nn.Parameter(torch.randn(2 * channels, features))
        self.affine_bias = nn.Parameter(torch.zeros(2 * channels))
        self.eps = eps

    def forward(self, x, w):
        scale, shift = ${pythonStyle}[:, :, None, None].chunk(2, 1)
        return (1 + scale) * F.instance_norm(x, eps=self.eps) + shift
`,
      module: ({ eps }, [{ shape }, style]) => `AdaIN(${shape[0]}, ${sizeOf(style)}, ${eps})`,
      forward: (self, [x, w]) => `${self}(${x}, ${w})`,
    },
  },
});
