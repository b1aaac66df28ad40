/** Cases that cannot be derived from a kind's ports and fields, and what PyTorch and the analysis both refuse. By kind. */
import type { Code } from "../../src/core/analysis/catalogue.ts";
import type { Parameters } from "./cases.ts";

export interface Extra {
  readonly name: string;
  readonly params?: Parameters;
  /** As types are printed: "image[4,5,4]". */
  readonly inputs: readonly string[];
  readonly batch?: number;
}

export const extras: Readonly<Record<string, readonly Extra[]>> = {
  Linear: [{ name: "one score", params: { out_features: 1 }, inputs: ["vector[9]"], batch: 1 }],
  Conv2d: [
    {
      name: "one tap, one pixel",
      params: { out_channels: 1, kernel_size: 1, stride: 1, padding: 0 },
      inputs: ["image[1,1,1]"],
      batch: 1,
    },
    {
      name: "every axis its own",
      params: { out_channels: 3, kernel_size: [3, 2], stride: [1, 3], padding: [2, 1], dilation: [2, 1] },
      inputs: ["image[2,7,6]"],
    },
    { name: "depthwise", params: { out_channels: 4, kernel_size: 3, stride: 1, groups: 4 }, inputs: ["image[4,4,5]"] },
    {
      name: "dilated groups",
      params: { out_channels: 6, kernel_size: 2, stride: [2, 1], dilation: [1, 2], groups: 2 },
      inputs: ["image[4,5,4]"],
    },
    {
      name: "rows that the stride leaves over",
      params: { out_channels: 3, kernel_size: 3, padding: 0 },
      inputs: ["image[2,6,8]"],
    },
    {
      name: "a score for the whole image",
      params: { out_channels: 1, stride: 1, padding: 0 },
      inputs: ["image[3,4,4]"],
    },
    { name: "twelve channels to twenty", params: { out_channels: 20 }, inputs: ["image[12,8,8]"], batch: 2 },
  ],
  ConvTranspose2d: [
    {
      name: "DCGAN's first layer",
      params: { out_channels: 5, stride: 1, padding: 0, bias: false },
      inputs: ["vector[8]"],
    },
    {
      name: "output_padding in one direction",
      params: { out_channels: 3, kernel_size: 3, output_padding: [1, 0] },
      inputs: ["image[2,3,4]"],
    },
    {
      name: "output_padding below the dilation",
      params: { out_channels: 3, kernel_size: 2, stride: 1, padding: 0, dilation: [2, 3], output_padding: [1, 2] },
      inputs: ["image[2,3,2]"],
    },
    {
      name: "output_padding below the dilation, padded",
      params: {
        out_channels: 3,
        kernel_size: 3,
        stride: [2, 1],
        padding: [3, 1],
        dilation: [3, 3],
        output_padding: [2, 2],
        bias: false,
      },
      inputs: ["image[2,4,3]"],
    },
    {
      name: "everything at once",
      params: {
        out_channels: 6,
        kernel_size: [3, 2],
        stride: [2, 3],
        padding: [1, 0],
        dilation: [2, 1],
        output_padding: [1, 2],
        groups: 2,
      },
      inputs: ["image[4,3,2]"],
    },
    {
      name: "padding that cuts more than the kernel adds",
      params: { out_channels: 2, kernel_size: 2, stride: 2, padding: 2 },
      inputs: ["image[2,5,6]"],
    },
    { name: "one channel a group", params: { out_channels: 4, kernel_size: 3, groups: 4 }, inputs: ["image[4,2,3]"] },
    { name: "twenty channels to twelve", params: { out_channels: 12 }, inputs: ["image[20,4,4]"], batch: 2 },
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
};

/** PyTorch raises an exception for these, and the analysis reports an error of this code. */
export const refusals: Readonly<Record<string, readonly (Extra & { readonly code: Code })[]>> = {
  Conv2d: [
    {
      name: "a kernel larger than the padded image",
      params: { out_channels: 4, kernel_size: 5, padding: 0 },
      inputs: ["image[4,4,6]"],
      code: "image-too-small",
    },
    {
      name: "groups that do not divide the input",
      params: { out_channels: 4, groups: 4 },
      inputs: ["image[3,5,5]"],
      code: "groups-divide",
    },
    {
      name: "groups that do not divide the output",
      params: { out_channels: 5, groups: 2 },
      inputs: ["image[4,5,5]"],
      code: "groups-divide",
    },
  ],
  ConvTranspose2d: [
    {
      name: "output_padding as large as the stride",
      params: { out_channels: 4, output_padding: 2 },
      inputs: ["image[4,5,5]"],
      code: "output-padding",
    },
    {
      name: "padding that leaves nothing",
      params: { out_channels: 4, kernel_size: 1, stride: 1, padding: 1 },
      inputs: ["image[4,2,2]"],
      code: "output-empty",
    },
  ],
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
};

/**
 * Where PyTorch raises in a pass that here has a value: a batch is not known when a document is analyzed. What then
 * comes out is each kind's own documented behaviour, and a test of its own.
 */
export const raisesInPyTorch: Readonly<Record<string, readonly string[]>> = {
  BatchNorm1d: ["batch of 1, train"],
  BatchNorm2d: ["one value a channel, train"],
};
