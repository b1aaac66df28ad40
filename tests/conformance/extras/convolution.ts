/** Convolutions: geometries beyond the fields' own. */
import type { Table } from "./types.ts";

export const convolution: Table = {
  extras: {
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
      {
        name: "depthwise",
        params: { out_channels: 4, kernel_size: 3, stride: 1, groups: 4 },
        inputs: ["image[4,4,5]"],
      },
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
      {
        name: "spectral norm in groups",
        params: { out_channels: 6, kernel_size: [3, 2], dilation: [1, 2], groups: 2, spectral_norm: true },
        inputs: ["image[4,5,4]"],
      },
      {
        name: "equalized in groups",
        params: { out_channels: 6, kernel_size: [3, 2], groups: 2, equalized: 1 },
        inputs: ["image[4,5,4]"],
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
        name: "spectral norm in groups",
        params: { out_channels: 6, kernel_size: [3, 2], groups: 2, spectral_norm: true },
        inputs: ["image[4,3,2]"],
      },
      {
        name: "equalized in groups, output_padding below the dilation",
        params: {
          out_channels: 4,
          kernel_size: 2,
          stride: 1,
          padding: 0,
          dilation: [2, 3],
          output_padding: [1, 2],
          groups: 2,
          equalized: 0.5,
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
  },
  refusals: {
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
  },
};
