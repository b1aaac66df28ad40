import { example, sameShape } from "../../core/kind/arithmetic.ts";
import { number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const GaussianNoise = layer({
  name: "GaussianNoise",
  title: "GaussianNoise",
  shelf: "Regularization",
  summary: "Adds normal noise while training",
  equation: "y = x + \\sigma \\epsilon, \\quad \\epsilon \\sim \\mathcal N(0, 1)",
  lesson:
    "At the start of a discriminator it is instance noise (Sønderby et al., 2016): it blurs both the data and what is generated, so that the two overlap, the discriminator cannot tell them apart perfectly and the generator gets a gradient. Later in a network it keeps layers from relying on exact values. Every pass draws anew; when sampling it does nothing.",
  fields: {
    std: number({ default: 0.1, min: 0, help: "The standard deviation of what is added", brief: "value" }),
  },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => sizeOf(input),
  arithmetic: ({ std }, [input]) => [
    example("y while training", "x + std·ε, where ε = 1 was drawn", { x: 1, std }, 1 + std),
    sameShape(input),
  ],
  twiceDifferentiable: true,
  lowering: {
    drawsNumbers: true,
    tfjs({ tf, training, drawn }, { std }, [x]) {
      if (!training || std === 0) return x.clone();
      const size = x.size / x.shape[0];
      const noise = drawn(x.shape, (random, rows) => {
        const normal = random.normal(rows * size);
        for (let i = 0; i < normal.length; i++) normal[i] *= std;
        return normal;
      });
      return tf.add(x, noise);
    },
    onnx: {
      write(onnx, { std }, [x]) {
        if (!onnx.keepDropout || std === 0) return x;
        return onnx.node("Add", [x, onnx.node("RandomNormalLike", [x], { scale: { float: std } })]);
      },
    },
    pytorch: {
      definition: `class GaussianNoise(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.std = std

    def forward(self, x):
        return x + self.std * torch.randn_like(x) if self.training else x
`,
      module: ({ std }) => `GaussianNoise(${std})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
