/**
 * An optimizer's step on all its weights at once, where the backend has a kernel for it: the places that weights have in one
 * long tensor, the numbers that a step needs of each, and the call.
 *
 * A section holds one number for every parameter, weight after weight, each from the start of a block on. The state is a tensor
 * of the rule's slots, a section each, then the moving averages.
 */
import type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { hasKernel, runKernel, runKernels } from "./fused.ts";
import { type Hyperparameters, type OptimizerName, optimizers } from "./optimizers.ts";
import type { Tf } from "./tf.ts";

/** What a workgroup of the kernel steps. */
export const blockSize = 1024;
/** A weight's row: 1 where it has a gradient, the moving average's shares of old and new, then the rule's own. */
export const numbersPerWeight = 12;
export const firstRuleNumber = 3;

export interface FlatLayout {
  /** Where each weight begins in a section. */
  readonly offsets: readonly number[];
  /** Numbers in a section. */
  readonly size: number;
  /** int32 [blocks, 2]: each block's weight, and how many of its numbers are one's. */
  readonly blocks: Int32Array;
}

/** A rule with the choices that its arithmetic depends on. */
export interface FlatForm {
  /** Tells two forms apart. */
  readonly name: string;
  readonly rule: OptimizerName;
  readonly slots: readonly string[];
  readonly nesterov: boolean;
}

/** The places of weights of these sizes. */
export function flatLayout(sizes: readonly number[]): FlatLayout {
  const offsets: number[] = [];
  const blocks: number[] = [];
  sizes.forEach((size, weight) => {
    offsets.push((blocks.length / 2) * blockSize);
    for (let done = 0; done < size; done += blockSize) blocks.push(weight, Math.min(blockSize, size - done));
  });
  return { offsets, size: (blocks.length / 2) * blockSize, blocks: Int32Array.from(blocks) };
}

export function flatForm(rule: OptimizerName, hyper: Hyperparameters): FlatForm {
  const slots = optimizers[rule].slots(hyper);
  const nesterov = hyper.nesterov ?? false;
  return { name: [rule, ...slots, ...(nesterov ? ["nesterov"] : [])].join("."), rule, slots, nesterov };
}

/** Whether the backend in use steps so many sections of this size at once: it has the kernel, and its buffers hold them. */
export function stepsFlat(tf: Tf, { size }: FlatLayout, sections: number): boolean {
  if (!hasKernel(tf, "OptimizerStep")) return false;
  const { limits } = (tf.backend() as unknown as { device: GPUDevice }).device;
  return 4 * size * Math.max(2, sections) <= Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

export interface FlatStep {
  readonly form: FlatForm;
  readonly layout: FlatLayout;
  /** The layout's blocks. */
  readonly blocks: Tensor2D;
  /** [sections · size]; one number that means nothing where there is no section. */
  readonly state: Tensor1D;
  /** Whether moving averages follow the slots. */
  readonly averages: boolean;
  readonly params: readonly Tensor[];
  /** null of a weight that the loss does not depend on: its parameters and slots stay. */
  readonly grads: readonly (Tensor | null)[];
  /** [weights, numbersPerWeight], of `stepNumbers`. */
  readonly numbers: Tensor2D;
  readonly clipGradNorm: number | null;
  readonly weightClip: number | null;
  /** Whether the gradient's length is wanted. */
  readonly measure: boolean;
}

export interface FlatStepped {
  readonly state: Tensor1D;
  readonly params: readonly Tensor[];
  /** ‖∇‖₂ before clipping; means nothing where it was not measured. */
  readonly length: Scalar;
}

/** One step; nothing is written in place. */
export function stepFlat(tf: Tf, step: FlatStep): FlatStepped {
  const { form, layout, blocks, state, params, grads, numbers, averages, clipGradNorm, weightClip, measure } = step;
  const inputs: NamedTensorMap = { state, numbers, blocks };
  params.forEach((param, i) => (inputs[`param${i}`] = param));
  grads.forEach((grad, i) => grad && (inputs[`grad${i}`] = grad));
  const attributes = { form, averages, offsets: layout.offsets, clipNorm: clipGradNorm, measure, weightClip };
  const [next, length, ...updated] = runKernels(tf, "OptimizerStep", inputs, attributes);
  return { state: next as Tensor1D, length: length as Scalar, params: updated };
}

export interface WeightNumbers {
  readonly reached: boolean;
  /** Which update of this weight this is, counted from 1. */
  readonly step: number;
}

/** The rows of all weights for one step. `decay` is the moving average's share of the old, 0 where it is the weight itself. */
export function stepNumbers(
  { rule }: FlatForm,
  hyper: Hyperparameters,
  decay: number,
  weights: readonly WeightNumbers[],
): Float32Array {
  const rows = new Float32Array(weights.length * numbersPerWeight);
  weights.forEach(({ reached, step }, i) =>
    rows.set([reached ? 1 : 0, decay, 1 - decay, ...optimizers[rule].numbers(hyper, step)], i * numbersPerWeight),
  );
  return rows;
}

/** A tensor of so many numbers with these parts at their offsets, else `base`'s numbers (else anything). */
export function assemble(
  tf: Tf,
  size: number,
  parts: readonly { readonly offset: number; readonly value: Tensor }[],
  base?: Tensor,
): Tensor1D {
  const inputs: NamedTensorMap = base ? { base } : {};
  parts.forEach(({ value }, i) => (inputs[`part${i}`] = value));
  return runKernel<Tensor1D>(tf, "Assemble", inputs, { size, offsets: parts.map(({ offset }) => offset) });
}
