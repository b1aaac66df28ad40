/**
 * MaxPoolFirst {x [N, H, W, C]} {tall, wide} → y · MaxPoolFirstGrad {x, dy} {tall, wide} → dx (runtime/pooling.ts), one dispatch each.
 * A place's gradient is gathered from the windows that it lies in: no two threads write to one.
 */
import type { PoolWindows } from "../pooling.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, integers, isNaN, output, type Program, spread, webgpuBackend } from "./program.ts";

type Windows = Record<"tall" | "wide", PoolWindows>;

export function poolingKernels(tf: Tf): KernelTable {
  const size = ({ shape }: TensorInfo) => tf.util.sizeFromShape(shape);
  const run = (program: Program<typeof uniforms>, y: number[], inputs: TensorInfo[], { tall, wide }: Windows) => {
    const backend = webgpuBackend(tf);
    const result = output(backend, y);
    const count = size(result);
    const [, height, width, channels] = inputs[0].shape;
    dispatch(backend, program, {
      outputs: [result],
      inputs,
      uniforms: {
        ...{ count, height, width, channels, rows: tall.count, columns: wide.count },
        ...{ tall: tall.kernel, down: tall.stride, above: tall.padding },
        ...{ wide: wide.kernel, across: wide.stride, before: wide.padding },
      },
      grid: spread(backend, Math.ceil(count / threads)),
    });
    return result;
  };

  return {
    MaxPoolFirst: kernel<{ x: TensorInfo }, Windows>(({ x }, windows) => {
      const [batch, , , channels] = x.shape;
      const shape = [batch, windows.tall.count, windows.wide.count, channels];
      return float32(x) && size(x) > 0 ? run(maxima, shape, [x], windows) : undefined;
    }),
    MaxPoolFirstGrad: kernel<Record<"x" | "dy", TensorInfo>, Windows>(({ x, dy }, windows) =>
      float32(x, dy) && size(x) > 0 ? run(gradient, x.shape, [x, dy], windows) : undefined,
    ),
  };
}

const threads = 64;

const uniforms = integers(
  ...(["count", "height", "width", "channels", "rows", "columns"] as const),
  ...(["tall", "down", "above", "wide", "across", "before"] as const),
);

/** The place of the largest value of a window, the first of equal ones; a NaN is larger than all. */
const first = `${isNaN}
fn firstOf(image: i32, channel: i32, row: i32, column: i32) -> i32 {
  let u = uniforms;
  let top = row * u.down - u.above;
  let left = column * u.across - u.before;
  var best = -1;
  for (var h = max(top, 0); h < min(top + u.tall, u.height); h++) {
    for (var w = max(left, 0); w < min(left + u.wide, u.width); w++) {
      let at = ((image * u.height + h) * u.width + w) * u.channels + channel;
      if (best < 0) { best = at; }
      if (x[at] > x[best] || (isNaN(x[at]) && !isNaN(x[best]))) { best = at; }
    }
  }
  return best;
}`;

const maxima = {
  label: "MaxPoolFirst",
  outputs: { y: "f32" },
  inputs: { x: "f32" },
  uniforms,
  code: `${first}${entry(
    threads,
    `
  let u = uniforms;
  let i = i32(group * ${threads} + thread);
  if (i >= u.count) { return; }
  let pixel = i / u.channels;
  let row = pixel / u.columns;
  y[i] = x[firstOf(row / u.rows, i % u.channels, row % u.rows, pixel % u.columns)];`,
  )}`,
} as const satisfies Program;

const gradient = {
  label: "MaxPoolFirstGrad",
  outputs: { dx: "f32" },
  inputs: { x: "f32", dy: "f32" },
  uniforms,
  code: `${first}${entry(
    threads,
    `
  let u = uniforms;
  let i = i32(group * ${threads} + thread);
  if (i >= u.count) { return; }
  let channel = i % u.channels;
  let w = i / u.channels % u.width;
  let h = i / u.channels / u.width % u.height;
  let image = i / u.channels / u.width / u.height;
  // windows that reach it begin at most a kernel before it, and not after it
  let firstRow = max(0, (h + u.above - u.tall + u.down) / u.down);
  let firstColumn = max(0, (w + u.before - u.wide + u.across) / u.across);
  var sum = 0.0;
  for (var row = firstRow; row < u.rows && row * u.down - u.above <= h; row++) {
    for (var column = firstColumn; column < u.columns && column * u.across - u.before <= w; column++) {
      if (firstOf(image, channel, row, column) == i) {
        sum += dy[((image * u.rows + row) * u.columns + column) * u.channels + channel];
      }
    }
  }
  dx[i] = sum;`,
  )}`,
} as const satisfies Program;
