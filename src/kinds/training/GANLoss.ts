import type { Tensor } from "@tensorflow/tfjs";
import { choice, number } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import type { Ops } from "../../runtime/ops.ts";
import type { Tf } from "../../runtime/tf.ts";
import { compute } from "../lowering.ts";
import { discriminatorArithmetic, generatorArithmetic, type Objective } from "./objectives.ts";

const objectives = [
  "minimax",
  "non-saturating",
  "least-squares",
  "wasserstein",
] as const satisfies readonly Objective[];

interface Terms {
  /** The discriminator's term for data; `target` is 1, or less with smoothed labels. */
  real(ops: Ops, tf: Tf, score: Tensor, target: number): Tensor;
  fake(ops: Ops, tf: Tf, score: Tensor): Tensor;
  generator(ops: Ops, tf: Tf, score: Tensor): Tensor;
  readonly pytorch: {
    real(score: string, target: number): string;
    fake(score: string): string;
    generator(score: string): string;
  };
}

const squared = (tf: Tf, score: Tensor, target: number): Tensor => tf.mean(tf.square(tf.sub(score, target)));

const crossEntropy = (score: string, target: number) =>
  `F.binary_cross_entropy_with_logits(${score}, torch.full_like(${score}, ${target}))`;
const logisticText = { real: crossEntropy, fake: (score: string) => crossEntropy(score, 0) };

const logistic: Pick<Terms, "real" | "fake"> = {
  real: (ops, _, score, target) => ops.bceWithLogits(score, target),
  fake: (ops, _, score) => ops.bceWithLogits(score, 0),
};
/** Goodfellow et al. 2014; Mao et al. 2017 (targets 0 and 1); Arjovsky et al. 2017. */
const terms = {
  minimax: {
    ...logistic,
    generator: (ops, tf, score) => tf.neg(ops.bceWithLogits(score, 0)),
    pytorch: { ...logisticText, generator: (score) => `-${crossEntropy(score, 0)}` },
  },
  "non-saturating": {
    ...logistic,
    generator: (ops, _, score) => ops.bceWithLogits(score, 1),
    pytorch: { ...logisticText, generator: (score) => crossEntropy(score, 1) },
  },
  "least-squares": {
    real: (_, tf, score, target) => squared(tf, score, target),
    fake: (_, tf, score) => squared(tf, score, 0),
    generator: (_, tf, score) => squared(tf, score, 1),
    pytorch: {
      real: (score, target) => `(${score} - ${target}).square().mean()`,
      fake: (score) => `${score}.square().mean()`,
      generator: (score) => `(${score} - 1).square().mean()`,
    },
  },
  wasserstein: {
    real: (_, tf, score) => tf.neg(tf.mean(score)),
    fake: (_, tf, score) => tf.mean(score),
    generator: (_, tf, score) => tf.neg(tf.mean(score)),
    pytorch: {
      real: (score) => `-${score}.mean()`,
      fake: (score) => `${score}.mean()`,
      generator: (score) => `-${score}.mean()`,
    },
  },
} satisfies Record<Objective, Terms>;

export const GANLoss = compute({
  name: "GANLoss",
  title: "GANLoss",
  shelf: "Losses",
  summary: "The game between discriminator and generator",
  equation: "\\min_G \\max_D \\; \\mathbb{E} \\log \\sigma(D(x)) + \\mathbb{E} \\log (1 - \\sigma(D(G(z))))",
  lesson:
    "One node for each player. The discriminator's wants the scores of real and fake images, the generator's those of the fakes alone. Non-saturating keeps the generator's gradient alive when the discriminator wins; least squares and Wasserstein measure a distance instead of a probability. Scores are logits: the discriminator ends without Sigmoid.",
  fields: {
    role: choice(["discriminator", "generator"], {
      default: "discriminator",
      help: "Whose loss this is",
      brief: "value",
    }),
    objective: choice(objectives, { default: "non-saturating", help: "What the players play for", brief: "value" }),
    label_smoothing: number({
      default: 0,
      min: 0,
      max: 1,
      help: "Moves the target of real images from 1 to 1 − this",
      live: true,
    }),
  },
  inputs: [
    { name: "real", types: ["vector", "image"], optional: true, help: "The discriminator's scores of data" },
    { name: "fake", types: ["vector", "image"], help: "The discriminator's scores of samples" },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "The mean over all scores, patches too" }],
  critic: ({ role }) => role === "discriminator",
  infer({ role }, [real]) {
    if (role === "discriminator" && !real)
      return { misfit: "missing-wire", port: "real", facts: { port: "real", types: ["vector", "image"] } };
    return [loss];
  },
  arithmetic: ({ role, objective, label_smoothing }) =>
    role === "generator" ? generatorArithmetic(objective) : discriminatorArithmetic(objective, 1 - label_smoothing),
  lowering: {
    pytorch({ role, objective, label_smoothing }, [real, fake]) {
      const { pytorch } = terms[objective];
      if (role === "generator") return pytorch.generator(fake!);
      return `${pytorch.real(real!, 1 - label_smoothing)} + ${pytorch.fake(fake!)}`;
    },
    tfjs({ tf, ops }, { role, objective, label_smoothing }, [real, fake]) {
      const term: Terms = terms[objective];
      if (role === "generator") return term.generator(ops, tf, fake!);
      return tf.add(term.real(ops, tf, real!, 1 - label_smoothing), term.fake(ops, tf, fake!));
    },
  },
});
