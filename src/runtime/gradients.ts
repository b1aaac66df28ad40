/**
 * The gradients that TensorFlow.js 4.22 gets wrong or lacks, mended for every backend: first order, and second order for
 * gradient penalties and unrolling. Two faults lie in how operations reach the tape and are mended there; the others are
 * single kernels, listed with their reasons in gradient-table.ts.
 *
 * Not mended, because nothing here uses them: tf.batchNorm without a scale, tf.einsum, tf.cumprod, dilated
 * tf.conv2d (see convolution.ts), and tf.maxPool, whose gradient wasm gets wrong where maxima are negative.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { gradientTable } from "./gradient-table.ts";
import { storeInHalves } from "./half-storage.ts";
import { recordsInHalves } from "./tape.ts";
import type { Tf } from "./tf.ts";

/** Mends the gradients of tf, once; further calls change nothing. */
export function repairGradients(tf: Tf): void {
  const engine = tf.engine();
  if (repaired.has(engine)) return;
  repaired.add(engine);
  mendRecording(tf);
  for (const { reason: _, ...gradient } of gradientTable(tf)) {
    if (tf.getGradient(gradient.kernelName)) tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}

const repaired = new WeakSet<object>();

/**
 * Kernels that are constant wherever they are differentiable. On the tape they either throw for want of a gradient (as the
 * masks of leakyRelu, clip and maximum do under a second derivative) or carry zeros backwards at full cost; off the tape the
 * derivative through them is the 0 that it is.
 */
export const piecewiseConstant: ReadonlySet<string> = new Set([
  ...["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"],
  ...["LogicalAnd", "LogicalOr", "LogicalNot", "IsNan", "IsInf", "IsFinite"],
  ...["Step", "Sign", "Floor", "Ceil", "Round", "ArgMax", "ArgMin", "OneHot", "ZerosLike", "OnesLike"],
]);

type TapeNode = ReturnType<Tf["engine"]>["state"]["activeTape"][number];
type Inputs = TapeNode["inputs"];

/** The engine's private method that appends to the tape; the released bundles keep its name. */
interface Recorder {
  addTapeNode(
    kernel: string,
    inputs: Inputs,
    outputs: Tensor[],
    gradient: unknown,
    saved: Tensor[],
    attrs: unknown,
  ): void;
}

/**
 * A kernel that saves its output records a copy of it, and TensorFlow.js records the copy before the kernel: backward meets
 * the kernel first, and what arrives through the copy is lost, silently (tanh, sigmoid, exp, softmax, logSoftmax, elu, pow
 * under a second derivative). The kernel is moved in front of the copies that it made.
 */
function mendRecording(tf: Tf): void {
  const engine = tf.engine();
  const recorder = engine as unknown as Recorder;
  const addTapeNode = recorder.addTapeNode.bind(engine);
  recorder.addTapeNode = (kernel, inputs, outputs, gradient, saved, attrs) => {
    if (piecewiseConstant.has(kernel)) {
      for (const tensor of saved) tensor.dispose();
      return;
    }
    const tape = engine.state.activeTape;
    const stored = recordsInHalves(tape) ? storeInHalves(tf, kernel, saved, attrs) : null;
    addTapeNode(kernel, inputs, outputs, gradient, stored?.saved ?? saved, attrs);
    stored?.ownedBy(tape[tape.length - 1]);
    let place = tape.length - 1;
    while (place > 0 && saved.includes(tape[place - 1].outputs[0])) place--;
    if (place < tape.length - 1) tape.splice(place, 0, ...tape.splice(-1));
  };
}
