import { example } from "../../core/kind/arithmetic.ts";
import { number } from "../../core/kind/fields.ts";
import { loss, printType } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";

export const CrossEntropyLoss = compute({
  name: "CrossEntropyLoss",
  title: "CrossEntropyLoss",
  shelf: "Losses",
  summary: "How surprising the right class is, Softmax included",
  equation: "\\ell = -\\log \\frac{e^{x_y}}{\\sum_k e^{x_k}}",
  lesson:
    "For a network that names the class of an image: it wants one bare score (logit) for each class, without Softmax. ACGAN's discriminator has it beside the game, InfoGAN for its categorical code. Label smoothing spreads a part of the target evenly over all classes.",
  fields: {
    label_smoothing: number({
      default: 0,
      min: 0,
      max: 1,
      help: "The part of the target that all classes share",
      live: true,
    }),
  },
  inputs: [
    { name: "input", types: ["vector"], help: "A score for each class [K]" },
    { name: "target", types: ["label"], help: "The right class" },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "The mean over the batch" }],
  takesLogits: () => true,
  infer: (_, [input, target]) =>
    target!.classes !== undefined && target!.classes !== input!.shape[0]
      ? { misfit: "shapes-differ", facts: { shapes: [input, target].map((type) => printType(type!)) } }
      : [loss],
  arithmetic({ label_smoothing: ε }, [input]) {
    const K = input?.type === "vector" ? input.shape[0] : 10;
    const formula = ε === 0 ? "ln(eˣ + K − 1) − x" : "ln(eˣ + K − 1) − (1 − ε)·x − ε·x / K";
    const at = (quantity: string, x: number) =>
      example(
        quantity,
        formula,
        { x, K, ...(ε === 0 ? {} : { ε }) },
        Math.log(Math.exp(x) + K - 1) - (1 - ε) * x - (ε * x) / K,
      );
    return [at("loss at chance", 0), at("loss where the right class scores 4", 4)];
  },
  lowering: {
    pytorch: ({ label_smoothing }, [input, target]) =>
      `F.cross_entropy(${input}, ${target}${label_smoothing === 0 ? "" : `, label_smoothing=${label_smoothing}`})`,
    tfjs({ tf, ops }, { label_smoothing }, [input, target]) {
      const classes = input!.shape[1]!;
      const each = tf.range(0, classes, 1, "int32");
      const hot = tf.cast(tf.equal(tf.reshape(target!, [-1, 1]), each), "float32");
      const wanted = tf.add(tf.mul(hot, 1 - label_smoothing), label_smoothing / classes);
      return tf.neg(tf.mean(tf.sum(tf.mul(wanted, ops.logSoftmax(input!)), 1)));
    },
  },
});
