// Geometries of convolutions that the kernels are tested on.

type Pair = [number, number];

export interface Case {
  batch?: number;
  image: Pair;
  channels: number;
  kernel: Pair;
  strides: Pair;
  /** top, bottom, left, right */
  pads: [number, number, number, number];
  filters: number;
  dilations?: Pair;
  groups?: number;
}

// Sides that differ in every respect, so that no mix-up of axes goes unseen.
export const cases: Case[] = [
  { image: [14, 14], channels: 8, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 24 },
  { image: [28, 28], channels: 1, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 8 },
  { image: [9, 7], channels: 3, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 1 },
  { image: [9, 11], channels: 3, kernel: [3, 5], strides: [1, 2], pads: [1, 1, 2, 2], filters: 5 },
  { image: [12, 7], channels: 4, kernel: [5, 2], strides: [3, 1], pads: [0, 2, 1, 0], filters: 3 },
  { image: [10, 13], channels: 5, kernel: [4, 3], strides: [2, 3], pads: [2, 1, 0, 3], filters: 8 },
  { image: [8, 9], channels: 9, kernel: [3, 3], strides: [2, 2], pads: [1, 0, 0, 1], filters: 9 },
  { image: [7, 6], channels: 12, kernel: [1, 1], strides: [2, 3], pads: [0, 0, 0, 0], filters: 10 },
  { image: [11, 8], channels: 8, kernel: [2, 3], strides: [3, 1], pads: [0, 0, 1, 1], filters: 11 },
  { image: [1, 1], channels: 33, kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], filters: 96 },
  { image: [1, 1], channels: 96, kernel: [4, 4], strides: [1, 1], pads: [3, 3, 3, 3], filters: 33 },
  { image: [4, 4], channels: 33, kernel: [4, 4], strides: [1, 1], pads: [0, 0, 0, 0], filters: 4 },
  { image: [6, 5], channels: 300, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 2 },
  { image: [5, 5], channels: 24, kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], filters: 270 },
  // Kernels of twice the stride, which take fewer multiplications: odd and even grids, all kinds of pads.
  { image: [14, 14], channels: 32, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 24 },
  { batch: 5, image: [8, 16], channels: 16, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 16 },
  { batch: 3, image: [11, 9], channels: 20, kernel: [4, 4], strides: [2, 2], pads: [2, 1, 0, 3], filters: 36 },
  { image: [13, 12], channels: 16, kernel: [4, 2], strides: [2, 1], pads: [-1, 2, 1, -3], filters: 20 },
  { batch: 4, image: [7, 6], channels: 24, kernel: [2, 2], strides: [1, 1], pads: [0, 1, 1, 0], filters: 300 },
  { batch: 6, image: [17, 14], channels: 16, kernel: [6, 4], strides: [3, 2], pads: [3, 0, -2, 4], filters: 16 },
  { image: [12, 13], channels: 40, kernel: [4, 4], strides: [2, 2], pads: [5, 4, 3, 3], filters: 16 },
  { batch: 40, image: [4, 4], channels: 16, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 16 },
  // Odd grids, whose tiles come in two sizes.
  { batch: 16, image: [14, 14], channels: 16, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 24 },
  { batch: 33, image: [6, 10], channels: 12, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], filters: 28 },
  { batch: 24, image: [9, 8], channels: 24, kernel: [2, 2], strides: [1, 1], pads: [0, 1, 1, 0], filters: 20 },
  { batch: 16, image: [10, 6], channels: 72, kernel: [4, 2], strides: [2, 1], pads: [0, 2, -1, 3], filters: 68 },
  // 4×4 with stride 1, and kernels of three times the stride.
  { image: [8, 7], channels: 12, kernel: [4, 4], strides: [1, 1], pads: [1, 1, 1, 1], filters: 8 },
  { batch: 5, image: [9, 12], channels: 8, kernel: [4, 4], strides: [1, 1], pads: [2, 1, 0, 3], filters: 28 },
  { batch: 7, image: [10, 8], channels: 20, kernel: [4, 4], strides: [1, 1], pads: [-1, 2, 1, -2], filters: 12 },
  { image: [8, 8], channels: 8, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 12 },
  { batch: 3, image: [9, 7], channels: 24, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 20 },
  { batch: 5, image: [11, 10], channels: 12, kernel: [3, 3], strides: [1, 1], pads: [0, 2, -1, 3], filters: 16 },
  { batch: 1, image: [26, 18], channels: 16, kernel: [3, 3], strides: [1, 1], pads: [0, 0, 0, 0], filters: 300 },
  { batch: 2, image: [17, 9], channels: 300, kernel: [3, 3], strides: [1, 1], pads: [2, 2, 1, 1], filters: 8 },
  { batch: 7, image: [16, 13], channels: 8, kernel: [6, 3], strides: [2, 1], pads: [2, 2, 1, 1], filters: 8 },
  { batch: 2, image: [18, 21], channels: 8, kernel: [6, 9], strides: [2, 3], pads: [1, 3, -2, 5], filters: 12 },
  // Few windows and large filters.
  { image: [5, 5], channels: 72, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 131 },
  { image: [6, 5], channels: 301, kernel: [3, 3], strides: [2, 1], pads: [0, 1, 2, 0], filters: 33 },
  { batch: 1, image: [9, 8], channels: 72, kernel: [5, 5], strides: [2, 2], pads: [2, 2, 1, 3], filters: 131 },
  // One window an image.
  { batch: 5, image: [4, 4], channels: 9, kernel: [4, 4], strides: [1, 1], pads: [0, 0, 0, 0], filters: 10 },
  { batch: 70, image: [2, 3], channels: 24, kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 0], filters: 300 },
  // Negative pads crop: an exact ConvTranspose2d with output_padding asks for them.
  { image: [9, 9], channels: 8, kernel: [3, 3], strides: [2, 2], pads: [0, -1, 0, -1], filters: 5 },
  { image: [11, 10], channels: 3, kernel: [3, 2], strides: [2, 3], pads: [-2, 1, -1, -3], filters: 9 },
  { image: [11, 10], channels: 16, kernel: [3, 4], strides: [3, 2], pads: [-2, 1, -1, -2], filters: 4 },
  { image: [10, 12], channels: 8, kernel: [2, 2], strides: [3, 4], pads: [1, -2, -3, 0], filters: 6 },
  // One image, and so many that blocks of windows begin and end inside them.
  { batch: 1, image: [5, 3], channels: 1, kernel: [5, 3], strides: [1, 1], pads: [0, 0, 0, 0], filters: 1 },
  { batch: 37, image: [5, 3], channels: 6, kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], filters: 7 },
  { batch: 9, image: [11, 9], channels: 8, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 3 },
  { image: [13, 12], channels: 5, kernel: [3, 3], strides: [1, 2], pads: [2, 1, 3, 2], filters: 9, dilations: [2, 3] },
  { image: [9, 10], channels: 4, kernel: [3, 2], strides: [1, 1], pads: [0, 2, -1, 4], filters: 3, dilations: [1, 4] },
];

