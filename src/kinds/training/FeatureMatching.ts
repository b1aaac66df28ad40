import { example } from "../../core/kind/arithmetic.ts";
import { choice, integer } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";
import { unequal } from "../unequal.ts";

/** Salimans et al. 2016, section 3.1 (`mean`, norm 2); Wang et al. 2018, pix2pixHD, equation 4 (`each`, norm 1). */
export const FeatureMatching = compute({
  name: "FeatureMatching",
  title: "FeatureMatching",
  shelf: "Losses",
  summary: "Fakes whose features are like those of data",
  equation: "\\ell = \\lVert \\mathbb{E}\\, f(x) - \\mathbb{E}\\, f(G(z)) \\rVert_2^2",
  lesson:
    "The generator aims at what a layer of the discriminator sees in data instead of at its score, which steadies the game. Mean compares the averages over a batch, for images that do not belong together; each compares sample by sample, for pairs as in pix2pixHD. Wire an Output of a layer in the middle of the discriminator.",
  fields: {
    statistics: choice(["mean", "each"], {
      default: "mean",
      brief: "value",
      help: "mean: sums over the features of the batch's means; each: the mean over all features of all samples",
    }),
    norm: integer({ default: 2, min: 1, max: 2, help: "2 squares differences, 1 takes their sizes" }),
  },
  inputs: [
    { name: "real", types: ["vector", "image"], help: "Features of data" },
    { name: "fake", types: ["vector", "image"], help: "Features of samples, of the same shape" },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "How far they lie apart" }],
  infer: (_, inputs) => unequal(inputs) ?? [loss],
  arithmetic: ({ norm }) => [
    example("loss at one feature", norm === 1 ? "|real − fake|" : "(real − fake)²", { real: 3, fake: 1 }, 2 ** norm),
  ],
  needsWholeBatch: ({ statistics }) => statistics === "mean",
  lowering: {
    pytorch({ statistics, norm }, [real, fake]) {
      if (statistics === "each") return `F.${norm === 1 ? "l1_loss" : "mse_loss"}(${fake}, ${real})`;
      return `(${real}.mean(0) - ${fake}.mean(0)).${norm === 1 ? "abs" : "square"}().sum()`;
    },
    tfjs({ tf }, { statistics, norm }, [real, fake]) {
      const difference = tf.sub(fake!, real!);
      const apart = statistics === "each" ? difference : tf.mean(difference, 0);
      const sizes = norm === 1 ? tf.abs(apart) : tf.square(apart);
      return statistics === "each" ? tf.mean(sizes) : tf.sum(sizes);
    },
  },
});
