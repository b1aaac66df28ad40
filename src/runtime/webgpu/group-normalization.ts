/**
 * Normalization of each sample over the pixels of groups of channels (runtime/wasm/sample-normalization.ts has the kernels' inputs
 * and outputs). Channels are columns as in batch normalization, every sample by itself; a second dispatch joins the chunks of the
 * pixels and the channels of a group, in a fixed order.
 */
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { columnCode, columnUniforms, tile } from "./columns.ts";
import { leaked, moments, ownMoments } from "./normalization.ts";
import { dispatch, output, type Program, release, webgpuBackend } from "./program.ts";
import { sum } from "./reduction.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function groupNormalizationKernels(tf: Tf): KernelTable {
  const geometry = ({ shape }: TensorInfo, gamma: TensorInfo, groups: number) => {
    const [samples, columns] = [shape[0], shape[shape.length - 1]];
    const rows = tf.util.sizeFromShape(shape) / (samples * columns);
    const { width, chunks, rowsOfChunk, grid } = tile(rows, columns);
    const step = gamma.shape.length === 1 ? 0 : columns;
    const uniforms = { rows, columns, rowsOfChunk, chunks, size: columns / groups, samples, step };
    return { samples, columns, width, chunks, grid: [grid[0], grid[1], samples] as const, uniforms };
  };
  const covers = (...tensors: TensorInfo[]) => float32(...tensors) && tf.util.sizeFromShape(tensors[0].shape) > 0;

  return {
    GroupNorm: kernel<Inputs<"x" | "gamma" | "beta">, { groups: number; epsilon: number; leak: number }>(
      ({ x, gamma, beta }, { groups, epsilon, leak }) => {
        if (!covers(x, gamma, beta)) return undefined;
        const backend = webgpuBackend(tf);
        const { samples, columns, width, chunks, grid, uniforms } = geometry(x, gamma, groups);
        const parts = output(backend, [samples, chunks, columns, 2]);
        const outputs = [x.shape, [samples, columns], [samples, columns]].map((shape) => output(backend, shape));
        dispatch(backend, momentsOfChunks(width), { outputs: [parts], inputs: [x], uniforms, grid });
        const call = { outputs, inputs: [x, gamma, beta, parts], uniforms: { ...uniforms, epsilon, leak }, grid };
        dispatch(backend, normalize(width), call);
        release(backend, parts);
        return outputs;
      },
    ),

    GroupNormGrad: kernel<Inputs<"x" | "dy" | "gamma" | "beta" | "mean" | "rstd">, { groups: number; leak: number }>(
      ({ x, dy, gamma, beta, mean, rstd }, { groups, leak }) => {
        if (!covers(x, dy, gamma, beta, mean, rstd)) return undefined;
        const backend = webgpuBackend(tf);
        const { samples, columns, width, chunks, grid, uniforms: tiling } = geometry(x, gamma, groups);
        const uniforms = { ...tiling, leak };
        const parts = output(backend, [samples * (chunks + 2), columns, 2]);
        const own = samples === 1 ? gamma.shape : [samples, columns]; // each sample's share of γ's and β's gradients
        const outputs = [x.shape, own, own].map((shape) => output(backend, shape));
        dispatch(backend, sumsOfChunks(width), {
          outputs: [parts],
          inputs: [x, dy, gamma, beta, mean, rstd],
          uniforms,
          grid,
        });
        dispatch(backend, gradient(width), { outputs, inputs: [x, dy, parts], uniforms, grid });
        release(backend, parts);
        if (gamma.shape.length > 1 || samples === 1) return outputs;
        const [dx, ...shares] = outputs;
        const added = shares.map((share) =>
          sum(backend, share, gamma.shape, { outer: 1, count: samples, inner: columns }, 1),
        );
        for (const share of shares) release(backend, share);
        return [dx, ...added];
      },
    ),
  };
}

const uniforms = { ...columnUniforms, size: "u32", samples: "u32", step: "u32" } as const;

/** Where a sample begins, and this channel in tensors [N, C]. */
const place = `
  let sample = group.z;
  let base = sample * uniforms.rows * uniforms.columns;
  let channel = sample * uniforms.columns + select(0, column, inside);`;

/** Parts are of chunks of samples, [N, chunks, C]. */
const partOf = (chunk: string, column: string) =>
  `parts[(sample * uniforms.chunks + ${chunk}) * uniforms.columns + ${column}]`;

/** Runs over all parts of the channel's group: chunk `part` of channel `other`. */
const overGroup = (line: string) => `
  let firstOfGroup = column / uniforms.size * uniforms.size;
  for (var k = line; inside && k < uniforms.chunks * uniforms.size; k += height) {
    let part = k / uniforms.size;
    let other = firstOfGroup + k % uniforms.size;
    ${line}
  }`;

