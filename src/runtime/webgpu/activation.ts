/**
 * Gradients of activations in one dispatch each: LeakyReluGrad {x, dy} {alpha} → dx (alpha 0 is ReLU's) · TanhGrad, SigmoidGrad
 * {y, dy} → dx, with y the output.
 */
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, output, type Program, spread, webgpuBackend } from "./program.ts";

export function activationKernels(tf: Tf): KernelTable {
  const run = (program: Program<{ count: "u32"; alpha: "f32" }>, of: TensorInfo, dy: TensorInfo, alpha: number) => {
    const count = tf.util.sizeFromShape(of.shape);
    if (!float32(of, dy) || count === 0) return undefined;
    const backend = webgpuBackend(tf);
    const dx = output(backend, of.shape);
    const grid = spread(backend, Math.ceil(count / (threads * perThread)));
    dispatch(backend, program, { outputs: [dx], inputs: [of, dy], uniforms: { count, alpha }, grid });
    return dx;
  };
  const ofOutput = (program: Program<{ count: "u32"; alpha: "f32" }>) =>
    kernel<Record<"y" | "dy", TensorInfo>>(({ y, dy }) => run(program, y, dy, 0));

  return {
    LeakyReluGrad: kernel<Record<"x" | "dy", TensorInfo>, { alpha: number }>(({ x, dy }, { alpha }) =>
      run(leakyReluGradient, x, dy, alpha),
    ),
    TanhGrad: ofOutput(tanhGradient),
    SigmoidGrad: ofOutput(sigmoidGradient),
  };
}

const threads = 256;
const perThread = 4;

/** `slope` is dx / dy at v, the input or the output. */
const gradient = (label: string, slope: string) =>
  ({
    label,
    outputs: { dx: "f32" },
    inputs: { values: "f32", dy: "f32" },
    uniforms: { count: "u32", alpha: "f32" },
    code: entry(
      threads,
      `
  var i = group * ${threads * perThread} + thread;
  for (var k = 0; k < ${perThread} && i < uniforms.count; k++) {
    let v = values[i];
    dx[i] = dy[i] * ${slope};
    i += ${threads};
  }`,
    ),
  }) as const satisfies Program;

const leakyReluGradient = gradient("LeakyReluGrad", "select(uniforms.alpha, 1, v > 0)");
const tanhGradient = gradient("TanhGrad", "(1 - v * v)");
const sigmoidGradient = gradient("SigmoidGrad", "v * (1 - v)");
