import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { sizeOf, vector } from "../../core/kind/ports.ts";
import { always, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

/**
 * Salimans et al., "Improved techniques for training GANs", 2016, section 3.2. T is kept as the matrix [A, B·C]. It starts with
 * columns of length about 1, as the paper's code normalizes them: with much longer ones every e^(−distance) would be 0 and
 * nothing would be learned. FLOPs are those of the matrix, for how many samples are compared is the batch's affair.
 */
export const MinibatchDiscrimination = layer({
  name: "MinibatchDiscrimination",
  title: "MinibatchDiscrimination",
  shelf: "Regularization",
  summary: "Tells each sample how close the others of its batch are",
  equation: "o_{i,b} = \\sum_{j \\ne i} e^{-\\lVert M_{i,b} - M_{j,b} \\rVert_1}, \\quad M_i = f_i T",
  lesson:
    "A discriminator that sees one sample at a time cannot know that all samples are the same. Here the features of each are turned into B rows of C numbers, and B numbers are added to them that say how near the rows of the other samples are: a generator that has collapsed to a few images gives itself away. It stands shortly before the score. Since samples of a batch see each other, it has no place under a gradient penalty.",
  fields: {
    out_features: integer({
      default: 100,
      min: 1,
      max: 65536,
      help: "B: how many measures of closeness are added to the features",
      brief: "value",
    }),
    kernel_dims: integer({
      default: 5,
      min: 1,
      max: 65536,
      help: "C: in how many dimensions each of them measures",
      brief: "named",
    }),
  },
  inputs: [{ name: "in", types: ["vector"], help: "Features [A]" }],
  outputs: [{ name: "out", types: ["vector"], help: "The features and the measures, [A + out_features]" }],
  infer: ({ out_features }, [input]) => [vector(sizeOf(input) + out_features)],
  weights({ out_features, kernel_dims }, [input]) {
    const features = sizeOf(input);
    const init = always(normal(0, 1 / Math.sqrt(features)));
    return [{ name: "T", shape: [features, out_features * kernel_dims], trainable: true, init }];
  },
  flops: ({ out_features, kernel_dims }, [input]) => 2 * sizeOf(input) * out_features * kernel_dims,
  arithmetic({ out_features, kernel_dims }, [input]) {
    const features = sizeOf(input);
    const [sizes, count] = [[features, out_features, kernel_dims], features * out_features * kernel_dims];
    return [
      line("F", "A + B", `${grouped(features)} + ${grouped(out_features)}`, grouped(features + out_features)),
      line("closeness of two equal samples", "e^(−0)", "e^0", "1"),
      line("parameters", "A·B·C", product(...sizes), grouped(count)),
    ];
  },
  mixesSamples: true,
  needsWholeBatch: () => true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf }, { out_features, kernel_dims }, [x], { T }) {
      const batch = x.shape[0];
      const M: Tensor2D = tf.matMul(x as Tensor2D, T as Tensor2D);
      const rows: Tensor4D = tf.reshape(M, [batch, 1, out_features, kernel_dims]);
      const columns: Tensor4D = tf.reshape(M, [1, batch, out_features, kernel_dims]);
      const closeness = tf.exp<Tensor3D>(tf.neg(tf.sum<Tensor3D>(tf.abs(tf.sub(rows, columns)), 3)));
      const others = tf.reshape(tf.sub(1, tf.eye(batch)), [batch, batch, 1]);
      return tf.concat([x, tf.sum<Tensor2D>(tf.mul(closeness, others), 1)], 1);
    },
    onnx: {
      write(onnx, { out_features, kernel_dims }, [x]) {
        const untold = { whole: null }; // two of its axes are the batch
        const M = onnx.node("MatMul", [x, onnx.weight("T")], {}, [out_features * kernel_dims]);
        const split = (name: string, dims: readonly number[]) =>
          onnx.node("Reshape", [M, onnx.ints(name, [...dims, out_features, kernel_dims])], {}, untold);
        const apart = onnx.node("Sub", [split("rows", [-1, 1]), split("columns", [1, -1])], {}, untold);
        const sum = (value: string, axis: number, shape: readonly number[] | typeof untold) =>
          onnx.node("ReduceSum", [value, onnx.ints("axes", [axis])], { keepdims: 0 }, shape);
        const distance = sum(onnx.node("Abs", [apart], {}, untold), 3, untold);
        const closeness = onnx.node("Exp", [onnx.node("Neg", [distance], {}, untold)], {}, untold);
        const itself = onnx.node("EyeLike", [sum(closeness, 2, untold)], {}, untold);
        const others = onnx.node("Sub", [onnx.floats("one", 1), itself], {}, untold);
        const mask = onnx.node("Unsqueeze", [others, onnx.ints("last", [2])], {}, untold);
        const measures = sum(onnx.node("Mul", [closeness, mask], {}, untold), 1, [out_features]);
        return onnx.node("Concat", [x, measures], { axis: 1 });
      },
    },
    pytorch: {
      definition: `class MinibatchDiscrimination(nn.Module):
    """Measures of how close the other samples are, added to the features (Salimans et al., 2016)."""

    def __init__(self, features, out_features, kernel_dims):
        super().__init__()
        self.T = nn.Parameter(torch.randn(features, out_features * kernel_dims) / features ** 0.5)
        self.rows = (out_features, kernel_dims)

    def forward(self, x):
        M = (x @ self.T).reshape(-1, *self.rows)
        closeness = torch.exp(-(M[:, None] - M[None]).abs().sum(3))
        others = 1 - torch.eye(len(x), dtype=x.dtype, device=x.device)
        return torch.cat([x, (closeness * others[:, :, None]).sum(1)], 1)
`,
      module: ({ out_features, kernel_dims }, [input]) =>
        `MinibatchDiscrimination(${sizeOf(input)}, ${out_features}, ${kernel_dims})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
