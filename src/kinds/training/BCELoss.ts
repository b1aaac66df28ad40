import { binaryCrossEntropy } from "./binaryCrossEntropy.ts";

export const BCELoss = binaryCrossEntropy({
  name: "BCELoss",
  summary: "Binary cross-entropy of probabilities",
  equation: "\\ell = -\\,[\\,t \\log p + (1 - t) \\log (1 - p)\\,]",
  lesson:
    "How surprised one is by the target t when told the probability p. It wants the output of a Sigmoid; its logarithms are cut off at −100, as PyTorch does. GANLoss and BCEWithLogitsLoss are safer where the discriminator becomes sure.",
  probabilities: true,
  python: "binary_cross_entropy",
  takes: "Probabilities between 0 and 1",
  tfjs: (ops, x, target) => ops.bce(x, target),
});
