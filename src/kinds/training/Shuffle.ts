import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { shapeText } from "../../core/kind/display.ts";
import type { RandomStream } from "../../runtime/philox.ts";
import { compute } from "../lowering.ts";
import { chooseRows } from "./chooseRows.ts";

const types = ["image", "vector", "label", "tokens", "embedded"] as const;

export const Shuffle = compute({
  name: "Shuffle",
  title: "Shuffle",
  shelf: "Combining",
  summary: "Puts the samples of a batch in a random order",
  equation: "y_i = x_{\\pi(i)}, \\; \\pi \\text{ a random permutation}",
  lesson:
    "Takes what belongs together apart: a matching-aware discriminator learns from pictures with another picture's text or class that such a pair is wrong, though both halves are real. Every order is equally likely, so on average one sample of a batch stays where it was. Where samples are drawn it leaves them in their order.",
  fields: {},
  inputs: [{ name: "in", types, help: "Anything with a row for each sample" }],
  outputs: [{ name: "out", types, help: "The same rows in another order" }],
  infer: (_, [input]) => [input!],
  arithmetic: (_, [input]) => [
    line(
      "shape",
      "the shape of x",
      input ? `x is ${shapeText(input)}` : "?",
      input ? shapeText(input) : "not known yet",
    ),
    line("rows left in place", "N·(1 / N), on average", "64·(1 / 64)", "1"),
  ],
  needsWholeBatch: () => true,
  lowering: {
    pytorch: (_, [x]) => `${x}[torch.randperm(len(${x}))]`,
    tfjs({ tf, sampling, drawn }, _, [x]) {
      if (sampling) return x!.clone();
      const [batch] = x!.shape;
      if (x!.dtype === "int32") {
        const order = (random: RandomStream, rows: number) => Int32Array.from(random.permutation(rows));
        return tf.gather(x!, drawn([batch], order, { dtype: "int32" }) as Tensor1D);
      }
      const chosen = drawn([batch, batch], (random, rows) => {
        const ones = new Float32Array(rows * rows);
        random.permutation(rows).forEach((from, to) => (ones[to * rows + from] = 1));
        return ones;
      });
      return chooseRows(tf, chosen as Tensor2D, x!);
    },
  },
});
