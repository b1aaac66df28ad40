/**
 * A gradient tape that lies apart from the function being differentiated. TensorFlow.js differentiates one closure; a
 * training step is a straight line of evaluations in which one network's forward pass is read by two losses while weights
 * change in between. Here every evaluation is recorded once, on the tapes that need it, and differentiated later.
 *
 * The tape holds what backward needs, not the values: a recorded tensor that is used again is kept by the caller (one tidy
 * around the whole step does).
 */
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import type { Tf } from "./tf.ts";
import { forgetWide } from "./webgpu/halves.ts";

export interface GradientTape {
  /**
   * Runs f and appends its operations to this tape. May be called many times; two tapes may alternate; a record inside
   * another tape's record belongs to the inner tape alone. Gradients taken inside f (tf.grads) are recorded too, so that a
   * gradient penalty can be differentiated.
   * @param options.halves whether what is saved may be stored as halves (half-storage.ts): for what is differentiated once.
   */
  record<T>(f: () => T, options?: { readonly halves?: boolean }): T;
  /**
   * The same for an update of weights: `gradients` passes what f records, gradients that are taken within do not. To them the
   * new weights are constants, whatever they came from.
   */
  recordUpdate<T>(f: () => T): T;
  /**
   * The gradient of y with respect to each of xs over all that was recorded, null where y does not depend on x, and a
   * variable enters with the value that it had when it was recorded. Frees and empties the tape, which may record anew.
   */
  gradients(y: Scalar, xs: readonly Variable[]): (Tensor | null)[];
  /** Frees what the tape holds, without differentiating. */
  dispose(): void;
}

/**
 * The gradient of Σ y with respect to x, taken while a tape records and recorded on it too, so that it can be differentiated
 * again. y and all that it was made of from x must be on that tape; zeros where y does not depend on x.
 */
export function gradientWithin(tf: Tf, y: Tensor, x: Tensor): Tensor {
  return gradientsWithin(tf, y, [x])[0] ?? tf.zerosLike(x);
}

/** The same with respect to each of several; null where y does not depend on x. */
export function gradientsWithin(tf: Tf, y: Tensor, xs: readonly Tensor[]): (Tensor | null)[] {
  const { state } = tf.engine();
  const whole = state.activeTape;
  const passed = (whole ?? []).filter((node) => !ofUpdates.has(node));
  const { length } = passed;
  const ones = tf.onesLike(y);
  state.activeTape = whole && passed;
  try {
    const { grads } = tf.engine().gradients(() => y, [...xs], ones, true);
    return grads.map((gradient) => gradient ?? null);
  } finally {
    whole?.push(...passed.slice(length)); // what the gradient itself recorded
    state.activeTape = whole;
  }
}

type TapeNode = ReturnType<Tf["engine"]>["state"]["activeTape"][number];

const ofUpdates = new WeakSet<TapeNode>();

/** Runs f on no tape at all: what it gives is a constant to every gradient. */
export function unrecorded<T>(tf: Tf, f: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++; // as inside a kernel: the engine records what lies on the outside only
  try {
    return f();
  } finally {
    state.kernelDepth--;
  }
}

/** Whether what is recorded on the tape now may be stored as halves. */
export const recordsInHalves = (tape: TapeNode[]): boolean => inHalves.has(tape);

const inHalves = new WeakSet<TapeNode[]>();

export function createTape(tf: Tf): GradientTape {
  const { state } = tf.engine();
  let nodes: TapeNode[] = [];
  let halved = false; // whether anything was

  /** Runs f on the given recording state and puts the former one back. */
  const within = <T>(tape: typeof nodes, depth: number, f: () => T): T => {
    const { activeTape, gradientDepth } = state;
    state.activeTape = tape;
    state.gradientDepth = depth;
    try {
      return f();
    } finally {
      state.activeTape = activeTape;
      state.gradientDepth = gradientDepth;
    }
  };

  const dispose = (): void => {
    for (const node of nodes) node.saved?.forEach((tensor) => tensor.dispose());
    nodes = [];
    if (halved) forgetWide(tf);
    halved = false;
  };

  return {
    record(f, { halves = false } = {}) {
      if (!halves) return within(nodes, 1, f);
      const tape = nodes;
      halved = true;
      inHalves.add(tape);
      try {
        return within(tape, 1, f);
      } finally {
        inHalves.delete(tape);
      }
    },

    recordUpdate(f) {
      const { length } = nodes;
      try {
        return within(nodes, 1, f);
      } finally {
        for (const node of nodes.slice(length)) ofUpdates.add(node);
      }
    },

    gradients(y, xs) {
      try {
        const differentiated = () => {
          state.activeTape = nodes;
          return y;
        };
        const { grads } = within([], 0, () => tf.engine().gradients(differentiated, [...xs], undefined, true));
        return grads.map((gradient) => gradient ?? null);
      } finally {
        dispose();
      }
    },

    dispose,
  };
}
