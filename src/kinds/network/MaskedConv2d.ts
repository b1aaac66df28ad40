import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, choice, integer, pair, type Pair } from "../../core/kind/fields.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { always, fanUniform, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";
import { pythonPair } from "./convolution.ts";

type MaskType = "A" | "B";

/**
 * Van den Oord et al., "Pixel recurrent neural networks" and "Conditional image generation with PixelCNN decoders", 2016. The
 * mask is over places alone: channels of one pixel are not ordered among each other.
 */
export const MaskedConv2d = layer({
  name: "MaskedConv2d",
  title: "MaskedConv2d",
  shelf: "Convolution",
  summary: "A convolution that sees only the pixels above and to the left",
  equation: "y = b + (m \\odot w) \\star x",
  lesson:
    "PixelCNN's layer. An autoregressive model predicts each pixel from those before it, row by row; so the part of the window that lies after the middle is multiplied by 0. Mask A hides the middle too and belongs in the first layer, where the middle is the very pixel to be predicted; B shows it and belongs in all others. The size stays. It trains on all pixels at once with a likelihood, without a discriminator.",
  fields: {
    out_channels: integer({ default: 32, min: 1, max: 65536, help: "How many channels come out", brief: "value" }),
    kernel_size: pair({ default: 7, min: 1, max: 1023, help: "Height and width of the window, odd", brief: "value" }),
    mask_type: choice(["A", "B"], {
      default: "A",
      help: "A in the first layer (the pixel itself is hidden), B in the others",
      brief: "named",
    }),
    bias: boolean({ default: true, help: "Adds a learned offset to every output channel" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [out_channels, H, W]" }],
  infer({ out_channels, kernel_size }, [{ shape }]) {
    if (kernel_size.every((extent) => extent % 2 === 1)) return [image(out_channels, shape[1], shape[2])];
    return {
      misfit: "param-value",
      param: "kernel_size",
      facts: {
        param: "kernel_size",
        found: kernel_size.join(" × "),
        wanted: "odd in both directions, so that the window has a middle",
      },
      mend: { param: "kernel_size", value: kernel_size.map((extent) => extent + ((extent + 1) % 2)) },
    };
  },
  weights({ out_channels, kernel_size, bias }, [{ shape }]) {
    const own = [out_channels, shape[0], ...kernel_size];
    const initial = fanUniform(own[1] * own[2] * own[3]);
    const init = { pytorch: initial, dcgan: normal(0, 0.02) };
    const weight = { name: "weight", shape: own, trainable: true, init, tfjs: [2, 3, 1, 0] };
    return bias ? [weight, { name: "bias", shape: [out_channels], trainable: true, init: always(initial) }] : [weight];
  },
  flops: ({ kernel_size: [kh, kw], bias }, [input], [output]) =>
    sizeOf(output) * (2 * input.shape[0] * kh * kw + (bias ? 1 : 0)),
  arithmetic({ out_channels, kernel_size: [kh, kw], mask_type, bias }, [{ shape }], [output]) {
    const [channels] = shape;
    const seen = Math.floor(kh / 2) * kw + Math.floor(kw / 2) + (mask_type === "B" ? 1 : 0);
    return [
      line("H", "H_in", grouped(shape[1]), grouped(output.shape[1])),
      line("W", "W_in", grouped(shape[2]), grouped(output.shape[2])),
      line(
        "places of the window that are seen",
        `⌊k_H / 2⌋·k_W + ⌊k_W / 2⌋${mask_type === "B" ? " + 1" : ""}`,
        `⌊${kh} / 2⌋·${kw} + ⌊${kw} / 2⌋${mask_type === "B" ? " + 1" : ""}`,
        grouped(seen),
      ),
      line(
        "parameters",
        `C_in·C_out·k_H·k_W${bias ? " + C_out" : ""}`,
        product(channels, out_channels, kh, kw) + (bias ? ` + ${grouped(out_channels)}` : ""),
        grouped(channels * out_channels * kh * kw + (bias ? out_channels : 0)),
      ),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops }, { kernel_size, mask_type }, [x], { weight, bias }) {
      const mask = tf.tensor4d(maskOf(kernel_size, mask_type), [...kernel_size, 1, 1]);
      const [rows, columns] = paddingOf(kernel_size);
      return ops.conv2d(x as Tensor4D, tf.mul(weight as Tensor4D, mask), (bias as Tensor1D | undefined) ?? null, {
        stride: [1, 1],
        padding: [rows, columns, rows, columns],
        dilation: [1, 1],
        groups: 1,
      });
    },
    onnx: {
      write(onnx, { out_channels, kernel_size, mask_type, bias }, [x]) {
        const whole = [out_channels, onnx.inputs[0].shape[0], ...kernel_size];
        const mask = onnx.floats("mask", maskOf(kernel_size, mask_type), [1, 1, ...kernel_size]);
        const weight = onnx.node("Mul", [onnx.weight("weight"), mask], {}, { whole });
        const [rows, columns] = paddingOf(kernel_size);
        return onnx.node("Conv", [x, weight, ...(bias ? [onnx.weight("bias")] : [])], {
          kernel_shape: kernel_size,
          pads: [rows, columns, rows, columns],
        });
      },
    },
    pytorch: {
      definition: `class MaskedConv2d(nn.Conv2d):
    """Sees only what lies above and to the left (van den Oord et al., 2016)."""

    def __init__(self, mask_type, in_channels, out_channels, kernel_size, bias=True):
        super().__init__(in_channels, out_channels, kernel_size, bias=bias)
        height, width = self.kernel_size
        assert height % 2 == width % 2 == 1, "an even kernel has no middle"
        self.padding = (height // 2, width // 2)
        self.mask = torch.ones(height, width)
        self.mask[height // 2, width // 2 + (mask_type == "B"):] = 0
        self.mask[height // 2 + 1:] = 0

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask.to(self.weight), self.bias)
`,
      module: ({ out_channels, kernel_size, mask_type, bias }, [{ shape }]) =>
        `MaskedConv2d("${mask_type}", ${shape[0]}, ${out_channels}, ${pythonPair(kernel_size)}${bias ? "" : ", bias=False"})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

const paddingOf = ([height, width]: Pair): Pair => [(height - 1) / 2, (width - 1) / 2];

/** [kh, kw], row after row: 1 where the window may look. */
function maskOf([height, width]: Pair, type: MaskType): number[] {
  const middle = ((height - 1) / 2) * width + (width - 1) / 2;
  return Array.from({ length: height * width }, (_, place) =>
    place < middle || (type === "B" && place === middle) ? 1 : 0,
  );
}
