/** Dense layers, activations, normalization, shapes and arithmetic. */
import type { Table } from "./types.ts";

export const basic: Table = {
  extras: {
    Linear: [
      { name: "one score", params: { out_features: 1 }, inputs: ["vector[9]"], batch: 1 },
      { name: "one score, spectral norm", params: { out_features: 1, spectral_norm: true }, inputs: ["vector[9]"] },
      {
        name: "as in StyleGAN's mapping network",
        params: { out_features: 5, equalized: 0.01 },
        inputs: ["vector[5]"],
      },
    ],
    BatchNorm2d: [{ name: "one value a channel", inputs: ["image[4,1,1]"], batch: 1 }],
    LeakyReLU: [
      { name: "slope 0", params: { negative_slope: 0 }, inputs: ["vector[6]"] },
      { name: "slope 1", params: { negative_slope: 1 }, inputs: ["image[4,2,3]"] },
    ],
    Dropout: [
      { name: "p 0", params: { p: 0 }, inputs: ["vector[6]"] },
      { name: "p 1", params: { p: 1 }, inputs: ["vector[6]"] },
    ],
    PReLU: [
      { name: "a slope for each channel", params: { num_parameters: 4 }, inputs: ["image[4,2,3]"] },
      { name: "a slope for each feature", params: { num_parameters: 6 }, inputs: ["vector[6]"] },
    ],
    ZeroPad2d: [
      { name: "every side its own", params: { padding: [1, 2, 0, 3] }, inputs: ["image[2,1,3]"] },
      { name: "no padding", params: { padding: 0 }, inputs: ["image[2,3,2]"] },
    ],
    ReflectionPad2d: [{ name: "every side its own", params: { padding: [1, 2, 0, 3] }, inputs: ["image[2,4,3]"] }],
    LayerNorm: [{ name: "nothing learned", params: { elementwise_affine: false }, inputs: ["image[3,2,3]"] }],
    Upsample: [
      { name: "three times, blended", params: { scale_factor: 3, mode: "bilinear" }, inputs: ["image[2,3,1]"] },
      { name: "once", params: { scale_factor: 1 }, inputs: ["image[2,3,2]"] },
    ],
    Reshape: [
      { name: "vector to image", params: { shape: [3, 2, -1] }, inputs: ["vector[24]"] },
      { name: "image to image", params: { shape: [-1, 8, 1] }, inputs: ["image[4,3,2]"] },
      { name: "image to vector", params: { shape: [24] }, inputs: ["image[4,3,2]"], batch: 1 },
    ],
    Concat: [
      { name: "different channels", inputs: ["image[2,3,5]", "image[3,3,5]"] },
      { name: "different lengths", inputs: ["vector[2]", "vector[5]", "vector[1]"] },
    ],
  },
  refusals: {
    Multiply: [{ name: "two shapes", inputs: ["vector[4]", "vector[5]"], code: "shapes-differ" }],
    PReLU: [
      {
        name: "three slopes for four channels",
        params: { num_parameters: 3 },
        inputs: ["image[4,2,3]"],
        code: "param-value",
      },
    ],
    Subtract: [{ name: "two shapes", inputs: ["vector[4]", "vector[5]"], code: "shapes-differ" }],
    Divide: [{ name: "two shapes", inputs: ["vector[4]", "vector[5]"], code: "shapes-differ" }],
    ReflectionPad2d: [
      { name: "one pixel", inputs: ["image[4,1,1]"], code: "param-value" },
      {
        name: "padding as wide as the image",
        params: { padding: [0, 3, 0, 0] },
        inputs: ["image[2,4,3]"],
        code: "param-value",
      },
    ],
    Add: [{ name: "two shapes", inputs: ["vector[4]", "vector[5]"], code: "shapes-differ" }],
    Concat: [{ name: "two heights", inputs: ["image[2,3,5]", "image[2,4,5]"], code: "concat-shapes" }],
    Reshape: [{ name: "another size", params: { shape: [3, 3, 3] }, inputs: ["vector[24]"], code: "reshape-size" }],
  },
  raisesInPyTorch: {
    BatchNorm1d: ["batch of 1, train"],
    BatchNorm2d: ["one value a channel, train"],
  },
};
