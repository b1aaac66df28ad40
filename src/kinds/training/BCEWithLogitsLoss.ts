import { binaryCrossEntropy } from "./binaryCrossEntropy.ts";

export const BCEWithLogitsLoss = binaryCrossEntropy({
  name: "BCEWithLogitsLoss",
  summary: "Binary cross-entropy of scores, Sigmoid included",
  equation: "\\ell = \\log(1 + e^{x}) - t\\,x",
  lesson:
    "The same as Sigmoid and BCELoss, computed so that nothing overflows. It wants the bare score of the discriminator's last Linear layer.",
  probabilities: false,
  python: "binary_cross_entropy_with_logits",
  takes: "Scores (logits), any number",
  tfjs: (ops, x, target) => ops.bceWithLogits(x, target),
});
