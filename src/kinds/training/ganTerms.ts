/** The objectives of a GAN as tfjs computes them and as PyTorch writes them. Means are over all scores, patches too. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Ops } from "../../runtime/ops.ts";
import type { Tf } from "../../runtime/tf.ts";
import type { Objective } from "./objectives.ts";

interface Terms {
  /** `target` is that of real scores: 1, or less with smoothed labels. */
  discriminator(tools: Tools, real: Tensor, fake: Tensor, target: number): Tensor;
  generator(tools: Tools, fake: Tensor, real: Tensor | null): Tensor;
  readonly pytorch: {
    discriminator(real: string, fake: string, target: number): string;
    generator(fake: string, real: string | null): string;
  };
}
interface Tools {
  readonly tf: Tf;
  readonly ops: Ops;
}

const squared = ({ tf, ops }: Tools, score: Tensor, t: number): Tensor =>
  ops.meanOf(score, { of: "square", t }, () => tf.mean(tf.square(tf.sub(score, t))));
const mean = ({ tf, ops }: Tools, score: Tensor): Tensor =>
  ops.meanOf(score, { of: "value", t: 0 }, () => tf.mean(score));
/** max(0, 1 − t · score), t being 1 or −1. */
const margin = ({ tf, ops }: Tools, score: Tensor, t: 1 | -1): Tensor =>
  ops.meanOf(score, { of: "hinge", t }, () => tf.mean(ops.relu(t === 1 ? tf.sub(1, score) : tf.add(1, score))));
const squaredText = (score: string, target: number) => `(${score} - ${target}).square().mean()`;

const crossEntropy = (score: string, target: number) =>
  `F.binary_cross_entropy_with_logits(${score}, torch.full_like(${score}, ${target}))`;

const logistic = {
  discriminator: ({ tf, ops }: Tools, real: Tensor, fake: Tensor, target: number) =>
    tf.add(ops.bceWithLogits(real, target), ops.bceWithLogits(fake, 0)),
};
const logisticText = (real: string, fake: string, target: number) =>
  `${crossEntropy(real, target)} + ${crossEntropy(fake, 0)}`;

const awayFrom = ({ tf }: Tools, score: Tensor, others: Tensor): Tensor => tf.sub(score, tf.mean(others));
const awayFromText = (score: string, others: string) => `(${score} - ${others}.mean())`;

const raised = { generator: (tools: Tools, fake: Tensor) => tools.tf.neg(mean(tools, fake)) };
const raisedText = (fake: string) => `-${fake}.mean()`;

export const terms = {
  /** Goodfellow et al. 2014. */
  minimax: {
    ...logistic,
    generator: ({ tf, ops }, fake) => tf.neg(ops.bceWithLogits(fake, 0)),
    pytorch: { discriminator: logisticText, generator: (fake) => `-${crossEntropy(fake, 0)}` },
  },
  "non-saturating": {
    ...logistic,
    generator: ({ ops }, fake) => ops.bceWithLogits(fake, 1),
    pytorch: { discriminator: logisticText, generator: (fake) => crossEntropy(fake, 1) },
  },
  /** Mao et al. 2017, with the targets 0 and 1. */
  "least-squares": {
    discriminator: (tools, real, fake, target) => tools.tf.add(squared(tools, real, target), squared(tools, fake, 0)),
    generator: (tools, fake) => squared(tools, fake, 1),
    pytorch: {
      discriminator: (real, fake, target) => `${squaredText(real, target)} + ${squaredText(fake, 0)}`,
      generator: (fake) => squaredText(fake, 1),
    },
  },
  /** Arjovsky et al. 2017. */
  wasserstein: {
    ...raised,
    discriminator: (tools, real, fake) => tools.tf.sub(mean(tools, fake), mean(tools, real)),
    pytorch: { discriminator: (real, fake) => `${fake}.mean() - ${real}.mean()`, generator: raisedText },
  },
  /** Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17. */
  hinge: {
    ...raised,
    discriminator: (tools, real, fake) => tools.tf.add(margin(tools, real, 1), margin(tools, fake, -1)),
    pytorch: {
      discriminator: (real, fake) => `F.relu(1 - ${real}).mean() + F.relu(1 + ${fake}).mean()`,
      generator: raisedText,
    },
  },
  /** RaSGAN of Jolicoeur-Martineau 2018: the sum of both expectations as the paper has it; its code takes half of it. */
  "relativistic-average": {
    discriminator: (tools, real, fake, target) => relative(tools, real, fake, target),
    generator: (tools, fake, real) => relative(tools, fake, real!, 1),
    pytorch: {
      discriminator: (real, fake, target) => relativeText(real, fake, target),
      generator: (fake, real) => relativeText(fake, real!, 1),
    },
  },
} satisfies Record<Objective, Terms>;

/** How surely `ahead` outscore the mean of `behind`, which do not. */
const relative = (tools: Tools, ahead: Tensor, behind: Tensor, target: number): Tensor =>
  tools.tf.add(
    tools.ops.bceWithLogits(awayFrom(tools, ahead, behind), target),
    tools.ops.bceWithLogits(awayFrom(tools, behind, ahead), 0),
  );
const relativeText = (ahead: string, behind: string, target: number) =>
  `${crossEntropy(awayFromText(ahead, behind), target)} + ${crossEntropy(awayFromText(behind, ahead), 0)}`;