/** Groups and dilations of all strides, and one filter a channel or several. */
export const groupedCases: Case[] = [
  { image: [13, 12], channels: 5, kernel: [3, 3], strides: [1, 1], pads: [2, 1, 3, 2], filters: 9, dilations: [2, 3] },
  {
    image: [13, 15],
    channels: 9,
    kernel: [3, 2],
    strides: [2, 1],
    pads: [2, 1, -1, 2],
    filters: 10,
    dilations: [1, 4],
  },
  { image: [11, 9], channels: 24, kernel: [3, 3], strides: [2, 3], pads: [2, 2, 2, 2], filters: 9, dilations: [2, 2] },
  { image: [9, 10], channels: 6, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 9, groups: 3 },
  {
    batch: 7,
    image: [8, 8],
    channels: 24,
    kernel: [3, 3],
    strides: [1, 1],
    pads: [1, 1, 1, 1],
    filters: 16,
    groups: 2,
  },
  {
    batch: 1,
    image: [9, 7],
    channels: 96,
    kernel: [4, 4],
    strides: [2, 1],
    pads: [1, 1, 2, 1],
    filters: 24,
    groups: 4,
  },
  {
    image: [10, 9],
    channels: 8,
    kernel: [3, 2],
    strides: [2, 2],
    pads: [0, 2, 1, 1],
    filters: 4,
    groups: 2,
    dilations: [2, 3],
  },
  { image: [1, 1], channels: 6, kernel: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], filters: 4, groups: 2 },
  { image: [9, 11], channels: 3, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 3, groups: 3 },
  {
    batch: 1,
    image: [12, 13],
    channels: 29,
    kernel: [3, 5],
    strides: [1, 1],
    pads: [1, 1, 2, 2],
    filters: 29,
    groups: 29,
  },
  { image: [13, 17], channels: 24, kernel: [4, 3], strides: [2, 3], pads: [2, 1, 0, 3], filters: 24, groups: 24 },
  {
    image: [14, 13],
    channels: 12,
    kernel: [3, 3],
    strides: [2, 1],
    pads: [2, 3, 2, -1],
    filters: 12,
    groups: 12,
    dilations: [2, 3],
  },
  { image: [8, 9], channels: 6, kernel: [3, 3], strides: [1, 2], pads: [1, 1, 1, 1], filters: 12, groups: 6 },
  { image: [7, 9], channels: 3, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], filters: 15, groups: 3 },
  { image: [3, 2], channels: 5, kernel: [5, 5], strides: [1, 1], pads: [4, 4, 4, 4], filters: 5, groups: 5 },
];

export function label({ batch, image, channels, kernel, strides, pads, filters, dilations, groups }: Case): string {
  const d = (dilations ? ` dilated ${dilations}` : "") + (groups ? ` in ${groups} groups` : "");
  return `${batch ?? 2}×${image}×${channels} by ${kernel}×${filters}, strides ${strides}, pads ${pads}${d}`;
}

/** Height and width of the convolution's output. */
export function outputSize({ image, kernel, strides, pads, dilations = [1, 1] }: Case): Pair {
  const size = (axis: 0 | 1) => {
    const padded = image[axis] + pads[2 * axis] + pads[2 * axis + 1];
    return Math.floor((padded - (kernel[axis] - 1) * dilations[axis] - 1) / strides[axis]) + 1;
  };
  return [size(0), size(1)];
}
