import { example, line } from "../../core/kind/arithmetic.ts";
import { compute } from "../lowering.ts";
import { unequal } from "../unequal.ts";

const types = ["vector", "image"] as const;

/** Kingma and Welling 2014, "Auto-Encoding Variational Bayes", section 2.4. */
export const Reparameterize = compute({
  name: "Reparameterize",
  title: "Reparameterize",
  shelf: "Combining",
  summary: "Draws a latent from the normal distribution that an encoder gives",
  equation: "z = \\mu + e^{\\frac{1}{2} \\log \\sigma^2} \\odot \\epsilon, \\quad \\epsilon \\sim \\mathcal{N}(0, I)",
  lesson:
    "A variational autoencoder's encoder gives a mean and the logarithm of a variance for each latent number. Drawing is written as a shift and a stretch of noise that does not depend on them, and so the gradient of the reconstruction reaches the encoder through the drawn numbers.",
  fields: {},
  inputs: [
    { name: "mean", types, help: "μ" },
    { name: "logvar", types, help: "log σ², of the same shape: any number" },
  ],
  outputs: [{ name: "out", types, help: "The same shape" }],
  infer: (_, inputs) => unequal(inputs) ?? [inputs[0]!],
  arithmetic: () => [
    line("σ", "exp(½·logvar)", "at logvar = −2", Math.exp(-1).toFixed(4)),
    example("z", "mean + exp(½·logvar)·ε", { mean: 1, logvar: -2, ε: 0.5 }, 1 + Math.exp(-1) * 0.5),
  ],
  lowering: {
    pytorch: (_, [mean, logvar]) => `${mean} + (0.5 * ${logvar}).exp() * torch.randn(${mean}.shape).to(${mean})`,
    tfjs({ tf, inputs, drawn }, _, [mean, logvar]) {
      const [batch] = mean!.shape;
      const size = mean!.size / batch;
      const normal = drawn([batch, ...inputs[0]!.shape], (random, rows) => random.normal(rows * size));
      const noise = normal.rank === 4 ? tf.transpose(normal, [0, 2, 3, 1]) : normal;
      return tf.add(mean!, tf.mul(tf.exp(tf.mul(logvar!, 0.5)), noise));
    },
  },
});
