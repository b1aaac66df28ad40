import type { Tensor } from "@tensorflow/tfjs";
import { example, line } from "../../core/kind/arithmetic.ts";
import { number, optional } from "../../core/kind/fields.ts";
import { compute } from "../lowering.ts";
import { unequal } from "../unequal.ts";

const types = ["image", "vector", "embedded"] as const;

/** Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", equation 3. */
export const Interpolate = compute({
  name: "Interpolate",
  title: "Interpolate",
  shelf: "Combining",
  summary: "A random point on the line between two samples",
  equation: "y = \\epsilon \\, a + (1 - \\epsilon) \\, b, \\quad \\epsilon \\sim U[0, 1]",
  lesson:
    "Mixes each sample of a with the one of b in the same place of the batch, in a proportion drawn for each pair anew. WGAN-GP asks its critic for a slope of 1 at such points between real and fake samples, since it cannot ask everywhere. With mix the proportion is the same for all.",
  fields: {
    mix: optional(
      number({ default: 0.5, min: 0, max: 1, help: "The part of a, for every sample; drawn at random where left out" }),
    ),
  },
  inputs: [
    { name: "a", types, help: "Samples, such as real ones" },
    { name: "b", types, help: "Samples of the same shape, such as fakes" },
  ],
  outputs: [{ name: "out", types, help: "The same shape" }],
  infer: (_, inputs) => unequal(inputs) ?? [inputs[0]!],
  arithmetic: ({ mix }) => [
    example("y", "ε·a + (1 − ε)·b", { ε: mix ?? 0.25, a: 1, b: -1 }, 2 * (mix ?? 0.25) - 1),
    mix === null
      ? line("ε", "one for each sample", "uniform, 0 … 1", "0.5 on average")
      : line("ε", "mix", String(mix), String(mix)),
  ],
  lowering: {
    pytorch: ({ mix }, [a, b]) =>
      `torch.lerp(${b}, ${a}, ${mix ?? `torch.rand(len(${a}), *[1] * (${a}.dim() - 1)).to(${a})`})`,
    tfjs({ tf, drawn }, { mix }, [a, b]) {
      if (mix === 1) return a!.clone();
      if (mix === 0) return b!.clone();
      const [batch, ...item] = a!.shape;
      const part: Tensor | number = mix ?? drawn([batch, ...item.map(() => 1)], (random, rows) => random.uniform(rows));
      return tf.add(b!, tf.mul(part, tf.sub(a!, b!)));
    },
  },
});
