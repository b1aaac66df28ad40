/** PixelShuffle {x} {factor, inverse} → y (runtime/layout.ts) in one dispatch, where tfjs transposes twice. */
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, output, type Program, spread, webgpuBackend } from "./program.ts";

export function movingKernels(tf: Tf): KernelTable {
  return {
    PixelShuffle: kernel<{ x: TensorInfo }, { factor: number; inverse: boolean }>(({ x }, { factor: r, inverse }) => {
      const count = tf.util.sizeFromShape(x.shape);
      if (!float32(x) || count === 0) return undefined;
      const backend = webgpuBackend(tf);
      const [batch, height, width, channels] = x.shape;
      const y = output(
        backend,
        inverse ? [batch, height / r, width / r, channels * r * r] : [batch, height * r, width * r, channels / (r * r)],
      );
      const [, , columns, each] = inverse ? x.shape : y.shape;
      dispatch(backend, inverse ? gather : shuffle, {
        outputs: [y],
        inputs: [x],
        uniforms: { count, columns, channels: each, r },
        grid: spread(backend, Math.ceil(count / threads)),
      });
      return y;
    }),
  };
}

const threads = 256;

/** Threads count the pixels of the wide image; the narrow one's channels are (channel, row, column) of the r × r. */
const program = (label: string, move: string) =>
  ({
    label,
    outputs: { y: "f32" },
    inputs: { x: "f32" },
    uniforms: { count: "u32", columns: "u32", channels: "u32", r: "u32" },
    code: entry(
      threads,
      `
  let wide = group * ${threads} + thread;
  if (wide >= uniforms.count) { return; }
  let r = uniforms.r;
  let channel = wide % uniforms.channels;
  let column = wide / uniforms.channels % uniforms.columns;
  let row = wide / uniforms.channels / uniforms.columns; // of all images: their heights are multiples of r
  let pixel = row / r * (uniforms.columns / r) + column / r;
  let narrow = (pixel * uniforms.channels + channel) * r * r + row % r * r + column % r;
  ${move};`,
    ),
  }) as const satisfies Program;

const shuffle = program("PixelShuffle", "y[wide] = x[narrow]");
const gather = program("PixelUnshuffle", "y[narrow] = x[wide]");
