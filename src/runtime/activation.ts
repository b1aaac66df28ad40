/** Activations with fused backward kernels where the backend has them; the composed ones are TensorFlow.js's, repaired. */
import type { Tensor } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import { unrecorded } from "./tape.ts";
import type { Tf } from "./tf.ts";

/** max(x, 0); once differentiable. */
export function fusedRelu<T extends Tensor>(tf: Tf, x: T): T {
  return ofItsInput(tf, x, tf.relu, 0);
}

/** max(x, 0) + slope · min(x, 0); once differentiable. The derivative at 0 is the slope, as PyTorch's. */
export function fusedLeakyRelu<T extends Tensor>(tf: Tf, x: T, slope: number): T {
  return ofItsInput(tf, x, (input) => tf.leakyRelu(input, slope), slope);
}

/** x above 0, else leak · x; differentiable as often as one likes. */
export function leaked<T extends Tensor>(tf: Tf, x: T, leak: number): T {
  if (leak === 1) return x;
  const f = (given: T) => (leak === 0 ? tf.relu(given) : tf.leakyRelu(given, leak));
  if (!hasKernel(tf, "LeakyReluGrad")) return f(x);
  registerGradient(tf);
  return withGradient(tf, x, (input, save) => {
    save([input]);
    return {
      value: f(input),
      gradient(dy, saved) {
        // where values were above 0 is a constant: no gradient goes through the input a second time
        const place = unrecorded(tf, () => tf.clone(saved));
        return runKernel<T>(tf, "LeakyReluGrad", { x: place, dy }, { alpha: leak });
      },
    };
  });
}

/** The gradient is linear in what arrives, and so is its own. */
function registerGradient(tf: Tf): void {
  if (tf.getGradient("LeakyReluGrad")) return;
  tf.registerGradient({
    kernelName: "LeakyReluGrad",
    inputsToSave: ["x"],
    gradFunc: (dd, [x], attributes) => ({
      dy: () => runKernel<Tensor>(tf, "LeakyReluGrad", { x, dy: dd as Tensor }, attributes),
    }),
  });
}

/** Once differentiable. */
export function fusedTanh<T extends Tensor>(tf: Tf, x: T): T {
  return ofItsOutput(tf, x, tf.tanh, "TanhGrad");
}

/** Once differentiable. */
export function fusedSigmoid<T extends Tensor>(tf: Tf, x: T): T {
  return ofItsOutput(tf, x, tf.sigmoid, "SigmoidGrad");
}

/** The scope, and so the name on tapes, of what keeps its input to tell where it is above 0. */
export const leakOfInput = "LeakOfInput";

/** A function whose derivative is 1 above 0 and the slope elsewhere. */
function ofItsInput<T extends Tensor>(tf: Tf, x: T, f: (x: T) => T, slope: number): T {
  if (!hasKernel(tf, "LeakyReluGrad")) return f(x);
  const differentiable = () =>
    withGradient(tf, x, (input, save) => {
      save([input]);
      return {
        value: f(input),
        gradient: (dy, saved) => runKernel<T>(tf, "LeakyReluGrad", { x: saved, dy }, { alpha: slope }),
      };
    });
  return tf.tidy(leakOfInput, differentiable);
}

/** A function whose derivative is computed from its output alone. */
function ofItsOutput<T extends Tensor>(tf: Tf, x: T, f: (x: T) => T, kernel: "TanhGrad" | "SigmoidGrad"): T {
  if (!hasKernel(tf, kernel)) return f(x);
  return withGradient(tf, x, (input, save) => {
    const y = f(input);
    save([y]);
    return { value: y, gradient: (dy, saved) => runKernel<T>(tf, kernel, { y: saved, dy }) };
  });
}

type Save = (tensors: [Tensor]) => void;

/** tf.customGrad for a function of one tensor that saves one tensor, with the types that it has. */
export function withGradient<T extends Tensor, Y extends Tensor = T>(
  tf: Tf,
  x: T,
  f: (x: T, save: Save) => { value: Y; gradient: (dy: Y, saved: T) => T },
): Y {
  return tf.customGrad<Y>((input, save) => {
    const { value, gradient } = f(input as T, save as Save);
    return { value, gradFunc: (dy, [saved]) => gradient(dy, saved as T) };
  })(x);
}
