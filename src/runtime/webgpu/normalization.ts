/**
 * Batch normalization over the last axis in one dispatch each way for few rows and in two for many (runtime/wasm/normalization.ts
 * has the kernels' inputs and outputs). Means and squared deviations of parts are joined after Chan, Golub and LeVeque (1979), so
 * that a mean far from 0 costs no digits; the order is fixed, and the same numbers come out every time.
 */
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { columnCode, columnUniforms, threads, tile } from "./columns.ts";
import { dispatch, output, type Program, release, webgpuBackend } from "./program.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function normalizationKernels(tf: Tf): KernelTable {
  const geometry = ({ shape }: TensorInfo) => {
    const columns = shape[shape.length - 1];
    const rows = tf.util.sizeFromShape(shape) / columns;
    const { width, chunks, rowsOfChunk, grid } = tile(rows, columns);
    return { columns, width, chunks, grid, uniforms: { rows, columns, rowsOfChunk, chunks } };
  };

  return {
    BatchNormTrain: kernel<Inputs<"x" | "gamma" | "beta">, { epsilon: number; leak: number }>(
      ({ x, gamma, beta }, { epsilon, leak }) => {
        if (!float32(x, gamma, beta) || tf.util.sizeFromShape(x.shape) === 0) return undefined;
        const backend = webgpuBackend(tf);
        const { columns, width, chunks, grid, uniforms } = geometry(x);
        const outputs = [x.shape, [columns], [columns], [4, columns]].map((shape) => output(backend, shape));
        const inputs = [x, gamma, beta];
        const all = { ...uniforms, epsilon, leak };
        if (chunks === 1) {
          dispatch(backend, normalizeAtOnce(width), { outputs, inputs, uniforms: all, grid });
          return outputs;
        }
        const parts = output(backend, [chunks, columns, 2]);
        dispatch(backend, momentsOfChunks(width), { outputs: [parts], inputs: [x], uniforms, grid });
        dispatch(backend, normalizeByChunks(width), { outputs, inputs: [...inputs, parts], uniforms: all, grid });
        release(backend, parts);
        return outputs;
      },
    ),

    BatchNormTrainGrad: kernel<Inputs<"x" | "dy" | "kept">, { leak: number }>(({ x, dy, kept }, { leak }) => {
      if (!float32(x, dy, kept) || tf.util.sizeFromShape(x.shape) === 0) return undefined;
      const backend = webgpuBackend(tf);
      const { columns, width, chunks, grid, uniforms: tiling } = geometry(x);
      const outputs = [x.shape, [columns], [columns]].map((shape) => output(backend, shape));
      const inputs = [x, dy, kept];
      const uniforms = { ...tiling, leak };
      if (chunks === 1) {
        dispatch(backend, gradientAtOnce(width), { outputs, inputs, uniforms, grid });
        return outputs;
      }
      const parts = output(backend, [chunks, columns, 2]);
      dispatch(backend, sumsOfChunks(width), { outputs: [parts], inputs, uniforms, grid });
      dispatch(backend, gradientByChunks(width), { outputs, inputs: [...inputs, parts], uniforms, grid });
      release(backend, parts);
      return outputs;
    }),

    MoveStatistics: kernel<
      Inputs<"mean" | "variance" | "newMean" | "newVariance">,
      { momentum: number; unbiased: number }
    >(({ mean, variance, newMean, newVariance }, { momentum, unbiased }) => {
      const backend = webgpuBackend(tf);
      const [count] = mean.shape;
      const outputs = [mean, variance].map(({ shape }) => output(backend, shape));
      dispatch(backend, moveStatistics, {
        outputs,
        inputs: [mean, variance, newMean, newVariance],
        uniforms: { count, keep: 1 - momentum, momentum, unbiased },
        grid: [Math.ceil(count / threads), 1, 1],
      });
      return outputs;
    }),
  };
}

const moveStatistics = {
  label: "MoveStatistics",
  outputs: { movedMean: "f32", movedVariance: "f32" },
  inputs: { mean: "f32", variance: "f32", newMean: "f32", newVariance: "f32" },
  uniforms: { count: "u32", keep: "f32", momentum: "f32", unbiased: "f32" },
  code: `
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= uniforms.count) { return; }
  movedMean[i] = uniforms.keep * mean[i] + uniforms.momentum * newMean[i];
  movedVariance[i] = uniforms.keep * variance[i] + uniforms.momentum * (uniforms.unbiased * newVariance[i]);
}`,
} as const satisfies Program;

/** How many values, their mean, and the sum of their squared deviations from it. */
export const moments = {
  type: "vec3f",
  join: `
fn join(a: vec3f, b: vec3f) -> vec3f {
  let count = a.x + b.x;
  if (count == 0) { return a; }
  let apart = b.y - a.y;
  return vec3f(count, a.y + apart * (b.x / count), a.z + b.z + apart * apart * (a.x * b.x / count));
}`,
} as const;

/** Of the thread's rows of the chunk, read twice: the mean first. x begins at `base`. */
export const ownMoments = `
  var own = vec3f(0);
  for (var row = first; row < end; row += height) { own += vec3f(1, x[base + row * uniforms.columns + column], 0); }
  own.y /= max(own.x, 1);
  for (var row = first; row < end; row += height) {
    let apart = x[base + row * uniforms.columns + column] - own.y;
    own.z += apart * apart;
  }`;

/** What the activation makes of a value: `value` is the value itself, or the gradient that arrives at it. */
export const leaked = (value: string) => `select(uniforms.leak * ${value}, ${value}, normal_ > 0)`;

