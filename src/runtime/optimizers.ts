/**
 * torch.optim's update rules as pure functions of tensors: parameter, gradient and slots in, parameter and slots out, nothing
 * in place. So they can be recorded and differentiated (unrolled GANs), and the slots can be saved and restored exactly.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { hasKernel, runKernel, runKernels } from "./fused.ts";
import type { Tf } from "./tf.ts";
import { weightedSum } from "./weighted-sum.ts";

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
  /** Left out, the rate and what depends on the step are numbers as they are now. */
  readonly schedule?: Schedule;
}

/**
 * How what changes from step to step enters an update, so that whoever repeats the step can ask again: `make` and `f` read the
 * input's rate and step anew.
 */
export interface Schedule {
  number(name: string, make: () => number): number | Scalar;
  decide(f: () => boolean): boolean;
}

export interface Updated {
  readonly param: Tensor;
  readonly slots: Slots;
}

export interface Rule {
  /** The names, torch.optim's, of the tensors that the rule carries from step to step. */
  slots(hyper: Hyperparameters): readonly string[];
  update(tf: Tf, input: UpdateInput): Updated;
  /** The numbers of an update as a kernel for many parameters reads them (webgpu/update-rules.ts); at most 9. */
  numbers(hyper: Hyperparameters, step: number): readonly number[];
}

export type OptimizerName = "SGD" | "RMSprop" | "Adam" | "AdamW";

export const optimizers: Readonly<Record<OptimizerName, Rule>> = {
  SGD: { slots: ({ momentum = 0 }) => (momentum ? ["momentum_buffer"] : []), update: sgd, numbers: sgdNumbers },
  RMSprop: {
    slots: ({ momentum = 0, centered = false }) => [
      "square_avg",
      ...(momentum ? ["momentum_buffer"] : []),
      ...(centered ? ["grad_avg"] : []),
    ],
    update: rmsprop,
    numbers: rmspropNumbers,
  },
  Adam: adamRule(false),
  AdamW: adamRule(true),
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

/** ‖g‖₂ of all of them together; 0 of none. Nothing is read back from the device. */
export function gradientLength(tf: Tf, grads: readonly Tensor[]): Scalar {
  if (hasKernel(tf, "Length")) {
    const named = Object.fromEntries(grads.map((grad, i) => [`gradient${i}`, grad]));
    return tf.keep(runKernel<Scalar>(tf, "Length", named));
  }
  return tf.tidy(() => {
    const squares = grads.map((grad) => tf.sum<Scalar>(tf.square(grad)));
    return tf.keep(tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square), tf.scalar(0))));
  });
}

/** A parameter held within [−limit, limit], as the first WGAN does after each step. */
export function clipWeights<T extends Tensor>(tf: Tf, param: T, limit: number): T {
  return tf.clipByValue(param, -limit, limit);
}

/** decay · average + (1 − decay) · value. */
export function updateAverage<T extends Tensor>(tf: Tf, average: T, value: T, decay: number): T {
  return weightedSum(tf, average, decay, value, 1 - decay);
}

const asTheyAre: Schedule = { number: (_, make) => make(), decide: (f) => f() };

function sgd(tf: Tf, input: UpdateInput): Updated {
  const { param, grad, slots, hyper, schedule = asTheyAre } = input;
  const { weight_decay = 0, momentum = 0, dampening = 0, nesterov = false } = hyper;
  const rate = schedule.number("rate", () => input.hyper.lr);
  const d = decayed(tf, param, grad, weight_decay);
  if (momentum === 0) return { param: descend(tf, param, d, rate), slots: {} };
  // torch.optim starts the buffer with the bare gradient: dampening counts from the second step.
  const first = schedule.decide(() => input.step === 1);
  const buffer = first ? tf.clone(d) : moving(tf, slots.momentum_buffer, momentum, d, 1 - dampening);
  const direction = nesterov ? tf.add(d, tf.mul(buffer, momentum)) : buffer;
  return { param: descend(tf, param, direction, rate), slots: { momentum_buffer: buffer } };
}

/** The rate, λ, the momentum, the gradient's share of the buffer. */
function sgdNumbers({ lr, weight_decay = 0, momentum = 0, dampening = 0 }: Hyperparameters, step: number) {
  return [lr, weight_decay, momentum, step === 1 ? 1 : 1 - dampening];
}

