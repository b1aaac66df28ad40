/** The layers of StyleGAN and of progressive growing. */
import type { Table } from "./types.ts";

export const style: Table = {
  extras: {
    LearnedConstant: [
      { name: "one value", params: { channels: 1, height: 1, width: 1 }, inputs: ["vector[3]"], batch: 1 },
      { name: "wide", params: { channels: 3, height: 1, width: 5 }, inputs: ["image[2,3,4]"], batch: 2 },
    ],
    AdaIN: [
      { name: "two pixels", params: { eps: 0.5 }, inputs: ["image[2,1,2]", "vector[3]"], batch: 2 },
      { name: "a sample alone", params: { eps: 1e-8 }, inputs: ["image[3,4,2]", "vector[1]"], batch: 1 },
    ],
    ModulatedConv2d: [
      { name: "colours", params: { out_channels: 3, kernel_size: 1, demodulate: false }, inputs: ["image[5,3,4]", "vector[6]"] }, // prettier-ignore
      { name: "a window wider than the image", params: { out_channels: 2, kernel_size: 5 }, inputs: ["image[3,2,3]", "vector[4]"] }, // prettier-ignore
      { name: "no offset, a sample alone", params: { out_channels: 2, bias: false }, inputs: ["image[3,3,2]", "vector[1]"], batch: 1 }, // prettier-ignore
    ],
    NoiseInjection: [
      { name: "one strength for a tall image", params: { per_channel: false }, inputs: ["image[3,5,1]"], batch: 2 },
    ],
    StyleMix: [{ name: "the last of two", params: { position: 1, layers: 2 }, inputs: ["vector[4]", "vector[4]"] }],
    FadeIn: [{ name: "images", params: { start: 5, over: 10 }, inputs: ["image[2,3,2]", "image[2,3,2]"], batch: 1 }],
    TrackMean: [
      { name: "the mean alone", params: { psi: 0, decay: 0 }, inputs: ["vector[5]"] },
      { name: "away from the mean", params: { psi: -1.5, decay: 1 }, inputs: ["vector[3]"], batch: 2 },
    ],
  },
  refusals: {
    AdaIN: [{ name: "one pixel alone", inputs: ["image[4,1,1]", "vector[6]"], code: "one-pixel" }],
    ModulatedConv2d: [
      { name: "an even kernel", params: { out_channels: 2, kernel_size: 2 }, inputs: ["image[3,4,4]", "vector[4]"], code: "param-value" }, // prettier-ignore
    ],
    StyleMix: [{ name: "two lengths", inputs: ["vector[4]", "vector[5]"], code: "shapes-differ" }],
    FadeIn: [{ name: "two shapes", inputs: ["image[2,3,2]", "image[2,3,4]"], code: "shapes-differ" }],
  },
};
