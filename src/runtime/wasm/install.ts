// GANvas's training kernels for tfjs's wasm backend. tfjs 4.22 cannot train convolutions there (the filter gradient is
// missing) and spends as much time beside convolutions as in them. The kernels in assembly/ work in place on tfjs's own
// heap. Where a kernel does not cover a call, tfjs's own is called as before: data types other than float32, NCHW
// convolutions (their filter gradient, which tfjs lacks, goes through NHWC), reductions over axes that are not neighbours,
// permutations of five groups of axes and more. A dilated convolution has gradients in grouped.ts; tfjs asks for none.
//
// All shapes are covered, some faster than others. Convolutions whose kernel is twice or three times the stride, or 4×4 with
// stride 1, take 4/9 to 9/16 of the multiplications where channels and filters are multiples of 4 and at least 8; otherwise
// widths that are multiples of 8 fill the register tile best.

import type { Tf } from "../tf.ts";
import { activationKernels } from "./activation.ts";
import { biasKernels } from "./biased.ts";
import { convolutionKernels } from "./convolution.ts";
import { groupedKernels } from "./grouped.ts";
import { guardAllocations } from "./guard.ts";
import { openHeap, wasmBackend, type WasmBackend } from "./heap.ts";
import { instantiate, supportsRelaxedSimd, type KernelVariant } from "./instance.ts";
import { layoutKernels } from "./layout.ts";
import { matMulKernels } from "./matmul.ts";
import { meanTermKernels } from "./mean-terms.ts";
import { movingKernels } from "./moving.ts";
import { normalizationKernels } from "./normalization.ts";
import { optimizerKernels } from "./optimizer.ts";
import { pointwiseKernels } from "./pointwise.ts";
import { poolingKernels } from "./pooling.ts";
import { reductionKernels } from "./reduction.ts";
import { registerKernels } from "./registry.ts";
import { sampleNormalizationKernels } from "./sample-normalization.ts";
import { separableKernels } from "./separable.ts";

export interface InstalledKernels {
  /** What runs. Relaxed multiply-adds may round differently on another machine: keep the variant with a run. */
  readonly variant: KernelVariant;
  /** Puts tfjs's own kernels back and frees the kernels' memory. */
  uninstall(): void;
}

const installations = new WeakSet<WasmBackend>();

/**
 * Installs the kernels on tfjs's wasm backend, which must be the active one and single-threaded (`useSingleThread`).
 * `bytes` are the two compiled modules; "auto" takes the relaxed one where the engine knows relaxed SIMD.
 * From then on a tensor that does not fit the heap is an `AllocationError`. Installing twice without uninstalling is an
 * error, and so is a variant that the engine does not support.
 */
export async function installKernels(
  tf: Tf,
  bytes: { simd: Uint8Array; relaxed: Uint8Array },
  options: { variant?: "auto" | KernelVariant } = {},
): Promise<InstalledKernels> {
  const backend = wasmBackend(tf);
  if (installations.has(backend)) throw new Error("The kernels are already installed on this backend.");
  const wanted = options.variant ?? "auto";
  const variant = wanted !== "auto" ? wanted : supportsRelaxedSimd(bytes.relaxed) ? "relaxed" : "simd";
  const kernels = await instantiate(bytes[variant], backend.wasm.asm.memory as WebAssembly.Memory | undefined, variant);

  installations.add(backend);
  const removeGuard = guardAllocations(backend);
  const heap = openHeap(backend);
  const unregister = registerKernels(tf, [
    convolutionKernels(tf, kernels, heap),
    groupedKernels(kernels, heap),
    matMulKernels(tf, kernels, heap),
    reductionKernels(tf, kernels, heap),
    normalizationKernels(tf, kernels, heap),
    activationKernels(tf, kernels, heap),
    biasKernels(tf, kernels, heap),
    layoutKernels(tf, kernels, heap),
    movingKernels(tf, kernels, heap),
    separableKernels(kernels, heap),
    poolingKernels(kernels, heap),
    meanTermKernels(tf, kernels, heap),
    pointwiseKernels(tf, kernels, heap),
    sampleNormalizationKernels(tf, kernels, heap),
    optimizerKernels(tf, kernels, heap),
  ]);
  return {
    variant,
    uninstall() {
      unregister();
      heap.close();
      removeGuard();
      installations.delete(backend);
    },
  };
}

/**
 * Keeps tfjs from loading its threaded build, whose memory is not exported. Call it before `tf.setBackend("wasm")`: the
 * build is chosen when the backend starts. (In Node that build does not work, and in Chromium it reports one thread.)
 */
export function useSingleThread(tf: Tf): void {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
}
