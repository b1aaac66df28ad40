/**
 * The project's kernels for TensorFlow.js's webgpu backend. Where one does not cover a call, tfjs's own runs as before; for
 * a kernel that tfjs does not have, callers keep composed operations.
 */
import type { Tf } from "../tf.ts";
import { convolutionKernels } from "./convolution/kernels.ts";
import { activationKernels } from "./activation.ts";
import { castKernels } from "./cast.ts";
import { groupNormalizationKernels } from "./group-normalization.ts";
import { rowNormalizationKernels } from "./row-normalization.ts";
import { normalizationKernels } from "./normalization.ts";
import { matMulKernels } from "./matmul.ts";
import { reductionKernels } from "./reduction.ts";
import { segmentSumKernels } from "./segment-sum.ts";
import { meanTermKernels } from "./mean-terms.ts";
import { movingKernels } from "./moving.ts";
import { optimizerKernels } from "./optimizer.ts";
import { pointwiseKernels } from "./pointwise.ts";
import { poolingKernels } from "./pooling.ts";
import { separableKernels } from "./separable.ts";
import { type KernelTable, registerKernels } from "../wasm/registry.ts";

const installed = new WeakSet<object>();

/**
 * Registers the kernels for the backend named "webgpu", once for each tf; further calls change nothing. They work with
 * whichever device the backend has when they are called.
 */
export function installWebGPUKernels(tf: Tf): void {
  const engine = tf.engine();
  if (installed.has(engine)) return;
  installed.add(engine);
  registerKernels(tf, tables(tf), "webgpu");
}

/** One table a family of kernels. */
function tables(tf: Tf): KernelTable[] {
  return [
    convolutionKernels(tf),
    normalizationKernels(tf),
    groupNormalizationKernels(tf),
    rowNormalizationKernels(tf),
    activationKernels(tf),
    pointwiseKernels(tf),
    poolingKernels(tf),
    movingKernels(tf),
    separableKernels(tf),
    matMulKernels(tf),
    reductionKernels(tf),
    segmentSumKernels(tf),
    castKernels(tf),
    meanTermKernels(tf),
    optimizerKernels(tf),
  ];
}
