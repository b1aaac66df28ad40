import { line } from "../../core/kind/arithmetic.ts";
import { shapeText } from "../../core/kind/display.ts";
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
  lowering: {
    pytorch: (_, [x]) => `${x}[torch.randperm(len(${x}))]`,
    tfjs({ tf, sampling, random }, _, [x]) {
      if (sampling) return x!.clone();
      const [batch] = x!.shape;
      const order = random().permutation(batch);
      if (x!.dtype === "int32") return tf.gather(x!, tf.tensor1d(Int32Array.from(order), "int32"));
      const chosen = new Float32Array(batch * batch);
      order.forEach((from, to) => (chosen[to * batch + from] = 1));
      return chooseRows(tf, tf.tensor2d(chosen, [batch, batch]), x!);
    },
  },
});
