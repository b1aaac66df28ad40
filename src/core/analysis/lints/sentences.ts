/** What lints say: what was found, why it hurts, who showed it, and what to do. A part of the catalogue. */
import { warning } from "../message.ts";

const span = ([low, high]: readonly [number, number]) => `${low} … ${high}`;

export const lintSentences = {
  "lint-bounded-score": warning(
    (f: { layer: string; loss: string; range: readonly [number, number] }) =>
      `${f.layer} keeps the score between ${span(f.range)}, but ${f.loss} takes any number (a logit) and squashes it itself: squashed twice, gradients fade. Take ${f.layer} out (Goodfellow et al. 2014 put the sigmoid in one place).`,
  ),
  "lint-unbounded-probability": warning(
    (f: { from: string; loss: string }) =>
      `${f.loss} takes probabilities between 0 and 1, but ${f.from} may be any number: the logarithm of what lies outside is cut off and its gradient lost. End the network with a Sigmoid, or use the loss on logits.`,
  ),
  "lint-data-range": warning(
    (f: { found: readonly [number, number]; layer: string; wanted: readonly [number, number]; at: string }) =>
      `${f.at} sees data between ${span(f.found)} and samples between ${span(f.wanted)} (${f.layer}): that difference alone tells them apart. Scale the data to ${span(f.wanted)} (Radford et al. 2016, section 3).`,
  ),
  "lint-penalty-mixes": warning(
    (f: { layer: string; penalty: string; instead: string | null }) =>
      `${f.layer} makes one sample's score depend on the others of its batch, but ${f.penalty} wants the gradient of each score by its own sample: ${f.instead ? `the penalty is not valid so. Use ${f.instead} here` : "it then gets that of the whole batch. Take it out, or accept that, as ProGAN and StyleGAN2 do"} (Gulrajani et al. 2017, section 4).`,
  ),
  "lint-unbounded-critic": warning(
    (f: { loss: string; network: string }) =>
      `${f.loss} measures a distance only while ${f.network} cannot rise faster than its input, and nothing holds it: its scores will grow without end. Clip its weights (Arjovsky et al. 2017), add a GradientPenalty (Gulrajani et al. 2017) or use spectral_norm (Miyato et al. 2018).`,
  ),
  "lint-normalized-output": warning(
    (f: { layer: string; network: string }) =>
      `${f.layer} is the last thing that shapes what ${f.network} draws: all samples of a batch then share their mean and spread, which the data do not. Take it out (Radford et al. 2016, section 3: no BatchNorm at the generator's output).`,
  ),
  "lint-checkerboard": warning(
    (f: { kernel: number; stride: number }) =>
      `A kernel of ${f.kernel} that a stride of ${f.stride} does not divide lays its windows unevenly over each other: checkerboards appear in the images. Take a kernel that is a multiple of the stride (Odena et al. 2016).`,
  ),
  "lint-fake-smoothing": warning(
    (f: { target: number }) =>
      `A target of ${f.target} smooths the label of fakes: the generator is then rewarded for staying where it is. Smooth the label of real samples only and keep 0 for fakes (Salimans et al. 2016, section 3.4).`,
  ),
  "lint-no-effect": warning(
    (f: { param: string; because: string }) => `${f.param} has no effect here: ${f.because}. Set it back.`,
  ),
};
