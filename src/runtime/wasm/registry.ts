// Tables of kernels, and how they take the place of tfjs's own.

import type { KernelFunc, TensorInfo, Tf } from "../tf.ts";

/** A kernel; `undefined` says that it does not cover this call, which then goes to the kernel that tfjs ships. */
export type Kernel = (inputs: Inputs, attributes: Attributes) => TensorInfo | TensorInfo[] | undefined;
export type KernelTable = Readonly<Record<string, Kernel>>;

type Inputs = Parameters<KernelFunc>[0]["inputs"];
type Attributes = Parameters<KernelFunc>[0]["attrs"];

/** A kernel whose inputs and attributes are those that tfjs (or this project, for its own kernels) documents for it. */
export function kernel<I, A = undefined>(
  run: (inputs: I, attributes: A) => TensorInfo | TensorInfo[] | undefined,
): Kernel {
  return (inputs, attributes) => run(inputs as I, attributes as A);
}

/** Registers all tables for a backend; returns a function that puts back what was there. */
export function registerKernels(
  tf: Tf,
  tables: readonly KernelTable[],
  backendName: "wasm" | "webgpu" = "wasm",
): () => void {
  const undo: (() => void)[] = [];
  for (const [kernelName, run] of tables.flatMap((table) => Object.entries(table))) {
    const shipped = tf.getKernel(kernelName, backendName);
    if (shipped) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc(call) {
        const result = run(call.inputs, call.attrs);
        if (result) return result;
        if (shipped) return shipped.kernelFunc(call);
        throw new Error(`${kernelName} on ${backendName}: no kernel covers these inputs (${describe(call.inputs)}).`);
      },
    });
    undo.push(() => {
      tf.unregisterKernel(kernelName, backendName);
      if (shipped) tf.registerKernel(shipped);
    });
  }
  return () => undo.forEach((step) => step());
}

/** Whether all of these are float32, the kernels' only data type. */
export function float32(...tensors: TensorInfo[]): boolean {
  return tensors.every((tensor) => tensor.dtype === "float32");
}

function describe(inputs: Inputs): string {
  return Object.entries(inputs)
    .map(([name, tensor]) => `${name}: ${tensor?.dtype} [${tensor?.shape.join(", ")}]`)
    .join("; ");
}
