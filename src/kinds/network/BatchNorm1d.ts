import { batchNorm } from "./batchNorm.ts";

export const BatchNorm1d = batchNorm({
  name: "BatchNorm1d",
  type: "vector",
  shape: "features [F]",
  lesson:
    "While training, each feature is normalized by its mean and variance over the batch, then scaled and shifted by two learned numbers; running averages are kept for sampling. It needs more than one sample in a batch: a single one is its own mean, and only the shift would be left of it.",
});
