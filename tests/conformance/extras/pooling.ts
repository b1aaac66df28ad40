/** Pools, normalizations over a sample's own values, and rearranged pixels: geometries that fields alone do not give. */
import type { Table } from "./types.ts";

const wide = { kernel_size: 3, stride: 2, padding: 1 };

/** Windows that neither pool takes. */
const unfitting = [
  {
    name: "padding beyond half of the window",
    params: { padding: 2 },
    inputs: ["image[2,4,4]"],
    code: "param-value",
  },
  {
    name: "a window larger than the padded image",
    params: { kernel_size: 4 },
    inputs: ["image[2,3,5]"],
    code: "image-too-small",
  },
] as const;

export const pooling: Table = {
  extras: {
    MaxPool2d: [
      { name: "windows that overlap", params: wide, inputs: ["image[2,4,3]"], batch: 1 },
      {
        name: "a last window over the border",
        params: { ...wide, ceil_mode: true },
        inputs: ["image[2,4,2]"],
        batch: 1,
      },
      {
        name: "a last window that would begin behind the image",
        params: { kernel_size: [2, 3], stride: [3, 2], padding: 1, ceil_mode: true },
        inputs: ["image[2,5,6]"],
      },
      {
        name: "every axis its own",
        params: { kernel_size: [3, 2], stride: [1, 3], padding: [1, 0] },
        inputs: ["image[1,2,5]"],
        batch: 2,
      },
      {
        name: "a window larger than the image",
        params: { kernel_size: 3, padding: 1 },
        inputs: ["image[3,1,1]"],
        batch: 1,
      },
      { name: "nothing pooled", params: { kernel_size: 1 }, inputs: ["image[3,2,3]"] },
    ],
    AvgPool2d: [
      { name: "Pix2PixHD's", params: { ...wide, count_include_pad: false }, inputs: ["image[3,6,7]"] },
      { name: "zeros count", params: wide, inputs: ["image[3,6,7]"] },
      { name: "a last window over the border", params: { ...wide, ceil_mode: true }, inputs: ["image[2,6,4]"] },
      {
        name: "a last window over the border, without padding",
        params: { ...wide, padding: 0, ceil_mode: true, count_include_pad: false },
        inputs: ["image[2,6,4]"],
      },
      {
        name: "a last window that would begin behind the image",
        params: { kernel_size: [2, 3], stride: [3, 2], padding: 1, ceil_mode: true },
        inputs: ["image[2,5,6]"],
      },
      {
        name: "every axis its own",
        params: { kernel_size: [3, 2], stride: [1, 3], padding: [1, 0] },
        inputs: ["image[3,4,8]"],
      },
      {
        name: "a window larger than the image",
        params: { kernel_size: 3, padding: 1 },
        inputs: ["image[3,1,1]"],
        batch: 1,
      },
      { name: "overlapping without padding", params: { kernel_size: 3, stride: 1 }, inputs: ["image[2,5,4]"] },
    ],
    AdaptiveAvgPool2d: [
      { name: "sizes that do not divide", params: { output_size: [3, 2] }, inputs: ["image[3,7,5]"] },
      { name: "larger than the image", params: { output_size: [3, 5] }, inputs: ["image[2,2,3]"] },
      { name: "its own size", params: { output_size: [2, 3] }, inputs: ["image[2,2,3]"] },
      { name: "sizes that divide", params: { output_size: [2, 3] }, inputs: ["image[3,4,6]"] },
    ],
    ReplicationPad2d: [
      { name: "every side its own", params: { padding: [1, 2, 0, 3] }, inputs: ["image[2,4,3]"] },
      { name: "wider than the image", params: { padding: [3, 0, 2, 4] }, inputs: ["image[2,1,2]"] },
      { name: "no padding", params: { padding: 0 }, inputs: ["image[2,3,2]"] },
    ],
    PixelShuffle: [
      { name: "three times, odd sizes", params: { upscale_factor: 3 }, inputs: ["image[18,3,2]"] },
      { name: "to one channel", inputs: ["image[4,3,5]"], batch: 1 },
      { name: "several channels", inputs: ["image[12,2,3]"] },
    ],
    InstanceNorm2d: [
      { name: "two pixels", params: { affine: true, eps: 0.5 }, inputs: ["image[3,1,2]"] },
      {
        name: "everything at once",
        params: { affine: true, track_running_stats: true, momentum: 0.3, eps: 0.01 },
        inputs: ["image[3,2,3]"],
      },
    ],
    GroupNorm: [
      { name: "one group", params: { num_groups: 1 }, inputs: ["image[3,3,2]"], batch: 1 },
      { name: "as many groups as channels", params: { num_groups: 3 }, inputs: ["image[3,7,5]"] },
      { name: "two values a group", params: { num_groups: 2, eps: 0.5 }, inputs: ["image[4,1,1]"] },
      { name: "nothing learned", params: { num_groups: 2, affine: false }, inputs: ["image[4,2,3]"] },
      { name: "features", params: { num_groups: 3, eps: 0.5 }, inputs: ["vector[6]"], batch: 1 },
      { name: "one value a group in a batch of 1", params: { num_groups: 4 }, inputs: ["image[4,1,1]"], batch: 1 },
    ],
    PixelNorm: [{ name: "another eps", params: { eps: 0.5 }, inputs: ["vector[5]"] }],
    Reduce: [
      { name: "sum over channels", params: { mode: "sum", over: "channels" }, inputs: ["image[3,2,5]"] },
      { name: "maximum over channels", params: { mode: "max", over: "channels" }, inputs: ["image[2,2,1]"] },
      { name: "maximum over pixels", params: { mode: "max", over: "pixels" }, inputs: ["image[2,2,3]"] },
      { name: "minimum over pixels", params: { mode: "min", over: "pixels" }, inputs: ["image[2,3,1]"] },
      {
        name: "minimum over channels, one pixel",
        params: { mode: "min", over: "channels" },
        inputs: ["image[4,1,1]"],
        batch: 1,
      },
      { name: "sum over a vector", params: { mode: "sum" }, inputs: ["vector[7]"] },
      { name: "sum over pixels", params: { mode: "sum", over: "pixels" }, inputs: ["image[3,3,2]"] },
    ],
    MinibatchStdDev: [
      { name: "a batch of two groups", inputs: ["image[3,2,2]"], batch: 8 },
      { name: "a batch that groups of four do not divide", inputs: ["image[3,2,2]"], batch: 6 },
      { name: "a batch that only one divides", inputs: ["image[2,2,1]"], batch: 7 },
      {
        name: "threes, and two channels",
        params: { group_size: 3, num_new_features: 2 },
        inputs: ["image[2,2,1]"],
        batch: 6,
      },
    ],
    Blur: [
      { name: "one pixel of a batch of 1", inputs: ["image[2,1,1]"], batch: 1 },
      { name: "StyleGAN2's kernel", params: { kernel: [1, 3, 3, 1] }, inputs: ["image[3,7,5]"] },
      { name: "not symmetric", params: { kernel: [1, 2, 0.5, -1] }, inputs: ["image[2,3,4]"] },
      { name: "larger", params: { kernel: [1, 3, 3, 1], up: 2 }, inputs: ["image[2,3,2]"] },
      {
        name: "three times larger, not symmetric",
        params: { kernel: [1, 2, 3, 0.5], up: 3 },
        inputs: ["image[2,2,1]"],
      },
      { name: "larger by repeating", params: { kernel: [1, 1], up: 2 }, inputs: ["image[2,2,3]"] },
      { name: "smaller", params: { kernel: [1, 3, 3, 1], down: 2 }, inputs: ["image[2,5,6]"] },
      { name: "smaller, not symmetric", params: { kernel: [1, 2, 4], down: 3 }, inputs: ["image[2,7,3]"] },
      { name: "a kernel of one", params: { kernel: [3] }, inputs: ["image[2,2,3]"] },
    ],
  },
  refusals: {
    Blur: [
      { name: "larger and smaller at once", params: { up: 2, down: 2 }, inputs: ["image[2,4,4]"], code: "param-value" },
      {
        name: "a kernel shorter than the step",
        params: { kernel: [1, 1], down: 3 },
        inputs: ["image[2,6,6]"],
        code: "param-value",
      },
      {
        name: "an image smaller than the step",
        params: { down: 3 },
        inputs: ["image[2,2,6]"],
        code: "image-too-small",
      },
    ],
    InstanceNorm2d: [
      { name: "one pixel", inputs: ["image[4,1,1]"], code: "one-pixel" },
      { name: "a vector as an image", params: { track_running_stats: true }, inputs: ["vector[6]"], code: "one-pixel" },
    ],
    GroupNorm: [
      {
        name: "groups that do not divide the channels",
        params: { num_groups: 2 },
        inputs: ["image[3,2,2]"],
        code: "groups-divide",
      },
    ],
    MinibatchStdDev: [
      {
        name: "new features that do not divide the channels",
        params: { num_new_features: 2 },
        inputs: ["image[3,2,2]"],
        code: "param-value",
      },
    ],
    MaxPool2d: unfitting,
    AvgPool2d: unfitting,
    PixelShuffle: [
      {
        name: "channels that the square does not divide",
        params: { upscale_factor: 3 },
        inputs: ["image[12,2,2]"],
        code: "param-value",
      },
    ],
  },
  raisesInPyTorch: {
    GroupNorm: ["one value a group in a batch of 1, eval"],
  },
};
