/**
 * Functions of each value alone (runtime/pointwise.ts) in one dispatch each way: Pointwise {x} {of, …} → y · PointwiseGrad {x, dy}
 * {of, …} → dx · PReluTrain {x, slope} → y · PReluTrainGrad {x, slope, dy} → [dx, dslope], in a second dispatch where many values
 * share a slope. NaN stays NaN.
 */
import type { PointwiseFunction } from "../pointwise.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { columnCode, columnUniforms, tile } from "./columns.ts";
import { dispatch, entry, isNaN, output, type Program, release, spread, webgpuBackend } from "./program.ts";
import { sum } from "./reduction.ts";

type Inputs<Name extends string> = Record<Name, TensorInfo>;

export function pointwiseKernels(tf: Tf): KernelTable {
  const size = ({ shape }: TensorInfo) => tf.util.sizeFromShape(shape);
  const covers = (...tensors: TensorInfo[]) => float32(...tensors) && size(tensors[0]) > 0;

  /** One output like the first input, one thread for a value of it. */
  const eachValue = (program: Program<typeof uniforms>, inputs: TensorInfo[], a: number, b: number) => {
    const backend = webgpuBackend(tf);
    const y = output(backend, inputs[0].shape);
    const count = size(y);
    const grid = spread(backend, Math.ceil(count / threads));
    dispatch(backend, program, { outputs: [y], inputs, uniforms: { count, a, b }, grid });
    return y;
  };

  return {
    Pointwise: kernel<Inputs<"x">, PointwiseFunction>(({ x }, f) =>
      covers(x) ? eachValue(valueOf(f.of), [x], ...numbersOf(f)) : undefined,
    ),

    PointwiseGrad: kernel<Inputs<"x" | "dy">, PointwiseFunction>(({ x, dy }, f) =>
      covers(x, dy) ? eachValue(gradientOf(f.of), [x, dy], ...numbersOf(f)) : undefined,
    ),

    PReluTrain: kernel<Inputs<"x" | "slope">>(({ x, slope }) =>
      covers(x, slope) ? eachValue(prelu, [x, slope], size(slope), 0) : undefined,
    ),

    PReluTrainGrad: kernel<Inputs<"x" | "slope" | "dy">>(({ x, slope, dy }) => {
      if (!covers(x, slope, dy)) return undefined;
      const backend = webgpuBackend(tf);
      const columns = size(slope);
      const rows = size(x) / columns;
      const { width, chunks, rowsOfChunk, grid } = tile(rows, columns);
      const dx = output(backend, x.shape);
      const dslope = chunks === 1 ? output(backend, slope.shape) : output(backend, [chunks, columns]);
      dispatch(backend, preluGradient(width), {
        outputs: [dx, dslope],
        inputs: [x, slope, dy],
        uniforms: { rows, columns, rowsOfChunk, chunks },
        grid,
      });
      if (chunks === 1) return [dx, dslope];
      const whole = sum(backend, dslope, slope.shape, { outer: 1, count: chunks, inner: columns }, 1);
      release(backend, dslope);
      return [dx, whole];
    }),
  };
}

function numbersOf(f: PointwiseFunction): [number, number] {
  if (f.of === "elu") return [f.alpha, f.scale];
  return f.of === "clip" ? [f.min, f.max] : [0, 0];
}

const threads = 256;

/** `a` and `b` are the function's numbers; of PReLU `a` is how many slopes there are. */
const uniforms = { count: "u32", a: "f32", b: "f32" } as const;

