import type { Tensor } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer, optional } from "../../core/kind/fields.ts";
import { sizeOf, vector, type PortType } from "../../core/kind/ports.ts";
import { normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

/** The gradient with respect to the table is a product with one-hot indices (runtime/gradient-table.ts). */
export const Embedding = layer({
  name: "Embedding",
  title: "Embedding",
  shelf: "Dense",
  summary: "A learned vector for each class or token",
  equation: "y = W_{x}",
  lesson:
    "A table with a row of learned numbers for each class; what enters chooses the row. A conditional generator takes its label this way and multiplies it with the noise or sets it beside it (cGAN, ACGAN), and a sequence of tokens becomes one of vectors. It starts with normal numbers.",
  fields: {
    num_embeddings: optional(
      integer({
        default: 10,
        min: 2,
        max: 2 ** 24,
        help: "How many classes or tokens there are; left out, the label's classes",
      }),
    ),
    embedding_dim: integer({ default: 128, min: 1, max: 65536, help: "Numbers for each", brief: "value" }),
  },
  inputs: [{ name: "in", types: ["label", "tokens"], help: "A class of each sample, or tokens [T]" }],
  outputs: [{ name: "out", types: ["vector", "embedded"], help: "Features [E] of a label, [T, E] of tokens" }],
  infer({ num_embeddings, embedding_dim }, [input]) {
    const rows = rowsOf(num_embeddings, input);
    const wanted = input.classes === undefined ? "the number of different tokens" : `at least ${input.classes}, the number of classes`; // prettier-ignore
    if (rows === null || rows < (input.classes ?? 0))
      return {
        misfit: "param-value",
        param: "num_embeddings",
        facts: { param: "num_embeddings", found: rows === null ? "left out" : String(rows), wanted },
        ...(input.classes !== undefined && { mend: { param: "num_embeddings", value: null } }),
      };
    return [input.type === "label" ? vector(embedding_dim) : { type: "embedded", shape: [...input.shape, embedding_dim] }]; // prettier-ignore
  },
  rows: ({ num_embeddings }, [input]) => rowsOf(num_embeddings, input)!,
  weights: ({ num_embeddings, embedding_dim }, [input]) => [
    {
      name: "weight",
      shape: [rowsOf(num_embeddings, input)!, embedding_dim],
      trainable: true,
      init: { pytorch: normal(0, 1), dcgan: normal(0, 0.02) },
    },
  ],
  arithmetic({ num_embeddings, embedding_dim }, [input], [output]) {
    const rows = rowsOf(num_embeddings, input)!;
    return [
      line(output.type === "vector" ? "F" : "E", "embedding_dim", grouped(embedding_dim), grouped(embedding_dim)),
      line("parameters", "num_embeddings·embedding_dim", product(rows, embedding_dim), grouped(rows * embedding_dim)),
      line("numbers that one sample reads", output.type === "vector" ? "E" : "T·E", product(...output.shape), grouped(sizeOf(output))), // prettier-ignore
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ tf }, _, [x], { weight }): Tensor => tf.gather(weight, tf.cast(x, "int32")),
    onnx: {
      write: (onnx, _, [x]) => onnx.node("Gather", [onnx.weight("weight"), x], { axis: 0 }),
    },
    pytorch: {
      module: ({ num_embeddings, embedding_dim }, [input]) =>
        `nn.Embedding(${rowsOf(num_embeddings, input)}, ${embedding_dim})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** Null where neither the parameter nor the input's type tells. */
const rowsOf = (stated: number | null, { classes }: PortType): number | null => stated ?? classes ?? null;
