import { line, term } from "../../core/kind/arithmetic.ts";
import { exact, grouped, rounded } from "../../core/kind/display.ts";
import { choice, integer, number } from "../../core/kind/fields.ts";
import { vector } from "../../core/kind/ports.ts";
import type { RandomStream } from "../../runtime/philox.ts";
import { source } from "../lowering.ts";

export const Noise = source({
  name: "Noise",
  title: "Noise",
  shelf: "Sources",
  summary: "Random vectors, fresh for every step",
  equation: "z \\sim \\mathcal{N}(\\mu, \\sigma^2 I)",
  lesson:
    "What a generator makes its samples from. Normal noise is the habit today; the DCGAN paper drew it uniformly from −1 … 1.",
  fields: {
    features: integer({ default: 100, min: 1, max: 65536, help: "Length of each vector", brief: "value" }),
    distribution: choice(["normal", "uniform"], { default: "normal", help: "Normal, or uniform between low and high" }),
    mean: number({ default: 0, help: "Of normal noise" }),
    std: number({ default: 1, min: 0, help: "Of normal noise" }),
    low: number({ default: -1, help: "Of uniform noise" }),
    high: number({ default: 1, help: "Of uniform noise" }),
  },
  inputs: [],
  outputs: [{ name: "out", types: ["vector"], help: "Random vectors [features]" }],
  infer: ({ features }) => [vector(features)],
  arithmetic({ features, distribution, mean, std, low, high }) {
    const typical = (formula: string, numbers: string, square: number) =>
      line("typical length of z", formula, numbers, rounded(Math.sqrt(features * square)));
    return [
      line("F", "features", grouped(features), grouped(features)),
      distribution === "normal"
        ? typical(
            "√(F·(mean² + std²))",
            `√(${grouped(features)}·(${term(mean)}² + ${exact(std)}²))`,
            mean ** 2 + std ** 2,
          )
        : typical(
            "√(F·(low² + low·high + high²) / 3)",
            `√(${grouped(features)}·(${term(low)}² + ${term(low)}·${term(high)} + ${term(high)}²) / 3)`,
            (low ** 2 + low * high + high ** 2) / 3,
          ),
    ];
  },
  lowering: {
    draw({ batch, random, truncation }, { features, distribution, mean, std, low, high }) {
      const size = batch * features;
      const [offset, scale] = distribution === "normal" ? [mean, std] : [low, high - low];
      const data = distribution === "normal" ? random.normal(size) : random.uniform(size);
      if (distribution === "normal" && truncation !== null)
        for (let i = 0; i < size; i++) if (Math.abs(data[i]) > truncation) data[i] = truncated(random, truncation);
      if (offset !== 0 || scale !== 1) for (let i = 0; i < size; i++) data[i] = offset + scale * data[i];
      return [{ shape: [batch, features], data }];
    },
  },
});

/**
 * A standard normal number of at most this size, by rejection: of normal numbers where most are small enough, else of
 * uniform ones, so that a narrow bound takes no longer than a wide one.
 */
function truncated(random: RandomStream, bound: number): number {
  for (;;) {
    if (bound >= 1) {
      const [z] = random.normal(1);
      if (Math.abs(z) <= bound) return z;
    } else {
      const [u, chance] = random.uniform(2);
      const z = (2 * u - 1) * bound;
      if (chance < Math.exp((-z * z) / 2)) return z;
    }
  }
}
