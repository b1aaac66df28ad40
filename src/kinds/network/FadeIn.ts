import { line, sameShape } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";
import { unequal } from "../unequal.ts";

/**
 * Karras et al., "Progressive growing of GANs for improved quality, stability, and variation", 2018, figure 2. While α is 0 or
 * 1 in training, the branch that does not count has no gradient: optimizers leave its weights as they are.
 */
export const FadeIn = layer({
  name: "FadeIn",
  title: "FadeIn",
  shelf: "Style",
  summary: "Goes over from one branch to another as training goes on",
  equation: "y = (1 - \\alpha)\\, x_{low} + \\alpha\\, x_{high}",
  lesson:
    "Progressive growing in one network. Until so many images have been shown, the low branch alone counts (a picture of the former resolution, enlarged); then the new layers come in bit by bit, which spares those that are already trained a shock. Put one into the generator and one into the discriminator, with the same numbers. Where α stands is kept with the weights: samples and the exported model mix as training did last.",
  fields: {
    start: integer({
      default: 0,
      min: 0,
      max: 1e12,
      help: "Images of data that training shows before the fade begins; each step of the critic shows a batch",
    }),
    over: integer({
      default: 600_000,
      min: 1,
      max: 1e12,
      help: "Images from the first trace of the high branch until it alone counts",
      brief: "named",
    }),
  },
  inputs: [
    { name: "low", types: ["image", "vector", "embedded"], help: "What counts before" },
    { name: "high", types: ["image", "vector", "embedded"], help: "What counts after, of the same shape" },
  ],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "The same shape" }],
  infer: (_, inputs) => unequal(inputs) ?? [inputs[0]],
  weights: () => [{ name: "alpha", shape: [1], trainable: false, init: always(constant(0)) }],
  flops: (_, [input]) => 3 * sizeOf(input),
  arithmetic({ start, over }, [input]) {
    const half = start + Math.ceil(over / 2);
    return [
      line(
        `α after ${grouped(half)} images`,
        "(shown − start) / over, between 0 and 1",
        `(${grouped(half)} − ${grouped(start)}) / ${grouped(over)}`,
        String(Number(((half - start) / over).toPrecision(4))),
      ),
      sameShape(input),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, training, feeds, shown, setBuffer }, { start, over }, [low, high], { alpha }) {
      if (!training || shown === null) return tf.add(tf.mul(low, tf.sub(1, alpha)), tf.mul(high, alpha));
      const now = () => Math.min(1, Math.max(0, (shown() - start) / over));
      const fed = (share: () => number) => feeds.feed([1], "float32", () => Float32Array.of(share()));
      const part = fed(now);
      setBuffer("alpha", part.clone());
      const alone = feeds.decide(() => (now() === 0 ? "low" : now() === 1 ? "high" : "neither"));
      if (alone !== "neither") return (alone === "low" ? low : high).clone();
      const rest = fed(() => 1 - now());
      return tf.add(tf.mul(low, rest), tf.mul(high, part));
    },
    onnx: {
      /** α is a number of the file: at 0 and 1 one branch is left. */
      write(onnx, _, [low, high]) {
        const alpha = onnx.weight("alpha");
        const [now] = onnx.values("alpha");
        if (now === 0 || now === 1) return onnx.node("Identity", [now === 0 ? low : high]);
        const rest = onnx.node("Sub", [onnx.floats("one", [1]), alpha], {}, { whole: [1] });
        return onnx.node("Add", [onnx.node("Mul", [low, rest]), onnx.node("Mul", [high, alpha])]);
      },
    },
    pytorch: {
      definition: `class FadeIn(nn.Module):
    shown = 0  # images that training has shown so far: the training loop sets it

    def __init__(self, start, over):
        super().__init__()
        self.start, self.over = start, over
        self.register_buffer("alpha", torch.zeros(1))

    def forward(self, low, high):
        if self.training:
            self.alpha.fill_(min(1.0, max(0.0, (FadeIn.shown - self.start) / self.over)))
        return low * (1 - self.alpha) + high * self.alpha
`,
      module: ({ start, over }) => `FadeIn(${start}, ${over})`,
      forward: (self, [low, high]) => `${self}(${low}, ${high})`,
    },
  },
});