function rmsprop(tf: Tf, input: UpdateInput): Updated {
  const { param, grad, slots, hyper, schedule = asTheyAre } = input;
  const { weight_decay = 0, momentum = 0, alpha = 0.99, eps = 1e-8, centered = false } = hyper;
  const rate = schedule.number("rate", () => input.hyper.lr);
  const d = decayed(tf, param, grad, weight_decay);
  const square_avg = moving(tf, slots.square_avg, alpha, tf.square(d), 1 - alpha);
  const grad_avg = centered ? { grad_avg: moving(tf, slots.grad_avg, alpha, d, 1 - alpha) } : undefined;
  const variance = grad_avg ? tf.sub(square_avg, tf.square(grad_avg.grad_avg)) : square_avg;
  const direction = tf.div(d, tf.add(rootOf(tf, variance), eps));
  if (momentum === 0) return { param: descend(tf, param, direction, rate), slots: { square_avg, ...grad_avg } };
  const momentum_buffer = moving(tf, slots.momentum_buffer, momentum, direction, 1);
  return { param: descend(tf, param, momentum_buffer, rate), slots: { square_avg, momentum_buffer, ...grad_avg } };
}

/** The rate, λ, both shares of the averages, ε, the momentum. */
function rmspropNumbers({ lr, weight_decay = 0, momentum = 0, alpha = 0.99, eps = 1e-8 }: Hyperparameters) {
  return [lr, weight_decay, alpha, 1 - alpha, eps, momentum];
}

/** Kingma and Ba, 2015; decoupled weight decay after Loshchilov and Hutter, 2019. */
function adamRule(decoupled: boolean): Rule {
  return {
    slots: () => ["exp_avg", "exp_avg_sq"],
    update: (tf, input) => adam(tf, input, decoupled),
    numbers: (hyper, step) => adamNumbers(hyper, step, decoupled),
  };
}

const adamDefaults = (hyper: Hyperparameters, decoupled: boolean) => {
  const { weight_decay = decoupled ? 0.01 : 0, betas = [0.9, 0.999], eps = 1e-8 } = hyper;
  return { weight_decay, beta1: betas[0], beta2: betas[1], eps };
};

function adam(tf: Tf, input: UpdateInput, decoupled: boolean): Updated {
  const { param, grad, slots, differentiable, schedule = asTheyAre } = input;
  const { weight_decay, beta1, beta2, eps } = adamDefaults(input.hyper, decoupled);
  if (!differentiable && hasKernel(tf, "AdamUpdate")) {
    const [next, exp_avg, exp_avg_sq] = runKernels(
      tf,
      "AdamUpdate",
      { param, m: slots.exp_avg, v: slots.exp_avg_sq, grad },
      { learningRate: input.hyper.lr, beta1, beta2, epsilon: eps, weightDecay: weight_decay, decoupled, step: input.step }, // prettier-ignore
    );
    return { param: next, slots: { exp_avg, exp_avg_sq } };
  }
  const keep = () => schedule.number("keep", () => 1 - input.hyper.lr * weight_decay);
  const rate = schedule.number("rate", () => input.hyper.lr / (1 - beta1 ** input.step));
  const correction = schedule.number("correction", () => Math.sqrt(1 - beta2 ** input.step));
  const d = decoupled ? grad : decayed(tf, param, grad, weight_decay);
  const start = decoupled && weight_decay ? tf.mul(param, keep()) : param;
  const exp_avg = moving(tf, slots.exp_avg, beta1, d, 1 - beta1);
  const exp_avg_sq = moving(tf, slots.exp_avg_sq, beta2, tf.square(d), 1 - beta2);
  const denominator = tf.add(tf.div(rootOf(tf, exp_avg_sq), correction), eps);
  const direction = tf.div(exp_avg, denominator);
  return { param: descend(tf, start, direction, rate), slots: { exp_avg, exp_avg_sq } };
}

/** Both averages' shares, the rate with its correction, the root's correction, ε, λ in the gradient, what decay leaves. */
function adamNumbers(hyper: Hyperparameters, step: number, decoupled: boolean) {
  const { weight_decay, beta1, beta2, eps } = adamDefaults(hyper, decoupled);
  const rate = hyper.lr / (1 - beta1 ** step);
  const correction = 1 / Math.sqrt(1 - beta2 ** step);
  const [decay, keep] = decoupled ? [0, 1 - hyper.lr * weight_decay] : [weight_decay, 1];
  return [beta1, 1 - beta1, beta2, 1 - beta2, rate, correction, eps, decay, keep];
}

function decayed(tf: Tf, param: Tensor, grad: Tensor, weightDecay: number): Tensor {
  return weightDecay ? tf.add(grad, tf.mul(param, weightDecay)) : grad;
}

function moving(tf: Tf, old: Tensor, keep: number, value: Tensor, share: number): Tensor {
  return weightedSum(tf, old, keep, value, share);
}

function descend(tf: Tf, param: Tensor, direction: Tensor, rate: number | Scalar): Tensor {
  return typeof rate === "number"
    ? weightedSum(tf, param, 1, direction, -rate)
    : tf.sub(param, tf.mul(direction, rate));
}

/** √x whose derivative at 0 is 0 instead of infinite: below the smallest normal float the root is constant, far under any eps. */
function rootOf(tf: Tf, x: Tensor): Tensor {
  return tf.sqrt(tf.maximum(x, 1.2e-38));
}
