import { example, line, sameShape } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { writeReduce } from "./reducing.ts";

export const PixelNorm = layer({
  name: "PixelNorm",
  title: "PixelNorm",
  shelf: "Normalization",
  summary: "Brings the channels of every pixel to mean square 1",
  equation: "y_c = \\frac{x_c}{\\sqrt{\\frac{1}{C} \\sum_k x_k^2 + \\epsilon}}",
  lesson:
    "At each pixel the vector of channels keeps its direction and gets length √C, so that signals cannot escalate as generator and discriminator compete. ProGAN's generator has it after every convolution; StyleGAN keeps it for the latent vector before the mapping network. Nothing is learned.",
  fields: {
    eps: number({ default: 1e-8, min: 0, open: true, help: "Keeps the division finite" }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => 3 * sizeOf(input),
  arithmetic: ({ eps }, [input]) => [
    line("values per mean", input.type === "image" ? "C" : "F", grouped(input.shape[0]), grouped(input.shape[0])),
    example("x / mean length", "x / √(mean of x² + eps)", { x: 3, "mean of x²": 4, eps }, 3 / Math.sqrt(4 + eps)),
    sameShape(input),
  ],
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ ops }, { eps }, [x]) => ops.rmsNorm(x, eps),
    onnx: {
      write(onnx, { eps }, [x]) {
        const one = [1, ...onnx.inputs[0].shape.slice(1)];
        const mean = writeReduce(onnx, "mean", onnx.node("Mul", [x, x]), [1], 1, one);
        const length = onnx.node("Sqrt", [onnx.node("Add", [mean, onnx.floats("eps", eps)], {}, one)], {}, one);
        return onnx.node("Div", [x, length]);
      },
    },
    pytorch: {
      definition: `class PixelNorm(nn.Module):
    def __init__(self, eps=1e-8):
        super().__init__()
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(torch.mean(x ** 2, dim=1, keepdim=True) + self.eps)
`,
      module: ({ eps }) => `PixelNorm(${eps === 1e-8 ? "" : `eps=${eps}`})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
