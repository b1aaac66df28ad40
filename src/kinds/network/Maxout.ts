import type { Rank, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { sizeOf, vector } from "../../core/kind/ports.ts";
import { always, fanUniform, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";
import { writeReduce } from "./reducing.ts";

/** Rows k·i … k·i + k − 1 of the weight are the pieces of output i. Of pieces that are equal the first gets the gradient. */
export const Maxout = layer({
  name: "Maxout",
  title: "Maxout",
  shelf: "Dense",
  summary: "Every output is the largest of several weighted sums",
  equation: "y_i = \\max_{j \\le k} (x W_{ij}^\\top + b_{ij})",
  lesson:
    "A Linear layer with k times the outputs, of which each group of k gives its largest: a convex function that is learned, in place of a fixed activation (Goodfellow et al., 2013). The first GAN's discriminator was made of it, and that of PacGAN has layers of 200 outputs with 5 pieces.",
  fields: {
    out_features: integer({ default: 32, min: 1, max: 2 ** 24, help: "How many features come out", brief: "value" }),
    pieces: integer({
      default: 5,
      min: 1,
      max: 256,
      help: "Weighted sums of which each output is the largest",
      brief: "named",
    }),
  },
  inputs: [{ name: "in", types: ["vector"], help: "Features [F]" }],
  outputs: [{ name: "out", types: ["vector"], help: "Features [out_features]" }],
  infer: ({ out_features }) => [vector(out_features)],
  weights({ out_features, pieces }, [input]) {
    const features = sizeOf(input);
    const init = { pytorch: fanUniform(features), dcgan: normal(0, 0.02) };
    return [
      { name: "weight", shape: [out_features * pieces, features], trainable: true, init },
      { name: "bias", shape: [out_features * pieces], trainable: true, init: always(fanUniform(features)) },
    ];
  },
  flops: ({ out_features, pieces }, [input]) => 2 * (sizeOf(input) + 1) * out_features * pieces,
  arithmetic: ({ out_features, pieces }, [input]) => [
    line("F", "out_features", grouped(out_features), grouped(out_features)),
    line(
      "parameters",
      "F_in·F_out·pieces + F_out·pieces",
      `${product(sizeOf(input), out_features, pieces)} + ${product(out_features, pieces)}`,
      grouped((sizeOf(input) + 1) * out_features * pieces),
    ),
  ],
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops }, { out_features, pieces }, [x], { weight, bias }) {
      const sums = ops.linear(x as Tensor2D, weight as Tensor2D, bias as Tensor1D);
      if (pieces === 1) return sums; // tf.unstack has no gradient where it gives one part
      const apart = tf.unstack(tf.reshape<Rank.R3>(sums, [x.shape[0], out_features, pieces]), 2);
      return apart.reduce<Tensor>((largest, piece) => tf.maximum(largest, piece), apart[0]);
    },
    onnx: {
      write(onnx, { out_features, pieces }, [x]) {
        const sums = onnx.node("Gemm", [x, onnx.weight("weight"), onnx.weight("bias")], { transB: 1 }, [
          out_features * pieces,
        ]);
        const groups = [out_features, pieces];
        const apart = onnx.node("Reshape", [sums, onnx.ints("groups", [-1, ...groups])], {}, groups);
        return writeReduce(onnx, "max", apart, [2], 0);
      },
    },
    pytorch: {
      definition: `class Maxout(nn.Module):
    def __init__(self, in_features, out_features, pieces):
        super().__init__()
        linear = nn.Linear(in_features, out_features * pieces)
        self.weight, self.bias, self.pieces = linear.weight, linear.bias, pieces

    def forward(self, x):
        return F.linear(x, self.weight, self.bias).reshape(len(x), -1, self.pieces).max(2).values
`,
      module: ({ out_features, pieces }, [input]) => `Maxout(${sizeOf(input)}, ${out_features}, ${pieces})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
