/**
 * Cast of masks and integers to float32, as a tensor of its own. What TensorFlow.js gives names the same buffer of integers a
 * float32: its programs look up what a buffer holds, except where they transpose, and this project's read what the tensor says.
 */
import type { DataType, TensorInfo, Tf } from "../tf.ts";
import { kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, output, type Program, spread, webgpuBackend } from "./program.ts";

export function castKernels(tf: Tf): KernelTable {
  return {
    Cast: kernel<{ x: TensorInfo }, { dtype: DataType }>(({ x }, { dtype }) => {
      const count = tf.util.sizeFromShape(x.shape);
      if (dtype !== "float32" || !(x.dtype === "bool" || x.dtype === "int32") || count === 0) return undefined;
      const backend = webgpuBackend(tf);
      const y = output(backend, x.shape);
      const grid = spread(backend, Math.ceil(count / threads));
      dispatch(backend, program, { outputs: [y], inputs: [x], uniforms: { count }, grid });
      return y;
    }),
  };
}

const threads = 256;

const program = {
  label: "Cast",
  outputs: { y: "f32" },
  inputs: { x: "i32" },
  uniforms: { count: "u32" },
  code: entry(
    threads,
    `
  let i = group * ${threads} + thread;
  if (i < uniforms.count) { y[i] = f32(x[i]); }`,
  ),
} as const satisfies Program;
