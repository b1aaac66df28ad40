/**
 * torch.optim's update rules as pure functions of tensors: parameter, gradient and slots in, parameter and slots out, nothing
 * in place. So they can be recorded and differentiated (unrolled GANs), and the slots can be saved and restored exactly.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { hasKernel, runKernels } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** Hyperparameters under torch.optim's names; what is left out has torch.optim's default. */
export interface Hyperparameters {
  /** The learning rate. */
  readonly lr: number;
  /** λ: adds λθ to the gradient; in AdamW shrinks θ by lr · λ instead. Default 0, AdamW 0.01. */
  readonly weight_decay?: number;
  /** SGD, RMSprop. Default 0. */
  readonly momentum?: number;
  /** SGD. Default 0. */
  readonly dampening?: number;
  /** SGD. Default false. */
  readonly nesterov?: boolean;
  /** RMSprop's smoothing. Default 0.99. */
  readonly alpha?: number;
  /** RMSprop: divides by the standard deviation instead of the root mean square. Default false. */
  readonly centered?: boolean;
  /** Adam, AdamW. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** RMSprop, Adam, AdamW: added outside the root. Default 1e-8. */
  readonly eps?: number;
}

export type Slots = Readonly<Record<string, Tensor>>;

export interface UpdateInput {
  readonly param: Tensor;
  readonly grad: Tensor;
  /** As the last update returned them; zeros of the parameter's shape before the first. */
  readonly slots: Slots;
  readonly hyper: Hyperparameters;
  /** Which update of this parameter this is, counted from 1. */
  readonly step: number;
  /** Whether the update itself will be differentiated; then it is composed of differentiable operations. Default false. */
  readonly differentiable?: boolean;
}

export interface Updated {
  readonly param: Tensor;
  readonly slots: Slots;
}

export interface Rule {
  /** The names, torch.optim's, of the tensors that the rule carries from step to step. */
  slots(hyper: Hyperparameters): readonly string[];
  update(tf: Tf, input: UpdateInput): Updated;
}

export type OptimizerName = "SGD" | "RMSprop" | "Adam" | "AdamW";

export const optimizers: Readonly<Record<OptimizerName, Rule>> = {
  SGD: { slots: ({ momentum = 0 }) => (momentum ? ["momentum_buffer"] : []), update: sgd },
  RMSprop: {
    slots: ({ momentum = 0, centered = false }) => [
      "square_avg",
      ...(momentum ? ["momentum_buffer"] : []),
      ...(centered ? ["grad_avg"] : []),
    ],
    update: rmsprop,
  },
  Adam: { slots: () => ["exp_avg", "exp_avg_sq"], update: (tf, input) => adam(tf, input, false) },
  AdamW: { slots: () => ["exp_avg", "exp_avg_sq"], update: (tf, input) => adam(tf, input, true) },
};

/**
 * torch.nn.utils.clip_grad_norm_: scales all gradients by min(1, maxNorm / (norm + 10⁻⁶)), norm being that of all of them
 * together. Nothing is read back from the device.
 */
export function clipGradNorm(tf: Tf, grads: readonly Tensor[], maxNorm: number): { grads: Tensor[]; norm: Scalar } {
  const squares = grads.map((grad) => tf.sum<Scalar>(tf.square(grad)));
  const norm = rootOf(
    tf,
    squares.reduce((sum, square) => tf.add(sum, square)),
  ) as Scalar;
  const scale = tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1);
  return { grads: grads.map((grad) => tf.mul(grad, scale)), norm };
}

/** A parameter held within [−limit, limit], as the first WGAN does after each step. */
export function clipWeights<T extends Tensor>(tf: Tf, param: T, limit: number): T {
  return tf.clipByValue(param, -limit, limit);
}

/** decay · average + (1 − decay) · value. */
export function updateAverage<T extends Tensor>(tf: Tf, average: T, value: T, decay: number): T {
  return tf.add(tf.mul(average, decay), tf.mul(value, 1 - decay));
}