const momentsOfChunks = (width: number) =>
  ({
    label: `GroupMoments/${width}`,
    outputs: { parts: "vec2<f32>" },
    inputs: { x: "f32" },
    uniforms,
    code: columnCode(width, {
      ...moments,
      body: `${place}${ownMoments}
  let all = joined(own, thread);
  if (inside && line == 0) { ${partOf("chunk", "column")} = all.yz; }`,
    }),
  }) as const satisfies Program;

const normalize = (width: number) =>
  ({
    label: `GroupNorm/${width}`,
    outputs: { y: "f32", mean: "f32", rstd: "f32" },
    inputs: { x: "f32", gamma: "f32", beta: "f32", parts: "vec2<f32>" },
    uniforms: { ...uniforms, epsilon: "f32", leak: "f32" },
    code: columnCode(width, {
      ...moments,
      body: `${place}
  var own = vec3f(0);${overGroup(`
    let count = min(uniforms.rowsOfChunk, uniforms.rows - part * uniforms.rowsOfChunk);
    own = join(own, vec3f(f32(count), ${partOf("part", "other")}));`)}
  let all = joined(own, thread);
  let rstd_ = 1 / sqrt(all.z / f32(uniforms.rows * uniforms.size) + uniforms.epsilon);
  if (inside) {
    let scale = gamma[sample * uniforms.step + column] * rstd_;
    let shift = beta[sample * uniforms.step + column];
    for (var row = first; row < end; row += height) {
      let i = base + row * uniforms.columns + column;
      let normal_ = (x[i] - all.y) * scale + shift;
      y[i] = ${leaked("normal_")};
    }
    if (chunk == 0 && line == 0) {
      mean[channel] = all.y;
      rstd[channel] = rstd_;
    }
  }`,
    }),
  }) as const satisfies Program;

/** x̂ of an element, and the gradient that arrives at it through the activation. `affine` is γ and β. */
const element = `
    let i = base + row * uniforms.columns + column;
    let apart = x[i] - statistics.x;
    let normal_ = apart * (affine.x * statistics.y) + affine.y;
    let x_ = apart * statistics.y;
    let d = ${leaked("dy[i]")};`;

/** Leaves each channel's mean and 1/σ, then its γ and β, behind the sums: a program binds eight tensors at most. */
const sumsOfChunks = (width: number) =>
  ({
    label: `GroupNormGradSums/${width}`,
    outputs: { parts: "vec2<f32>" },
    inputs: { x: "f32", dy: "f32", gamma: "f32", beta: "f32", mean: "f32", rstd: "f32" },
    uniforms: { ...uniforms, leak: "f32" },
    code: columnCode(width, {
      type: "vec2f",
      join: "fn join(a: vec2f, b: vec2f) -> vec2f { return a + b; }",
      body: `${place}
  let statistics = vec2f(mean[channel], rstd[channel]);
  let at = sample * uniforms.step + select(0, column, inside);
  let affine = vec2f(gamma[at], beta[at]);
  var own = vec2f(0);
  for (var row = first; row < end; row += height) {${element}
    own += d * vec2f(1, x_);
  }
  let all = joined(own, thread);
  if (inside && line == 0) {
    ${partOf("chunk", "column")} = all;
    if (chunk == 0) {
      let behind = uniforms.samples * uniforms.chunks * uniforms.columns + channel;
      parts[behind] = statistics;
      parts[behind + uniforms.samples * uniforms.columns] = affine;
    }
  }`,
    }),
  }) as const satisfies Program;

/** ∂L/∂x = (γ·dy − mean(γ·dy) − x̂ · mean(γ·dy·x̂)) / σ with means over the group. */
const gradient = (width: number) =>
  ({
    label: `GroupNormGrad/${width}`,
    outputs: { dx: "f32", dgamma: "f32", dbeta: "f32" },
    inputs: { x: "f32", dy: "f32", parts: "vec2<f32>" },
    uniforms: { ...uniforms, leak: "f32" },
    code: columnCode(width, {
      type: "vec4f",
      join: "fn join(a: vec4f, b: vec4f) -> vec4f { return a + b; }",
      body: `${place}
  let behind = uniforms.samples * uniforms.chunks * uniforms.columns;
  let affines = behind + uniforms.samples * uniforms.columns;
  var own = vec4f(0); // the group's sums, with γ, and the channel's
  ${overGroup(`
    let sums = ${partOf("part", "other")};
    own += vec4f(sums * parts[affines + sample * uniforms.columns + other].x, select(vec2f(0), sums, other == column));`)}
  let all = joined(own, thread);
  if (inside) {
    let statistics = parts[behind + channel];
    let affine = parts[affines + channel];
    let means = all.xy / f32(uniforms.rows * uniforms.size);
    for (var row = first; row < end; row += height) {${element}
      dx[i] = (affine.x * d - means.x - x_ * means.y) * statistics.y;
    }
    if (chunk == 0 && line == 0) {
      dbeta[channel] = all.z;
      dgamma[channel] = all.w;
    }
  }`,
    }),
  }) as const satisfies Program;
