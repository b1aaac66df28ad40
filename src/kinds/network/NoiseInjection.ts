import { line, product, sameShape } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

export const NoiseInjection = layer({
  name: "NoiseInjection",
  title: "NoiseInjection",
  shelf: "Style",
  summary: "Adds noise to every pixel, as strong as is learned",
  equation: "y_c = x_c + b_c\\, n, \\quad n \\sim \\mathcal N(0, 1)",
  lesson:
    "StyleGAN's source of what is random in a picture without being chosen by the style: where each hair lies, freckles, leaves. One noise image goes to all channels, each scales it by a learned number that starts at 0. Training draws it anew each time. Samples get one fixed noise image, which is kept with the weights, so that what changes between them is the style, and what one sees is what the exported model draws.",
  fields: {
    per_channel: boolean({
      default: true,
      help: "A strength for each channel, as in StyleGAN; off, one for all, as in StyleGAN2",
    }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  weights: (
    { per_channel },
    [
      {
        shape: [channels, height, width],
      },
    ],
  ) => [
    { name: "weight", shape: [per_channel ? channels : 1], trainable: true, init: always(constant(0)) },
    { name: "noise", shape: [1, height, width], trainable: false, init: always(normal(0, 1)), tfjs: [1, 2, 0] },
  ],
  flops: (_, [input]) => 2 * sizeOf(input),
  arithmetic({ per_channel }, [input]) {
    const [channels, height, width] = input.shape;
    const strengths = per_channel ? grouped(channels) : "1";
    return [
      line("random numbers", "H·W", product(height, width), grouped(height * width)),
      sameShape(input),
      line("parameters", per_channel ? "C" : "1", strengths, strengths),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    drawsNumbers: true,
    tfjs({ tf, training, drawn }, _, [x], { weight, noise }) {
      const [batch, height, width] = x.shape as number[];
      const fresh = () => drawn([batch, height, width, 1], (random, rows) => random.normal(rows * height * width));
      return tf.add(x, tf.mul(training ? fresh() : noise, weight));
    },
    onnx: {
      write(onnx, { per_channel }, [x]) {
        const [{ shape }] = onnx.inputs;
        const dims = [per_channel ? shape[0] : 1, 1, 1];
        const whole = [dims[0], ...shape.slice(1)];
        const noise = onnx.node("Mul", [onnx.weight("weight", { dims }), onnx.weight("noise")], {}, { whole });
        return onnx.node("Add", [x, noise]);
      },
    },
    pytorch: {
      definition: `class NoiseInjection(nn.Module):
    def __init__(self, strengths, height, width):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(strengths))
        self.register_buffer("noise", torch.randn(1, height, width))

    def forward(self, x):
        noise = torch.randn_like(x[:, :1]) if self.training else self.noise
        return x + self.weight[:, None, None] * noise
`,
      module: ({ per_channel }, [{ shape }]) =>
        `NoiseInjection(${per_channel ? shape[0] : 1}, ${shape[1]}, ${shape[2]})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
