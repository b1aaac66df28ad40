/** Functions of single values, parts and orders of dimensions, labels and tokens, noise and packs. */
import type { Table } from "./types.ts";

export const elementwise: Table = {
  extras: {
    Power: [
      { name: "reciprocal", params: { exponent: -1 }, inputs: ["vector[6]"] },
      { name: "to the 7th", params: { exponent: 7 }, inputs: ["image[2,1,3]"] },
      { name: "to the 0th", params: { exponent: 0 }, inputs: ["vector[5]"] },
      { name: "to the 1st", params: { exponent: 1 }, inputs: ["vector[5]"] },
      { name: "one over the root", params: { exponent: -0.5 }, inputs: ["image[2,3,2]"] },
    ],
    Clip: [
      { name: "above 0.5 only", params: { min: 0.5, max: 100 }, inputs: ["vector[6]"] },
      { name: "one value", params: { min: 0.25, max: 0.25 }, inputs: ["vector[4]"] },
    ],
    Softmax: [{ name: "of one value", inputs: ["vector[1]"], batch: 1 }],
    Maxout: [
      { name: "one piece", params: { out_features: 3, pieces: 1 }, inputs: ["vector[4]"] },
      { name: "PacGAN's pieces, one output", params: { out_features: 1, pieces: 5 }, inputs: ["vector[2]"] },
    ],
    Split: [
      { name: "a fifth", params: { size: 1 }, inputs: ["image[5,2,3]"] },
      { name: "all but one", params: { size: 6 }, inputs: ["vector[7]"], batch: 1 },
    ],
    Slice: [
      { name: "every other column", params: { dim: 3, start: 1, step: 2 }, inputs: ["image[2,3,6]"] },
      {
        name: "every third row from the end",
        params: { dim: 2, start: -5, end: -1, step: 3 },
        inputs: ["image[2,6,2]"],
      },
      { name: "channels in the middle", params: { start: 1, end: 3 }, inputs: ["image[4,2,3]"] },
      { name: "the last feature", params: { start: -1 }, inputs: ["vector[5]"] },
      { name: "every other channel", params: { step: 2 }, inputs: ["image[5,2,2]"] },
      { name: "beyond the ends", params: { start: -9, end: 9, step: 4 }, inputs: ["vector[6]"] },
      { name: "a part of the embedding", params: { dim: 2, start: 1, end: 3 }, inputs: ["embedded[3,4]"] },
      { name: "every other token", params: { step: 2 }, inputs: ["embedded[5,2]"] },
    ],
    Transpose: [
      { name: "channels last", params: { dims: [2, 3, 1] }, inputs: ["image[2,3,4]"] },
      { name: "columns first", params: { dims: [3, 1, 2] }, inputs: ["image[2,3,4]"] },
      { name: "rows as channels", params: { dims: [2, 1, 3] }, inputs: ["image[2,3,4]"] },
      { name: "nothing moves", params: { dims: [1, 2, 3] }, inputs: ["image[2,3,4]"] },
      { name: "all turned round", params: { dims: [3, 2, 1] }, inputs: ["image[2,3,1]"] },
    ],
    Embedding: [
      { name: "tokens", params: { num_embeddings: 5, embedding_dim: 3 }, inputs: ["tokens[4]"] },
      {
        name: "one token, one number",
        params: { num_embeddings: 6, embedding_dim: 1 },
        inputs: ["tokens[1]"],
        batch: 1,
      },
      { name: "more rows than classes", params: { num_embeddings: 7, embedding_dim: 2 }, inputs: ["label[3]"] },
    ],
    GaussianNoise: [{ name: "no noise", params: { std: 0 }, inputs: ["vector[6]"] }],
    Pack: [
      { name: "more samples than the batch has", params: { samples: 5 }, inputs: ["vector[2]"] },
      { name: "one sample with itself", params: { samples: 3 }, inputs: ["image[2,2,1]"], batch: 1 },
    ],
  },
  refusals: {
    Split: [
      { name: "a first part as large as all", params: { size: 4 }, inputs: ["vector[4]"], code: "param-value" },
      { name: "a first part larger than all", params: { size: 6 }, inputs: ["image[4,2,2]"], code: "param-value" },
      { name: "one channel", inputs: ["image[1,2,2]"], code: "param-value" },
    ],
    Slice: [
      { name: "a dimension that is not there", params: { dim: 2 }, inputs: ["vector[4]"], code: "param-value" },
      { name: "nothing", params: { start: 3, end: 2 }, inputs: ["vector[4]"], code: "param-value" },
    ],
    Transpose: [{ name: "height twice", params: { dims: [1, 2, 2] }, inputs: ["image[2,3,4]"], code: "param-value" }],
  },
};