const applyMoments = `
  let variance_ = all.z / f32(uniforms.rows);
  let rstd_ = 1 / sqrt(variance_ + uniforms.epsilon);
  if (inside) {
    let scale = gamma[column] * rstd_;
    let shift = beta[column];
    for (var row = first; row < end; row += height) {
      let i = row * uniforms.columns + column;
      let normal_ = (x[i] - all.y) * scale + shift;
      y[i] = ${leaked("normal_")};
    }
    if (chunk == 0 && line == 0) {
      mean[column] = all.y;
      variance[column] = variance_;
      kept[column] = all.y;
      kept[uniforms.columns + column] = rstd_;
      kept[2 * uniforms.columns + column] = gamma[column];
      kept[3 * uniforms.columns + column] = shift;
    }
  }`;

const normalized = { y: "f32", mean: "f32", variance: "f32", kept: "f32" } as const;

const momentsOfChunks = (width: number) =>
  ({
    label: `BatchMoments/${width}`,
    outputs: { parts: "vec2<f32>" },
    inputs: { x: "f32" },
    uniforms: columnUniforms,
    code: columnCode(width, {
      ...moments,
      body: `
  let base = 0u;${ownMoments}
  let all = joined(own, thread);
  if (inside && line == 0) { parts[chunk * uniforms.columns + column] = all.yz; }`,
    }),
  }) as const satisfies Program;

const normalizeByChunks = (width: number) =>
  ({
    label: `BatchNormApply/${width}`,
    outputs: normalized,
    inputs: { x: "f32", gamma: "f32", beta: "f32", parts: "vec2<f32>" },
    uniforms: { ...columnUniforms, epsilon: "f32", leak: "f32" },
    code: columnCode(width, {
      ...moments,
      body: `
  var own = vec3f(0);
  for (var part = line; inside && part < uniforms.chunks; part += height) {
    let count = min(uniforms.rowsOfChunk, uniforms.rows - part * uniforms.rowsOfChunk);
    own = join(own, vec3f(f32(count), parts[part * uniforms.columns + column]));
  }
  let all = joined(own, thread);${applyMoments}`,
    }),
  }) as const satisfies Program;

const normalizeAtOnce = (width: number) =>
  ({
    label: `BatchNorm/${width}`,
    outputs: normalized,
    inputs: { x: "f32", gamma: "f32", beta: "f32" },
    uniforms: { ...columnUniforms, epsilon: "f32", leak: "f32" },
    code: columnCode(width, {
      ...moments,
      body: `let base = 0u;${ownMoments}\n  let all = joined(own, thread);${applyMoments}`,
    }),
  }) as const satisfies Program;

/** Σ dy and Σ dy·x̂, which are β's and γ's gradients. */
const sums = { type: "vec2f", join: "fn join(a: vec2f, b: vec2f) -> vec2f { return a + b; }" } as const;

/** What the forward pass kept of the column. */
const keptOfColumn = `
  let at = select(0, column, inside);
  let mean_ = kept[at];
  let rstd_ = kept[uniforms.columns + at];
  let scale = kept[2 * uniforms.columns + at] * rstd_;
  let shift = kept[3 * uniforms.columns + at];`;

/** x̂ of an element, and the gradient that arrives at it through the activation. */
const element = `
    let i = row * uniforms.columns + column;
    let apart = x[i] - mean_;
    let normal_ = apart * scale + shift;
    let x_ = apart * rstd_;
    let d = ${leaked("dy[i]")};`;

const ownSums = `
  var own = vec2f(0);
  for (var row = first; row < end; row += height) {${element}
    own += d * vec2f(1, x_);
  }`;

/** ∂L/∂x = γ/σ · (dy − mean(dy) − x̂ · mean(dy·x̂)) (Ioffe and Szegedy, 2015). */
const applySums = `
  if (inside) {
    let means = all / f32(uniforms.rows);
    for (var row = first; row < end; row += height) {${element}
      dx[i] = scale * (d - means.x - x_ * means.y);
    }
    if (chunk == 0 && line == 0) {
      dbeta[column] = all.x;
      dgamma[column] = all.y;
    }
  }`;

const gradients = { dx: "f32", dgamma: "f32", dbeta: "f32" } as const;
const arriving = { x: "f32", dy: "f32", kept: "f32" } as const;
const gradientUniforms = { ...columnUniforms, leak: "f32" } as const;

const sumsOfChunks = (width: number) =>
  ({
    label: `BatchNormGradSums/${width}`,
    outputs: { parts: "vec2<f32>" },
    inputs: arriving,
    uniforms: gradientUniforms,
    code: columnCode(width, {
      ...sums,
      body: `${keptOfColumn}${ownSums}
  let all = joined(own, thread);
  if (inside && line == 0) { parts[chunk * uniforms.columns + column] = all; }`,
    }),
  }) as const satisfies Program;

const gradientByChunks = (width: number) =>
  ({
    label: `BatchNormGrad/${width}`,
    outputs: gradients,
    inputs: { ...arriving, parts: "vec2<f32>" },
    uniforms: gradientUniforms,
    code: columnCode(width, {
      ...sums,
      body: `${keptOfColumn}
  var own = vec2f(0);
  for (var part = line; inside && part < uniforms.chunks; part += height) {
    own += parts[part * uniforms.columns + column];
  }
  let all = joined(own, thread);${applySums}`,
    }),
  }) as const satisfies Program;

const gradientAtOnce = (width: number) =>
  ({
    label: `BatchNormGradAtOnce/${width}`,
    outputs: gradients,
    inputs: arriving,
    uniforms: gradientUniforms,
    code: columnCode(width, {
      ...sums,
      body: `${keptOfColumn}${ownSums}\n  let all = joined(own, thread);${applySums}`,
    }),
  }) as const satisfies Program;
