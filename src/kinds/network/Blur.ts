import type { Rank, Tensor4D } from "@tensorflow/tfjs";
import type { AxisTaps } from "../../runtime/separable.ts";
import type { Tf } from "../../runtime/tf.ts";
import { heightAndWidth, line, product } from "../../core/kind/arithmetic.ts";
import { exact, grouped } from "../../core/kind/display.ts";
import { integer, list, number, type Params } from "../../core/kind/fields.ts";
import type { Misfit } from "../../core/kind/kind.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { joinWindows } from "./windows.ts";

const fields = {
  kernel: list(number({ default: 1, help: "" }), {
    default: [1, 2, 1],
    least: 1,
    most: 64,
    help: "The filter of rows and columns, divided by its sum; [1, 3, 3, 1] in StyleGAN2",
    brief: "value",
  }),
  up: integer({ default: 1, min: 1, max: 16, help: "How many times height and width grow before the filter" }),
  down: integer({ default: 1, min: 1, max: 16, help: "Of how many rows and columns one is kept after the filter" }),
};
type Blurring = Params<typeof fields>;

/** Zeros between the pixels, a true convolution and a choice of rows and columns, as StyleGAN2's upfirdn2d places them. */
export const Blur = layer({
  name: "Blur",
  title: "Blur",
  shelf: "Style",
  summary: "Smooths an image with a fixed filter, at its size or at another",
  equation:
    "y_{i,j} = u^2 \\sum_{a,b} k_a k_b \\, x^{\\uparrow u}_{d i + p - a,\\, d j + p - b}, \\quad \\sum_a k_a = 1",
  lesson:
    "A small filter such as [1, 2, 1] takes away the detail that a new grid could not hold. StyleGAN blurs after it makes images larger, and before it makes them smaller, so that no pixel pattern appears; with up or down 2 and [1, 3, 3, 1] it is the resampling of StyleGAN2's skip connections. Nothing is learned.",
  fields,
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, up·H / down, up·W / down]" }],
  infer(
    params,
    [
      {
        shape: [channels, height, width],
      },
    ],
  ) {
    const { up, down } = params;
    const wrong = unusable(params);
    if (wrong) return wrong;
    const [tall, wide] = [height, width].map((size) => Math.floor((size * up) / down));
    if (tall > 0 && wide > 0) return [image(channels, tall, wide)];
    const facts = { found: [height, width], kernel: [down, down], padded: [height, width] };
    return { misfit: "image-too-small", port: "in", facts };
  },
  flops: ({ kernel }, _, [output]) => 4 * kernel.length * sizeOf(output),
  arithmetic({ kernel, up, down }, [{ shape }], [output]) {
    const sum = kernel.reduce((total, each) => total + each, 0);
    return [
      line("sum of the kernel", "what it is divided by", kernel.map(exact).join(" + "), exact(sum)),
      ...heightAndWidth((axis, name) => {
        const [size, result] = [shape[axis + 1], grouped(output.shape[axis + 1])];
        return down > 1
          ? line(name, `⌊${name}_in / down⌋`, `⌊${size} / ${down}⌋`, result)
          : line(name, `up·${name}_in`, product(up, size), result);
      }),
    ];
  },
  brief: ({ kernel, up, down }) =>
    [kernel.map(exact).join(" "), ...(up > 1 ? [`×${up}`] : []), ...(down > 1 ? [`/${down}`] : [])].join(", "),
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops, inputs: [input], outputs: [{ shape }] }, params, [x]) {
      const taps = taken(params);
      const along = (y: Tensor4D, axis: 1 | 2): Tensor4D => {
        const windows = { kernel: taps.length, stride: params.down, before: before(params), count: shape[axis] };
        return joinWindows(tf, spread(tf, y, axis, params.up), axis, windows, 0, (values) =>
          values.map((value, tap) => tf.mul(value, taps[tap])).reduce((sum, value) => tf.add(sum, value)),
        );
      };
      const [tall, wide] = [1, 2].map((axis) => filterTaps(params, input.shape[axis], shape[axis]));
      return ops.separable(x as Tensor4D, tall, wide, () => along(along(x as Tensor4D, 1), 2));
    },
    onnx: {
      write(onnx, params, [x]) {
        const [channels] = onnx.inputs[0].shape;
        const { kernel, up, down } = params;
        // ConvTranspose turns the kernel around by itself
        const taps = up > 1 ? [...taken(params)].reverse() : taken(params);
        const filter = taps.flatMap((row) => taps.map((column) => row * column));
        const dims = [channels, 1, kernel.length, kernel.length];
        const weight = onnx.floats("kernel", Array.from({ length: channels }, () => filter).flat(), dims);
        const [first, last] =
          up > 1
            ? [kernel.length - 1 - before(params), kernel.length - up - after(params)]
            : [before(params), after(params)];
        return onnx.node(up > 1 ? "ConvTranspose" : "Conv", [x, weight], {
          group: channels,
          kernel_shape: [kernel.length, kernel.length],
          strides: up > 1 ? [up, up] : [down, down],
          pads: [first, first, last, last],
        });
      },
    },
    pytorch: {
      definition: `class Blur(nn.Module):
    def __init__(self, kernel, up=1, down=1):
        super().__init__()
        if up > 1 and down > 1 or len(kernel) < max(up, down):
            raise ValueError("either up or down, and no more than the kernel's length")
        kernel = torch.tensor(kernel, dtype=torch.float64)
        self.kernel, self.up, self.down = torch.outer(kernel, kernel) / kernel.sum() ** 2 * up ** 2, up, down

    def forward(self, x):
        batch, channels, height, width = x.shape
        size, up, down = len(self.kernel), self.up, self.down
        spread = x.new_zeros(batch, channels, height * up, width * up)
        spread[:, :, ::up, ::up] = x
        first = (size - down - up + 2) // 2 + up - 1
        last = size - down - first
        weight = self.kernel.to(x.dtype).flip(0, 1).expand(channels, 1, size, size)
        padded = nn.functional.pad(spread, [first, last, first, last])
        return nn.functional.conv2d(padded, weight, stride=down, groups=channels)
`,
      module: ({ kernel, up, down }) =>
        `Blur([${kernel.join(", ")}]${up === 1 ? "" : `, up=${up}`}${down === 1 ? "" : `, down=${down}`})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** Why there is no such filter; null where there is one. */
function unusable({ kernel, up, down }: Blurring): Misfit | null {
  const refuse = (param: keyof Blurring, found: string, wanted: string): Misfit => ({
    misfit: "param-value",
    param,
    facts: { param, found, wanted },
  });
  const written = `[${kernel.map(exact).join(", ")}]`;
  if (up > 1 && down > 1)
    return { ...refuse("down", String(down), "1 where up is above 1"), mend: { param: "down", value: 1 } };
  if (kernel.length < Math.max(up, down))
    return refuse("kernel", written, `at least ${Math.max(up, down)} numbers long, so that every pixel is seen`);
  if (kernel.reduce((sum, each) => sum + each, 0) === 0)
    return refuse("kernel", written, "numbers whose sum is not 0, for they are divided by it");
  return null;
}

/** What the first tap of a window, the second … is multiplied with: the kernel, turned around, normalized. */
const taken = ({ kernel, up }: Blurring): readonly number[] => {
  const sum = kernel.reduce((total, each) => total + each, 0);
  return [...kernel].reverse().map((each) => (each / sum) * up);
};

/** Zeros before the first row; of an odd number StyleGAN2 puts one more here than behind the last. */
const before = ({ kernel, up, down }: Blurring): number => Math.floor((kernel.length - down - up + 2) / 2) + up - 1;
const after = (params: Blurring): number => params.kernel.length - params.down - before(params);

/** The same as a map of an axis: what stands between the spread pixels and beside them is 0 and left out. */
function filterTaps(params: Blurring, size: number, count: number): AxisTaps {
  const weights = taken(params);
  return Array.from({ length: count }, (_, at) =>
    weights.flatMap((weight, tap) => {
      const place = (at * params.down + tap - before(params)) / params.up;
      return Number.isInteger(place) && place >= 0 && place < size ? [[place, weight] as const] : [];
    }),
  );
}

/** Puts times − 1 zeros behind every row or column. */
function spread(tf: Tf, x: Tensor4D, axis: 1 | 2, times: number): Tensor4D {
  if (times === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const [outer, inner] = axis === 1 ? [batch * height, width * channels] : [batch * height * width, channels];
  const apart = tf.pad(tf.reshape<Rank.R2>(x, [outer, inner]), [
    [0, 0],
    [0, (times - 1) * inner],
  ]);
  return tf.reshape<Rank.R4>(
    apart,
    axis === 1 ? [batch, height * times, width, channels] : [batch, height, width * times, channels],
  );
}
