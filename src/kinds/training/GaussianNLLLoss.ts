import { example } from "../../core/kind/arithmetic.ts";
import { number, optional } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";
import { unequal } from "../unequal.ts";

/** Below this variances count as this, as PyTorch's default has it. */
const EPS = 1e-6;

/** PyTorch raises where a variance is negative, which depends on the batch; here it counts as EPS. */
export const GaussianNLLLoss = compute({
  name: "GaussianNLLLoss",
  title: "GaussianNLLLoss",
  shelf: "Losses",
  summary: "How surprising a number is under a normal distribution",
  equation: "\\ell = \\tfrac12 \\left( \\log \\sigma^2 + \\frac{(x - t)^2}{\\sigma^2} \\right)",
  lesson:
    "For a network that guesses numbers and says how sure it is: input is the mean, var the variance, which must be positive. InfoGAN guesses its continuous codes so; with fixed 1, as its authors have it, it is half the squared error. The constant ½ ln 2π is left out.",
  fields: {
    fixed: optional(
      number({ default: 1, min: 0, open: true, help: "One variance for all values, in place of the wire at var" }),
    ),
  },
  inputs: [
    { name: "input", types: ["vector", "image"], help: "The mean that a network guesses" },
    { name: "target", types: ["vector", "image"], help: "The value, of the same shape" },
    {
      name: "var",
      types: ["vector", "image"],
      optional: true,
      positive: ({ fixed }) => fixed === null,
      help: "The variance, of the same shape, above 0; left out where it is fixed",
    },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "The mean over all values and the batch" }],
  infer({ fixed }, inputs) {
    const wired = inputs[2] !== null && inputs[2] !== undefined;
    if (fixed !== null && wired)
      return {
        misfit: "param-needs",
        param: "fixed",
        facts: { param: "fixed", needs: "the port var without a wire" },
        mend: { param: "fixed", value: null },
      };
    if (fixed === null && !wired)
      return { misfit: "missing-wire", port: "var", facts: { port: "var", types: ["vector", "image"] } };
    return unequal(inputs) ?? [loss];
  },
  arithmetic({ fixed }) {
    const name = fixed === null ? "var" : "fixed";
    const at = (quantity: string, input: number) => {
      const variance = fixed ?? 1;
      return example(
        quantity,
        `½·(ln ${name} + (input − target)² / ${name})`,
        { input, target: 0, [name]: variance },
        0.5 * (Math.log(Math.max(variance, EPS)) + input ** 2 / Math.max(variance, EPS)),
      );
    };
    return [at("loss of a perfect guess", 0), at("loss of a guess 2 off", 2)];
  },
  lowering: {
    pytorch: ({ fixed }, [input, target, variance]) =>
      `F.gaussian_nll_loss(${input}, ${target}, ${fixed === null ? variance : `torch.full_like(${input}, ${fixed})`})`,
    tfjs({ tf, ops }, { fixed }, [input, target, variance]) {
      const squared = tf.square(tf.sub(input!, target!));
      if (fixed !== null) {
        const least = Math.max(fixed, EPS);
        return tf.mul(tf.add(tf.mean(tf.div(squared, least)), Math.log(least)), 0.5);
      }
      // PyTorch raises small variances to EPS behind the gradient's back: it passes as if they had stood there.
      const raised = tf.add(
        variance!,
        ops.withoutGradient(() => tf.relu(tf.sub(EPS, variance!))),
      );
      return tf.mul(tf.mean(tf.add(tf.log(raised), tf.div(squared, raised))), 0.5);
    },
  },
});
