/**
 * Each row by the root of its mean square (runtime/wasm/sample-normalization.ts has the kernels' inputs and outputs), and the
 * gradient of softmax, SoftmaxGrad {y, dy} → dx over the last axis. One dispatch each way: a row is read by so many neighbouring threads as its length fills, and several short rows share a workgroup.
 */
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, output, type Program, spread, webgpuBackend } from "./program.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function rowNormalizationKernels(tf: Tf): KernelTable {
  const geometry = ({ shape }: TensorInfo) => {
    const size = shape[shape.length - 1];
    const rows = tf.util.sizeFromShape(shape) / size;
    const width = Math.min(threads, 2 ** Math.ceil(Math.log2(size)));
    return { size, rows, width, groups: Math.ceil((rows * width) / threads) };
  };
  const covers = (...tensors: TensorInfo[]) => float32(...tensors) && tf.util.sizeFromShape(tensors[0].shape) > 0;

  return {
    RmsNorm: kernel<Inputs<"x">, { epsilon: number }>(({ x }, { epsilon }) => {
      if (!covers(x)) return undefined;
      const backend = webgpuBackend(tf);
      const { size, rows, width, groups } = geometry(x);
      const outputs = [x.shape, x.shape.slice(0, -1)].map((shape) => output(backend, shape));
      const uniforms = { size, rows, epsilon };
      dispatch(backend, normalize(width), { outputs, inputs: [x], uniforms, grid: spread(backend, groups) });
      return outputs;
    }),

    SoftmaxGrad: kernel<Inputs<"y" | "dy">>(({ y, dy }) => {
      if (!covers(y, dy)) return undefined;
      const backend = webgpuBackend(tf);
      const { size, rows, width, groups } = geometry(y);
      const dx = output(backend, y.shape);
      const grid = spread(backend, groups);
      dispatch(backend, softmaxGradient(width), { outputs: [dx], inputs: [y, dy], uniforms: { size, rows }, grid });
      return dx;
    }),

    RmsNormGrad: kernel<Inputs<"x" | "dy" | "rstd">>(({ x, dy, rstd }) => {
      if (!covers(x, dy, rstd)) return undefined;
      const backend = webgpuBackend(tf);
      const { size, rows, width, groups } = geometry(x);
      const dx = output(backend, x.shape);
      const grid = spread(backend, groups);
      dispatch(backend, gradient(width), { outputs: [dx], inputs: [x, dy, rstd], uniforms: { size, rows }, grid });
      return dx;
    }),
  };
}

const threads = 256;

/** `own` is what a thread adds of an element i of its row, `each` what it does with one knowing the row's sum. */
const rowCode = (width: number, own: string, each: string): string => `
var<workgroup> lines: array<f32, ${threads}>;${entry(
  threads,
  `
  let row = group * ${threads / width}u + thread / ${width};
  let lane = thread % ${width};
  let end = select(0, (row + 1) * uniforms.size, row < uniforms.rows);
  var sum = 0.0;
  for (var i = row * uniforms.size + lane; i < end; i += ${width}) { sum += ${own}; }
  lines[thread] = sum;
  workgroupBarrier();
  for (var half = ${width}u / 2; half > 0; half /= 2) {
    if (lane < half) { lines[thread] += lines[thread + half]; }
    workgroupBarrier();
  }
  let sumOfRow = lines[thread - lane];
  let mean = sumOfRow / f32(uniforms.size);
  for (var i = row * uniforms.size + lane; i < end; i += ${width}) { ${each} }`,
)}`;

const normalize = (width: number) =>
  ({
    label: `RmsNorm/${width}`,
    outputs: { y: "f32", rstd: "f32" },
    inputs: { x: "f32" },
    uniforms: { size: "u32", rows: "u32", epsilon: "f32" },
    code: rowCode(
      width,
      "x[i] * x[i]",
      `
    let scale = 1 / sqrt(mean + uniforms.epsilon);
    y[i] = x[i] * scale;
    if (i == row * uniforms.size) { rstd[row] = scale; }`,
    ),
  }) as const satisfies Program;

/** (dy − x̂ · mean(dy·x̂)) / r with x̂ = x / r; rstd is 1 / r. */
const gradient = (width: number) =>
  ({
    label: `RmsNormGrad/${width}`,
    outputs: { dx: "f32" },
    inputs: { x: "f32", dy: "f32", rstd: "f32" },
    uniforms: { size: "u32", rows: "u32" },
    code: rowCode(
      width,
      "dy[i] * x[i]",
      `
    let scale = rstd[row];
    dx[i] = scale * (dy[i] - x[i] * scale * scale * mean);`,
    ),
  }) as const satisfies Program;

/** y (dy − Σ y dy) */
const softmaxGradient = (width: number) =>
  ({
    label: `SoftmaxGrad/${width}`,
    outputs: { dx: "f32" },
    inputs: { y: "f32", dy: "f32" },
    uniforms: { size: "u32", rows: "u32" },
    code: rowCode(width, "y[i] * dy[i]", "dx[i] = y[i] * (dy[i] - sumOfRow);"),
  }) as const satisfies Program;