function sgd(tf: Tf, { param, grad, slots, hyper, step }: UpdateInput): Updated {
  const { lr, weight_decay = 0, momentum = 0, dampening = 0, nesterov = false } = hyper;
  const d = decayed(tf, param, grad, weight_decay);
  if (momentum === 0) return { param: descend(tf, param, d, lr), slots: {} };
  // torch.optim starts the buffer with the bare gradient: dampening counts from the second step.
  const buffer = step === 1 ? tf.clone(d) : moving(tf, slots.momentum_buffer, momentum, d, 1 - dampening);
  const direction = nesterov ? tf.add(d, tf.mul(buffer, momentum)) : buffer;
  return { param: descend(tf, param, direction, lr), slots: { momentum_buffer: buffer } };
}

function rmsprop(tf: Tf, { param, grad, slots, hyper }: UpdateInput): Updated {
  const { lr, weight_decay = 0, momentum = 0, alpha = 0.99, eps = 1e-8, centered = false } = hyper;
  const d = decayed(tf, param, grad, weight_decay);
  const square_avg = moving(tf, slots.square_avg, alpha, tf.square(d), 1 - alpha);
  const grad_avg = centered ? { grad_avg: moving(tf, slots.grad_avg, alpha, d, 1 - alpha) } : undefined;
  const variance = grad_avg ? tf.sub(square_avg, tf.square(grad_avg.grad_avg)) : square_avg;
  const direction = tf.div(d, tf.add(rootOf(tf, variance), eps));
  if (momentum === 0) return { param: descend(tf, param, direction, lr), slots: { square_avg, ...grad_avg } };
  const momentum_buffer = moving(tf, slots.momentum_buffer, momentum, direction, 1);
  return { param: descend(tf, param, momentum_buffer, lr), slots: { square_avg, momentum_buffer, ...grad_avg } };
}

/** Kingma and Ba, 2015; decoupled weight decay after Loshchilov and Hutter, 2019. */
function adam(tf: Tf, { param, grad, slots, hyper, step, differentiable }: UpdateInput, decoupled: boolean): Updated {
  const { lr, weight_decay = decoupled ? 0.01 : 0, betas = [0.9, 0.999], eps = 1e-8 } = hyper;
  const [beta1, beta2] = betas;
  if (!differentiable && hasKernel(tf, "AdamUpdate")) {
    const [next, exp_avg, exp_avg_sq] = runKernels(
      tf,
      "AdamUpdate",
      { param, m: slots.exp_avg, v: slots.exp_avg_sq, grad },
      { learningRate: lr, beta1, beta2, epsilon: eps, weightDecay: weight_decay, decoupled, step },
    );
    return { param: next, slots: { exp_avg, exp_avg_sq } };
  }
  const d = decoupled ? grad : decayed(tf, param, grad, weight_decay);
  const start = decoupled && weight_decay ? tf.mul(param, 1 - lr * weight_decay) : param;
  const exp_avg = moving(tf, slots.exp_avg, beta1, d, 1 - beta1);
  const exp_avg_sq = moving(tf, slots.exp_avg_sq, beta2, tf.square(d), 1 - beta2);
  const denominator = tf.add(tf.div(rootOf(tf, exp_avg_sq), Math.sqrt(1 - beta2 ** step)), eps);
  const direction = tf.div(exp_avg, denominator);
  return { param: descend(tf, start, direction, lr / (1 - beta1 ** step)), slots: { exp_avg, exp_avg_sq } };
}

function decayed(tf: Tf, param: Tensor, grad: Tensor, weightDecay: number): Tensor {
  return weightDecay ? tf.add(grad, tf.mul(param, weightDecay)) : grad;
}

function moving(tf: Tf, old: Tensor, keep: number, value: Tensor, share: number): Tensor {
  return tf.add(tf.mul(old, keep), share === 1 ? value : tf.mul(value, share));
}

function descend(tf: Tf, param: Tensor, direction: Tensor, rate: number): Tensor {
  return tf.sub(param, tf.mul(direction, rate));
}

/** √x whose derivative at 0 is 0 instead of infinite: below the smallest normal float the root is constant, far under any eps. */
function rootOf(tf: Tf, x: Tensor): Tensor {
  return tf.sqrt(tf.maximum(x, 1.2e-38));
}
