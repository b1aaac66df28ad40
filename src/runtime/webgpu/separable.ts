/**
 * SeparableMap {x [N, H, W, C]} {tall, wide} → [N, tall's places, wide's places, C] (runtime/separable.ts): a thread adds all that
 * one value is made of. Where that is much, as in an average of a whole image, columns and rows are added in a dispatch each.
 */
import type { AxisMap } from "../separable.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import { float32, kernel, type KernelTable } from "../wasm/registry.ts";
import { dispatch, entry, integers, output, type Program, release, spread, webgpuBackend } from "./program.ts";

export function separableKernels(tf: Tf): KernelTable {
  const run = (x: TensorInfo, tall: AxisMap, wide: AxisMap): TensorInfo => {
    const backend = webgpuBackend(tf);
    const [batch, height, width, channels] = x.shape;
    const [rows, columns] = [placesOf(tall), placesOf(wide)];
    const y = output(backend, [batch, rows, columns, channels]);
    const count = tf.util.sizeFromShape(y.shape);
    const words = [...wordsOf(tall), ...wordsOf(wide)].flatMap((list) => [...list]);
    const maps = backend.makeTensorInfo([words.length], "int32", Int32Array.from(words));
    dispatch(backend, program, {
      outputs: [y],
      inputs: [x, maps],
      uniforms: { count, height, width, channels, rows, columns, tall: tall.places.length, wide: wide.places.length },
      grid: spread(backend, Math.ceil(count / threads)),
    });
    release(backend, maps);
    return y;
  };

  return {
    SeparableMap: kernel<{ x: TensorInfo }, Record<"tall" | "wide", AxisMap>>(({ x }, { tall, wide }) => {
      const [batch, , , channels] = x.shape;
      if (!float32(x) || batch * placesOf(tall) * placesOf(wide) * channels === 0) return undefined;
      if (mostTaps(tall) * mostTaps(wide) <= mostOfThread) return run(x, tall, wide);
      const narrow = run(x, unchanged(tall.size), wide);
      const y = run(narrow, tall, unchanged(placesOf(wide)));
      release(webgpuBackend(tf), narrow);
      return y;
    }),
  };
}

const threads = 128;

/** Products of one value; a blur of 4 × 4 is well below. */
const mostOfThread = 64;

const placesOf = ({ starts }: AxisMap): number => starts.length - 1;

const mostTaps = ({ starts }: AxisMap): number =>
  starts.reduce((most, start, i) => (i === 0 ? most : Math.max(most, start - starts[i - 1])), 1);

/** A map's three lists; weights by their bits. */
const wordsOf = ({ starts, places, weights }: AxisMap): readonly Int32Array[] => [
  starts,
  places,
  new Int32Array(weights.buffer, weights.byteOffset, weights.length),
];

const unchanged = (size: number): AxisMap => ({
  size,
  starts: Int32Array.from({ length: size + 1 }, (_, i) => i),
  places: Int32Array.from({ length: size }, (_, i) => i),
  weights: new Float32Array(size).fill(1),
});

/** `tall` and `wide` are how long the lists of places are. */
const program = {
  label: "SeparableMap",
  outputs: { y: "f32" },
  inputs: { x: "f32", maps: "i32" },
  uniforms: integers("count", "height", "width", "channels", "rows", "columns", "tall", "wide"),
  code: entry(
    threads,
    `
  let u = uniforms;
  let i = i32(group * ${threads} + thread);
  if (i >= u.count) { return; }
  let channel = i % u.channels;
  let column = i / u.channels % u.columns;
  let row = i / u.channels / u.columns % u.rows;
  let image = i / u.channels / u.columns / u.rows;
  let tallPlaces = u.rows + 1;
  let wideStarts = tallPlaces + 2 * u.tall;
  let widePlaces = wideStarts + u.columns + 1;
  var sum = 0.0;
  for (var h = maps[row]; h < maps[row + 1]; h++) {
    let line = (image * u.height + maps[tallPlaces + h]) * u.width;
    var part = 0.0;
    for (var w = maps[wideStarts + column]; w < maps[wideStarts + column + 1]; w++) {
      part += bitcast<f32>(maps[widePlaces + u.wide + w]) * x[(line + maps[widePlaces + w]) * u.channels + channel];
    }
    sum += bitcast<f32>(maps[tallPlaces + u.tall + h]) * part;
  }
  y[i] = sum;`,
  ),
} as const satisfies Program;
