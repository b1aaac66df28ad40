import { batchNorm } from "./batchNorm.ts";

export const BatchNorm2d = batchNorm({
  name: "BatchNorm2d",
  type: "image",
  shape: "an image [C, H, W]",
  lesson:
    "While training, each channel is normalized by its mean and variance over the batch and all pixels, then scaled and shifted by two learned numbers; running averages are kept for sampling. It is what made DCGAN train. It also lets the images of a batch see each other, so it has no place in a critic with a gradient penalty.",
});
