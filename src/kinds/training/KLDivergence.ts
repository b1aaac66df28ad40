import { example } from "../../core/kind/arithmetic.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";
import { unequal } from "../unequal.ts";

/** Kingma and Welling 2014, appendix B. */
export const KLDivergence = compute({
  name: "KLDivergence",
  title: "KLDivergence",
  shelf: "Losses",
  summary: "How far an encoder's normal distributions are from noise",
  equation: "\\ell = -\\tfrac12 \\sum_j (1 + \\log \\sigma_j^2 - \\mu_j^2 - \\sigma_j^2)",
  lesson:
    "A variational autoencoder turns each image into a normal distribution, its mean and the logarithm of its variance. This pulls all of them towards N(0, 1), so that noise can be decoded afterwards. Add it to a reconstruction loss; its weight says how much is traded for order in the codes.",
  fields: {},
  inputs: [
    { name: "mean", types: ["vector", "image"], help: "The means μ" },
    { name: "logvar", types: ["vector", "image"], help: "The logarithms of the variances, ln σ², of the same shape" },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "The sum over all values of a sample, and the mean over the batch" }],
  infer: (_, inputs) => unequal(inputs) ?? [loss],
  arithmetic() {
    const at = (quantity: string, mean: number, logvar: number) =>
      example(
        quantity,
        "−½·(1 + logvar − mean² − e^logvar)",
        { mean, logvar },
        -0.5 * (1 + logvar - mean ** 2 - Math.exp(logvar)),
      );
    return [at("loss of noise itself", 0, 0), at("loss of a mean of 2", 2, 0), at("loss of a narrow one", 0, -2)];
  },
  lowering: {
    pytorch: (_, [mean, logvar]) =>
      `(-0.5 * (1 + ${logvar} - ${mean} ** 2 - ${logvar}.exp())).flatten(1).sum(1).mean()`,
    tfjs({ tf }, _, [mean, logvar]) {
      const each = tf.sub(tf.add(tf.square(mean!), tf.exp(logvar!)), tf.add(logvar!, 1));
      return tf.div(tf.sum(each), 2 * mean!.shape[0]);
    },
  },
});
