/** Layers that look at other samples or other places: minibatch discrimination, attention, and the masked ones. */
import type { Table } from "./types.ts";

const hidden = { mask_type: "hidden", variables: 5 } as const;

export const attention: Table = {
  extras: {
    MinibatchDiscrimination: [
      { name: "five samples, one dimension", params: { out_features: 3, kernel_dims: 1 }, inputs: ["vector[4]"], batch: 5 }, // prettier-ignore
      { name: "two samples", params: { out_features: 2, kernel_dims: 2 }, inputs: ["vector[1]"], batch: 2 },
    ],
    SelfAttention: [
      { name: "more channels than the reduction", params: { reduction: 4 }, inputs: ["image[9,3,2]"], batch: 2 },
      { name: "no reduction", params: { reduction: 1 }, inputs: ["image[3,2,4]"] },
      { name: "spectral norm, one row", params: { reduction: 2, spectral_norm: true }, inputs: ["image[4,1,5]"] },
    ],
    MaskedLinear: [
      { name: "hidden", params: { out_features: 6, ...hidden }, inputs: ["vector[7]"] },
      { name: "hidden, two variables", params: { out_features: 3, mask_type: "hidden", variables: 2 }, inputs: ["vector[4]"] }, // prettier-ignore
      { name: "hidden, one variable", params: { out_features: 3, mask_type: "hidden", variables: 1 }, inputs: ["vector[2]"] }, // prettier-ignore
      { name: "two outputs a variable", params: { out_features: 10, mask_type: "output", variables: 5 }, inputs: ["vector[7]"] }, // prettier-ignore
      { name: "variables as they come in", params: { out_features: 4, variables: 5 }, inputs: ["vector[5]"] },
    ],
    MaskedConv2d: [
      { name: "one tap that sees itself", params: { out_channels: 3, kernel_size: 1, mask_type: "B" }, inputs: ["image[2,3,2]"] }, // prettier-ignore
      { name: "one tap that sees nothing", params: { out_channels: 3, kernel_size: 1 }, inputs: ["image[2,3,2]"] },
      { name: "a wide window on a small image", params: { out_channels: 2, kernel_size: [5, 7] }, inputs: ["image[2,2,3]"] }, // prettier-ignore
      { name: "colours", params: { out_channels: 4, kernel_size: 3, mask_type: "B" }, inputs: ["image[3,5,6]"] },
    ],
  },
  unmeasured: {
    // e to the minus twentieth beside numbers of one, and a softmax of energies of hundreds
    MinibatchDiscrimination: ["out_features 2"],
    SelfAttention: ["spectral_norm true", "spectral norm, one row"],
  },
  refusals: {
    MaskedConv2d: [
      { name: "a window without a middle", params: { kernel_size: [3, 4] }, inputs: ["image[2,5,5]"], code: "param-value" }, // prettier-ignore
    ],
  },
};
