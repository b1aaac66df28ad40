import type { Tensor4D } from "@tensorflow/tfjs";
import { heightAndWidth, line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { image } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const PixelShuffle = layer({
  name: "PixelShuffle",
  title: "PixelShuffle",
  shelf: "Shape",
  summary: "Makes an image larger by laying channels out as pixels",
  equation: "[r^2 C, H, W] \\to [C, r H, r W], \\quad y_{c,\\, r h + i,\\, r w + j} = x_{c r^2 + i r + j,\\, h,\\, w}",
  lesson:
    "Every r² channels become one block of r × r pixels, so the convolution before it draws all pixels of the larger image while it works on the small one (Shi et al., 2016). SRGAN doubles its images twice with a convolution to 256 channels, PixelShuffle and PReLU.",
  fields: {
    upscale_factor: integer({
      default: 2,
      min: 1,
      max: 256,
      help: "How many times height and width grow",
      brief: "value",
    }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [r²·C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, r·H, r·W]" }],
  infer(
    { upscale_factor: r },
    [
      {
        shape: [channels, height, width],
      },
    ],
  ) {
    if (channels % r ** 2 === 0) return [image(channels / r ** 2, height * r, width * r)];
    const fitting = Array.from({ length: r }, (_, smaller) => r - smaller).find((each) => channels % each ** 2 === 0)!;
    return {
      misfit: "param-value",
      param: "upscale_factor",
      facts: {
        param: "upscale_factor",
        found: String(r),
        wanted: `a number whose square (${grouped(r ** 2)}) divides the ${grouped(channels)} channels`,
      },
      ...(fitting > 1 ? { mend: { param: "upscale_factor", value: fitting } } : {}),
    };
  },
  arithmetic: ({ upscale_factor: r }, [{ shape }], [output]) => [
    line("C", "C_in / r²", `${shape[0]} / (${product(r, r)})`, grouped(output.shape[0])),
    ...heightAndWidth((axis, name) =>
      line(name, `r·${name}_in`, product(r, shape[axis + 1]), grouped(output.shape[axis + 1])),
    ),
  ],
  brief: ({ upscale_factor }) => `×${upscale_factor}`,
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    // Channels are (c, i, j): first i goes in front of the column, then j behind it; ranks stay at 4 or below.
    tfjs: ({ ops }, { upscale_factor: r }, [x]) => (r === 1 ? x.clone() : ops.pixelShuffle(x as Tensor4D, r)),
    onnx: {
      write: (onnx, { upscale_factor }, [x]) =>
        onnx.node("DepthToSpace", [x], { blocksize: upscale_factor, mode: "CRD" }),
      operators: ["DepthToSpace"],
      read(node) {
        const mode = node.text("mode", "DCR");
        if (mode !== "CRD") return `mode ${mode}`;
        return { params: { upscale_factor: node.int("blocksize", 1) }, inputs: [0] };
      },
    },
    pytorch: {
      module: ({ upscale_factor }) => `nn.PixelShuffle(${upscale_factor})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
