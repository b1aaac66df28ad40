import type { Tensor4D } from "@tensorflow/tfjs";
import { heightAndWidth, line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { choice, integer } from "../../core/kind/fields.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import type { AxisTaps } from "../../runtime/separable.ts";
import { layer } from "../lowering.ts";
import { copyTaps } from "./separable.ts";

export const Upsample = layer({
  name: "Upsample",
  title: "Upsample",
  shelf: "Shape",
  summary: "Makes an image larger by repeating or blending pixels",
  equation: "[C, H, W] \\to [C, s H, s W]",
  lesson:
    "Nearest repeats every pixel s × s times; bilinear blends the four that lie around each place, counted from pixel centres (PyTorch's align_corners=False). Followed by a convolution it replaces a transposed one and avoids its chequered patterns.",
  fields: {
    scale_factor: integer({ default: 2, min: 1, max: 256, help: "How many times height and width grow" }),
    mode: choice(["nearest", "bilinear"], { default: "nearest", help: "Repeats pixels, or blends them" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, s·H, s·W]" }],
  infer: ({ scale_factor: s }, [{ shape }]) => [image(shape[0], shape[1] * s, shape[2] * s)],
  flops: ({ mode }, _, [output]) => (mode === "bilinear" ? 8 * sizeOf(output) : 0),
  arithmetic: ({ scale_factor: s }, [{ shape }], [output]) =>
    heightAndWidth((axis, name) =>
      line(name, `s·${name}_in`, product(s, shape[axis + 1]), grouped(output.shape[axis + 1])),
    ),
  brief: ({ scale_factor, mode }) => `×${scale_factor}, ${mode}`,
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops }, { scale_factor, mode }, [x]) {
      if (scale_factor === 1) return x.clone();
      const pixels = x as Tensor4D;
      const [, height, width] = pixels.shape;
      const size: [number, number] = [height * scale_factor, width * scale_factor];
      const taps = mode === "nearest" ? repeated : blended;
      return ops.separable(pixels, taps(height, scale_factor), taps(width, scale_factor), () =>
        mode === "nearest"
          ? tf.image.resizeNearestNeighbor(pixels, size)
          : tf.image.resizeBilinear(pixels, size, false, true),
      );
    },
    onnx: {
      write(onnx, { scale_factor, mode }, [x]) {
        const scales = onnx.floats("scales", [1, 1, scale_factor, scale_factor]);
        return onnx.node(
          "Resize",
          [x, "", scales],
          mode === "nearest"
            ? { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
            : { mode: "linear", coordinate_transformation_mode: "half_pixel" },
        );
      },
      operators: ["Resize"],
      read(node) {
        const scales = node.constant(2);
        if (!scales || scales.data.length !== 4) return "scales that are not four constants";
        const [batch, channels, height, width] = scales.data;
        if (batch !== 1 || channels !== 1 || height !== width || !Number.isInteger(height) || height < 1)
          return "scales other than one whole number for height and width";
        const places = node.text("coordinate_transformation_mode", "half_pixel");
        const mode = node.text("mode", "nearest");
        if (mode === "linear" && places === "half_pixel")
          return { params: { scale_factor: height, mode: "bilinear" }, inputs: [0] };
        if (
          mode === "nearest" &&
          places === "asymmetric" &&
          node.text("nearest_mode", "round_prefer_floor") === "floor"
        )
          return { params: { scale_factor: height, mode }, inputs: [0] };
        return `mode ${mode} with ${places}`;
      },
    },
    pytorch: {
      module: ({ scale_factor, mode }) =>
        `nn.Upsample(scale_factor=${scale_factor}${mode === "nearest" ? "" : `, mode="${mode}"`})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

const repeated = (size: number, times: number): AxisTaps => copyTaps(size * times, (at) => Math.floor(at / times));

/** The two pixels whose centres lie around each place; at the borders there is one. */
const blended = (size: number, times: number): AxisTaps =>
  Array.from({ length: size * times }, (_, at) => {
    const place = Math.min(size - 1, Math.max(0, (at + 0.5) / times - 0.5));
    const [first, share] = [Math.floor(place), place % 1];
    return share === 0
      ? [[first, 1]]
      : [
          [first, 1 - share],
          [first + 1, share],
        ];
  });
