import type { Tensor4D } from "@tensorflow/tfjs";
import { heightAndWidth, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { image } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";
import { averageTaps } from "../network/separable.ts";

export const Downsample = compute({
  name: "Downsample",
  title: "Downsample",
  shelf: "Combining",
  summary: "Makes an image smaller by averaging its pixels",
  equation: "y_{c,i,j} = \\frac{1}{f^2} \\sum_{u,v < f} x_{c,\\,f i + u,\\,f j + v}",
  lesson:
    "Each pixel of the result is the mean of f × f pixels. Super-resolution learns from pairs of an image and its small version, and progressive growing shows real images at the size that the networks have reached; both make the small one from the data this way. The factor must divide height and width.",
  fields: {
    factor: integer({ default: 2, min: 1, max: 256, help: "How many times height and width shrink", brief: "value" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C, H / f, W / f]" }],
  infer({ factor }, [input]) {
    const [channels, height, width] = input!.shape;
    if (height % factor === 0 && width % factor === 0) return [image(channels, height / factor, width / factor)];
    return {
      misfit: "param-value",
      param: "factor",
      facts: { param: "factor", found: String(factor), wanted: `a divisor of its input's ${height} and ${width}` },
    };
  },
  arithmetic({ factor }, [input]) {
    const pixel = line("weight of a pixel", "1 / f²", `1 / ${factor}²`, `one of ${grouped(factor ** 2)}`);
    const [, height, width] = input?.type === "image" ? input.shape : [];
    if (!height || !width || height % factor !== 0 || width % factor !== 0) return [pixel];
    const sizes = [height, width];
    return [
      ...heightAndWidth((axis, name) =>
        line(name, `${name}_in / f`, `${grouped(sizes[axis])} / ${factor}`, grouped(sizes[axis] / factor)),
      ),
      pixel,
    ];
  },
  brief: ({ factor }) => `÷${factor}`,
  lowering: {
    pytorch: ({ factor }, [x]) => `F.avg_pool2d(${x}, ${factor})`,
    tfjs({ tf, ops, inputs: [input] }, { factor }, [x]) {
      if (factor === 1) return x!.clone();
      const [tall, wide] = [1, 2].map((axis) => averageTaps(input!.shape[axis], input!.shape[axis] / factor));
      return ops.separable(x as Tensor4D, tall, wide, () => tf.avgPool(x as Tensor4D, factor, factor, "valid"));
    },
  },
});