/** In WGSL, of x: the function and its slope. */
const functions: Readonly<Record<PointwiseFunction["of"], { readonly value: string; readonly slope: string }>> = {
  elu: {
    value: "uniforms.b * select(uniforms.a * exponentialLess1(x), x, x > 0)",
    slope: "uniforms.b * select(uniforms.a * exp(x), 1, x > 0)",
  },
  silu: { value: "x * sigmoid(x)", slope: "sigmoid(x) * (1 + x * (1 - sigmoid(x)))" },
  gelu: {
    value: "x * normalBelow(x)",
    slope: "normalBelow(x) + x * exp(-0.5 * x * x) * 0.3989422804014327",
  },
  "gelu-tanh": { value: "0.5 * x * (1 + bent(x))", slope: "slopeOfBent(x, bent(x))" },
  clip: {
    value: "select(select(x, uniforms.a, x < uniforms.a), uniforms.b, x > uniforms.b)",
    slope: "select(0f, 1f, x >= uniforms.a && x <= uniforms.b)",
  },
};

/**
 * eˣ − 1 by its series near 0, where the difference has no digits. Φ(x) by Abramowitz and Stegun, 7.1.26, right to 8e-8. GELU's
 * other form is x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))) (Hendrycks and Gimpel, 2016).
 */
const helpers = `
fn exponentialLess1(x: f32) -> f32 {
  return select(exp(x) - 1, x * (1 + x * (0.5 + x * (0.16666667 + x * 0.041666668))), abs(x) < 0.1);
}
fn sigmoid(x: f32) -> f32 { return 1 / (1 + exp(-x)); }
fn normalBelow(x: f32) -> f32 {
  let z = abs(x) * 0.7071067811865475;
  let t = 1 / (1 + 0.3275911 * z);
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * p * exp(-z * z);
  return select(tail, 1 - tail, x > 0);
}
fn bent(x: f32) -> f32 { return tanh(clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), -15, 15)); }
fn slopeOfBent(x: f32, t: f32) -> f32 {
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x * x);
}`;

const valueOf = (of: PointwiseFunction["of"]) =>
  ({
    label: `Pointwise/${of}`,
    outputs: { y: "f32" },
    inputs: { values: "f32" },
    uniforms,
    code: `${isNaN}${helpers}${entry(
      threads,
      `
  let i = group * ${threads} + thread;
  if (i >= uniforms.count) { return; }
  let x = values[i];
  y[i] = select(${functions[of].value}, x, isNaN(x));`,
    )}`,
  }) as const satisfies Program;

const gradientOf = (of: PointwiseFunction["of"]) =>
  ({
    label: `PointwiseGrad/${of}`,
    outputs: { dx: "f32" },
    inputs: { values: "f32", dy: "f32" },
    uniforms,
    code: `${helpers}${entry(
      threads,
      `
  let i = group * ${threads} + thread;
  if (i >= uniforms.count) { return; }
  let x = values[i];
  dx[i] = dy[i] * (${functions[of].slope});`,
    )}`,
  }) as const satisfies Program;

const prelu = {
  label: "PReluTrain",
  outputs: { y: "f32" },
  inputs: { x: "f32", slope: "f32" },
  uniforms,
  code: entry(
    threads,
    `
  let i = group * ${threads} + thread;
  if (i < uniforms.count) { y[i] = select(slope[i % u32(uniforms.a)] * x[i], x[i], x[i] > 0); }`,
  ),
} as const satisfies Program;

/** dslope is of each chunk of the rows. */
const preluGradient = (width: number) =>
  ({
    label: `PReluTrainGrad/${width}`,
    outputs: { dx: "f32", dslope: "f32" },
    inputs: { x: "f32", slope: "f32", dy: "f32" },
    uniforms: columnUniforms,
    code: columnCode(width, {
      type: "f32",
      join: "fn join(a: f32, b: f32) -> f32 { return a + b; }",
      body: `
  var own = 0.0;
  let slope_ = slope[select(0, column, inside)];
  for (var row = first; row < end; row += height) {
    let i = row * uniforms.columns + column;
    let above = x[i] > 0;
    dx[i] = dy[i] * select(slope_, 1, above);
    own += select(dy[i] * x[i], 0, above);
  }
  let all = joined(own, thread);
  if (inside && line == 0) { dslope[chunk * uniforms.columns + column] = all; }`,
    }),
  }) as const satisfies Program;
