/**
 * Means of a function of each value (runtime/mean-terms.ts), and their gradients: MeanTerm {x} {of, t} → scalar, in one dispatch
 * or, of many values, two · MeanTermGrad {x, dy} {of, t} → dx in one.
 */
import type { MeanTerm } from "../mean-terms.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import { kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, output, type Program, release, spread, webgpuBackend } from "./program.ts";

export function meanTermKernels(tf: Tf): KernelTable {
  const size = (x: TensorInfo) => tf.util.sizeFromShape(x.shape);

  return {
    MeanTerm: kernel<{ x: TensorInfo }, MeanTerm>(({ x }, { of, t }) => {
      const backend = webgpuBackend(tf);
      const count = size(x);
      const chunks = Math.min(256, Math.ceil(count / (threads * mostOfThread)));
      const mean = output(backend, []);
      const parts = chunks === 1 ? mean : output(backend, [chunks]);
      dispatch(backend, meanOf(of), {
        outputs: [parts],
        inputs: [x],
        uniforms: { count, chunk: Math.ceil(count / chunks), t, scale: 1 / count },
        grid: [chunks, 1, 1],
      });
      if (chunks === 1) return mean;
      dispatch(backend, meanOf("value"), {
        outputs: [mean],
        inputs: [parts],
        uniforms: { count: chunks, chunk: chunks, t: 0, scale: 1 },
        grid: [1, 1, 1],
      });
      release(backend, parts);
      return mean;
    }),

    MeanTermGrad: kernel<Record<"x" | "dy", TensorInfo>, MeanTerm>(({ x, dy }, { of, t }) => {
      const backend = webgpuBackend(tf);
      const count = size(x);
      const dx = output(backend, x.shape);
      dispatch(backend, gradientOf(of), {
        outputs: [dx],
        inputs: [x, dy],
        uniforms: { count, t, scale: 1 / count },
        grid: spread(backend, Math.ceil(count / threads)),
      });
      return dx;
    }),
  };
}

const threads = 256;
const mostOfThread = 64;

/** In WGSL, of x and t: the function and its slope. Softplus and sigmoid keep their digits far from 0 on either side. */
const terms: Readonly<Record<MeanTerm["of"], { readonly value: string; readonly slope: string }>> = {
  value: { value: "x", slope: "1" },
  logits: {
    value: "t * softplus(-x) + (1 - t) * softplus(x)",
    slope: "(1 - t) / (1 + exp(-x)) - t / (1 + exp(x))",
  },
  probability: {
    value: "-t * logarithm(x) - (1 - t) * logarithm(1 - x)",
    slope: "(x - t) / max(x * (1 - x), 1e-12)",
  },
  square: { value: "(x - t) * (x - t)", slope: "2 * (x - t)" },
  distance: { value: "abs(x - t)", slope: "sign(x - t)" },
  hinge: { value: "max(0, 1 - t * x)", slope: "select(0, -t, t * x < 1)" },
};

const functions = `
fn softplus(x: f32) -> f32 {
  let small = exp(-abs(x));
  return max(x, 0) + select(log(1 + small), small, small < 1e-4);
}
/** Clamped at −100, as PyTorch's. */
fn logarithm(p: f32) -> f32 { return select(-100, max(log(p), -100), p > 0); }`;

const meanOf = (of: MeanTerm["of"]) =>
  ({
    label: `Mean/${of}`,
    outputs: { sums: "f32" },
    inputs: { values: "f32" },
    uniforms: { count: "u32", chunk: "u32", t: "f32", scale: "f32" },
    code: `${functions}
var<workgroup> lines: array<f32, ${threads}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let t = uniforms.t;
  let end = min(uniforms.count, (group.x + 1) * uniforms.chunk);
  var own = 0.0;
  for (var i = group.x * uniforms.chunk + thread; i < end; i += ${threads}) {
    let x = values[i];
    own += ${terms[of].value};
  }
  lines[thread] = own;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0; half /= 2) {
    if (thread < half) { lines[thread] += lines[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0) { sums[group.x] = lines[0] * uniforms.scale; }
}`,
  }) as const satisfies Program;

const gradientOf = (of: MeanTerm["of"]) =>
  ({
    label: `MeanGrad/${of}`,
    outputs: { dx: "f32" },
    inputs: { values: "f32", dy: "f32" },
    uniforms: { count: "u32", t: "f32", scale: "f32" },
    code: entry(
      threads,
      `
  let i = group * ${threads} + thread;
  if (i >= uniforms.count) { return; }
  let t = uniforms.t;
  let x = values[i];
  dx[i] = (${terms[of].slope}) * (dy[0] * uniforms.scale);`,
    ),
  }) as const satisfies Program;
