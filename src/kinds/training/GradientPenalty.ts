import { example } from "../../core/kind/arithmetic.ts";
import { choice } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";

/** Gulrajani et al. 2017, equation 3, without λ; Mescheder et al. 2018, equation 9, without γ. */
export const GradientPenalty = compute({
  name: "GradientPenalty",
  title: "GradientPenalty",
  shelf: "Losses",
  summary: "Keeps a critic from being steep",
  equation: "\\ell = \\mathbb{E} \\, (\\lVert \\nabla_{x} D(x) \\rVert_2 - 1)^2",
  lesson:
    "Looks at how steeply a critic's score rises where an image changes. WGAN-GP wants a slope of 1 at random points between real images and fakes (Interpolate gives them); R1 wants none at real images and takes ½ of the squared slope. Wire the score to output and what the critic saw to wrt. Its weight, 10 in both papers, stands in a WeightedSum.",
  fields: {
    mode: choice(["wgan-gp", "r1"], {
      default: "wgan-gp",
      brief: "value",
      help: "wgan-gp: (‖∇‖ − 1)², r1: ½·‖∇‖², each the mean over the batch",
    }),
  },
  inputs: [
    { name: "output", types: ["vector", "image"], help: "The critic's scores; those of a sample are summed" },
    { name: "wrt", types: ["image", "vector"], help: "What the critic saw" },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "The mean over the batch" }],
  differentiates: { output: "output", wrt: "wrt" },
  infer: () => [loss],
  arithmetic: ({ mode }) =>
    mode === "r1"
      ? [example("penalty of a slope of 2", "½·‖∇‖²", { "‖∇‖": 2 }, 2)]
      : [
          example("penalty of a slope of 2", "(‖∇‖ − 1)²", { "‖∇‖": 2 }, 1),
          example("penalty of no slope", "(‖∇‖ − 1)²", { "‖∇‖": 0 }, 1),
        ],
  lowering: {
    pytorch({ mode }, [output, wrt]) {
      const slopes = `torch.autograd.grad(${output}.sum(), ${wrt}, create_graph=True)[0].flatten(1)`;
      return mode === "r1"
        ? `0.5 * ${slopes}.square().sum(1).mean()`
        : `(${slopes}.norm(2, dim=1) - 1).square().mean()`;
    },
    tfjs({ tf, gradient }, { mode }, [output, wrt]) {
      const slopes = tf.reshape(gradient(output!, wrt!), [wrt!.shape[0], -1]);
      const squared = tf.sum(tf.square(slopes), 1);
      if (mode === "r1") return tf.mul(tf.mean(squared), 0.5);
      // A length of 0 has no slope; PyTorch takes it as 0, where √ alone would give NaN.
      const none = tf.cast(tf.equal(squared, 0), "float32");
      const length = tf.mul(tf.sqrt(tf.add(squared, none)), tf.sub(1, none));
      return tf.mean(tf.square(tf.sub(length, 1)));
    },
  },
});
