import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, integer } from "../../core/kind/fields.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { always, constant, normal } from "../../core/kind/weights.ts";
import { layer, type OnnxContext } from "../lowering.ts";
import { pythonStyle, styleOf, styleWeights, writeStyle } from "./styleAffine.ts";

/** Keeps the root of a sum of squares from 0, as in the paper's code. */
const eps = 1e-8;

/**
 * Karras et al., "Analyzing and improving the image quality of StyleGAN", 2020, section 2.2. A convolution is linear: scaling
 * a sample's input channels by s and its output channels by the demodulation is the same as a kernel of its own for each
 * sample, and takes one convolution for the whole batch.
 */
export const ModulatedConv2d = layer({
  name: "ModulatedConv2d",
  title: "ModulatedConv2d",
  shelf: "Style",
  summary: "A convolution whose kernel each sample's style scales",
  equation: "w'_{oi} = \\frac{s_i w_{oi}}{\\sqrt{\\sum_{j} s_j^2 \\lVert w_{oj} \\rVert^2 + \\epsilon}}",
  lesson:
    "StyleGAN2's layer. The style says how much each input channel counts for this sample, and dividing by the expected strength of what comes out (demodulation) does the work of an instance norm without looking at the image: the droplets of the first StyleGAN vanish. Leave demodulation out where channels become colours (ToRGB). The size stays; put Upsample before it to grow.",
  fields: {
    out_channels: integer({ default: 64, min: 1, max: 65536, help: "How many channels come out", brief: "value" }),
    kernel_size: integer({
      default: 3,
      min: 1,
      max: 1023,
      help: "Height and width of the window, odd",
      brief: "value",
    }),
    demodulate: boolean({ default: true, help: "Brings each output channel back to the strength of its input" }),
    bias: boolean({ default: true, help: "Adds a learned offset to every output channel" }),
  },
  inputs: [
    { name: "in", types: ["image"], help: "An image [C, H, W]" },
    { name: "style", types: ["vector"], help: "The style w [S]" },
  ],
  outputs: [{ name: "out", types: ["image"], help: "An image [out_channels, H, W]" }],
  infer({ out_channels, kernel_size }, [{ shape }]) {
    if (kernel_size % 2 === 1) return [image(out_channels, shape[1], shape[2])];
    return {
      misfit: "param-value",
      param: "kernel_size",
      facts: { param: "kernel_size", found: String(kernel_size), wanted: "odd, so that the window has a middle" },
      mend: { param: "kernel_size", value: kernel_size + 1 },
    };
  },
  weights({ out_channels, kernel_size: k, bias }, [{ shape }, style]) {
    const init = always(normal(0, 1));
    const weight = { name: "weight", shape: [out_channels, shape[0], k, k], trainable: true, init, tfjs: [2, 3, 1, 0] };
    const offset = { name: "bias", shape: [out_channels], trainable: true, init: always(constant(0)) };
    return [weight, ...styleWeights(shape[0], sizeOf(style), 1), ...(bias ? [offset] : [])];
  },
  flops({ out_channels, kernel_size: k, demodulate, bias }, [input, style], [output]) {
    const channels = input.shape[0];
    const convolution = sizeOf(output) * (2 * channels * k * k + (bias ? 1 : 0));
    const scaling = 2 * channels * sizeOf(style) + sizeOf(input) + sizeOf(output);
    return convolution + scaling + (demodulate ? 2 * channels * out_channels : 0);
  },
  arithmetic({ out_channels, kernel_size: k, bias }, [{ shape }, style], [output]) {
    const [channels, features] = [shape[0], sizeOf(style)];
    const sum = channels * out_channels * k * k + channels * features + channels + (bias ? out_channels : 0);
    return [
      line("H", "H_in", grouped(shape[1]), grouped(output.shape[1])),
      line("W", "W_in", grouped(shape[2]), grouped(output.shape[2])),
      line(
        "parameters",
        `C_in·C_out·k·k + C_in·S + C_in${bias ? " + C_out" : ""}`,
        `${product(channels, out_channels, k, k)} + ${product(channels, features)} + ${grouped(channels)}${bias ? ` + ${grouped(out_channels)}` : ""}`,
        grouped(sum),
      ),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs(context, { kernel_size: k, demodulate }, [x, w], weights) {
      const { tf, ops } = context;
      const { weight, bias } = weights;
      const [batch, , , channels] = x.shape as number[];
      const s = styleOf(context, w, weights);
      const pad = (k - 1) / 2;
      const y = ops.conv2d(tf.mul<Tensor4D>(x, tf.reshape(s, [batch, 1, 1, channels])), weight as Tensor4D, null, {
        stride: [1, 1],
        padding: [pad, pad, pad, pad],
        dilation: [1, 1],
        groups: 1,
      });
      const scale = 1 / Math.sqrt(channels * k * k);
      const scaled = (): Tensor4D => {
        if (!demodulate) return tf.mul(y, scale);
        const strength = tf.matMul(tf.square(s), tf.sum<Tensor2D>(tf.square(weight), [0, 1]));
        const root = tf.sqrt(tf.add(tf.mul(strength, scale * scale), eps));
        return tf.mul(y, tf.reshape(tf.div(scale, root), [batch, 1, 1, -1]));
      };
      return bias ? tf.add(scaled(), bias) : scaled();
    },
    onnx: {
      write(onnx, { out_channels, kernel_size: k, demodulate, bias }, [x, w]) {
        const [{ shape }, style] = onnx.inputs;
        const [channels, height, width] = shape;
        const pad = (k - 1) / 2;
        const s = writeStyle(onnx, w, channels, sizeOf(style));
        const modulated = onnx.node("Mul", [x, asImage(onnx, s, channels)], {}, [channels, height, width]);
        const y = onnx.node("Conv", [modulated, onnx.weight("weight")], {
          kernel_shape: [k, k],
          strides: [1, 1],
          dilations: [1, 1],
          group: 1,
          pads: [pad, pad, pad, pad],
        });
        const scale = 1 / Math.sqrt(channels * k * k);
        const factor = demodulate
          ? asImage(onnx, writeDemodulation(onnx, s, [out_channels, channels, k, k], scale), out_channels)
          : onnx.floats("scale", scale);
        const scaled = onnx.node("Mul", [y, factor]);
        return bias ? onnx.node("Add", [scaled, onnx.weight("bias", { dims: [out_channels, 1, 1] })]) : scaled;
      },
    },
    pytorch: {
      definition: `class ModulatedConv2d(nn.Module):
    def __init__(self, channels, features, out_channels, kernel_size, demodulate=True, bias=True):
        super().__init__()
        assert kernel_size % 2 == 1, "an even kernel has no middle"
        self.weight = nn.Parameter(torch.randn(out_channels, channels, kernel_size, kernel_size))
        self.affine_weight = nn.Parameter(torch.randn(channels, features))
        self.affine_bias = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.demodulate = demodulate

    def forward(self, x, w):
        batch, _, height, width = x.shape
        style = ${pythonStyle}
        kernels = self.weight / self.weight[0].numel() ** 0.5 * style[:, None, :, None, None]
        if self.demodulate:
            kernels = kernels * torch.rsqrt(kernels.square().sum((2, 3, 4), keepdim=True) + 1e-8)
        padding = self.weight.shape[-1] // 2
        y = F.conv2d(x.reshape(1, -1, height, width), kernels.flatten(0, 1), padding=padding, groups=batch)
        y = y.reshape(batch, -1, height, width)
        return y if self.bias is None else y + self.bias[:, None, None]
`,
      module: ({ out_channels, kernel_size, demodulate, bias }, [{ shape }, style]) =>
        `ModulatedConv2d(${shape[0]}, ${sizeOf(style)}, ${out_channels}, ${kernel_size}${demodulate ? "" : ", demodulate=False"}${bias ? "" : ", bias=False"})`,
      forward: (self, [x, w]) => `${self}(${x}, ${w})`,
    },
  },
});

/** c / √(c² · Σ s²w² + ε) [N, out], where c is the scale of the weight. */
function writeDemodulation(onnx: OnnxContext, s: string, dims: readonly number[], scale: number): string {
  const [out, channels] = dims;
  const weight = onnx.weight("weight");
  const square = onnx.node("Mul", [weight, weight], {}, { whole: dims });
  const lengths = onnx.node("ReduceSum", [square, onnx.ints("window", [2, 3])], { keepdims: 0 }, { whole: [out, channels] }); // prettier-ignore
  const squared = onnx.node("Mul", [s, s], {}, [channels]);
  const alpha = { float: scale * scale };
  const sum = onnx.node("Gemm", [squared, lengths, onnx.floats("eps", [eps])], { alpha, transB: 1 }, [out]);
  return onnx.node("Div", [onnx.floats("scale", scale), onnx.node("Sqrt", [sum], {}, [out])], {}, [out]);
}

const asImage = (onnx: OnnxContext, vector: string, channels: number): string =>
  onnx.node("Reshape", [vector, onnx.ints("channels", [-1, channels, 1, 1])], {}, [channels, 1, 1]);
