import { example, line, product, sameShape } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const Dropout = layer({
  name: "Dropout",
  title: "Dropout",
  shelf: "Regularization",
  summary: "Sets random values to 0 while training",
  equation: "y = \\frac{m \\odot x}{1 - p}, \\quad m \\sim \\mathrm{Bernoulli}(1 - p)",
  lesson:
    "A fresh random part of the values is dropped in every training pass and the rest scaled up, so that no unit can rely on another. When sampling it does nothing. Pix2Pix keeps it on even then, as its only noise.",
  fields: {
    p: number({ default: 0.5, min: 0, max: 1, help: "The probability that a value is dropped", brief: "value" }),
  },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  flops: (_, [input]) => sizeOf(input),
  arithmetic: ({ p }, [input]) => [
    line("values dropped", "p·size, on average", product(exact(p), sizeOf(input)), rounded(p * sizeOf(input))),
    p === 1
      ? example("y while training", "0, since every value is dropped", { p }, 0)
      : example("y of a value kept", "x / (1 − p)", { x: 1, p }, 1 / (1 - p)),
    sameShape(input),
  ],
  twiceDifferentiable: true,
  lowering: {
    drawsNumbers: true,
    tfjs({ tf, training, drawn }, { p }, [x]) {
      if (!training || p === 0) return x.clone();
      if (p === 1) return tf.mul(x, 0);
      const scale = 1 / (1 - p);
      const size = x.size / x.shape[0];
      const mask = drawn(x.shape, (random, rows) => {
        const chances = random.uniform(rows * size);
        for (let i = 0; i < chances.length; i++) chances[i] = chances[i] < p ? 0 : scale;
        return chances;
      });
      return tf.mul(x, mask);
    },
    onnx: {
      write(onnx, { p }, [x]) {
        if (!onnx.keepDropout) return x;
        // out of training mode it would pass everything on: no noise would be left
        return onnx.node("Dropout", [x, onnx.floats("ratio", p), onnx.flag("training_mode", true)]);
      },
      operators: ["Dropout"],
      read(node) {
        if (node.inputs[1] || node.inputs[2]) return "a ratio or training mode that is not constant";
        if (node.number(2)) return "training mode";
        return { params: { p: node.number(1) ?? node.float("ratio", 0.5) }, inputs: [0] }; // an attribute before opset 12
      },
    },
    pytorch: { module: ({ p }) => `nn.Dropout(${p})`, forward: (self, [x]) => `${self}(${x})` },
  },
});
