/**
 * The gradient of a convolution's filter: for every tap, a product of the image's channels with dy's, summed over the batch
 * and all windows. An invocation keeps a tile of weights in registers (neighbouring taps × channels of the image × channels
 * of dy) and walks over windows row by row; what a window reads of the image serves all of dy's channels.
 *
 * Where the weights alone make too few invocations, the rows of windows are split into parts, and a second program adds the
 * parts up in order. No addition depends on which invocation comes first: the result is the same every time.
 */
import type { TensorInfo } from "../../tf.ts";
import { dispatch, integers, output, type Program, spread, type WebGPUBackend } from "../program.ts";
import { elements, type Geometry, isDepthwise } from "./geometry.ts";
import { addParts, partsOf } from "./parts.ts";

/** What one invocation computes: vectors of up to four channels of the image × vectors of dy's. */
export interface FilterTile {
  readonly images: number;
  readonly gradients: number;
}

/** The tiles to choose from; the first where nothing was measured. */
export const filterForms: readonly FilterTile[] = [
  { images: 2, gradients: 2 },
  { images: 1, gradients: 2 },
  { images: 1, gradients: 1 },
];

/** x [N, H, W, in], dy [N, H', W', out] → dfilter [kh, kw, in/groups, out]. */
export function filterGradient(
  backend: WebGPUBackend,
  x: TensorInfo,
  dy: TensorInfo,
  g: Geometry,
  tile: FilterTile,
): TensorInfo {
  const depthwise = isDepthwise(g);
  const groups = depthwise ? 1 : g.groups;
  const [kernelHeight, kernelWidth] = g.filter;
  const [inGroup, outGroup] = [depthwise ? 1 : g.filter[2], g.output[3] / groups];
  const shape = shapeOf(inGroup, outGroup, kernelWidth, depthwise, tile);
  const columns = Math.ceil(outGroup / (shape.lanes * shape.gradients));
  const rows = kernelHeight * Math.ceil(kernelWidth / shape.taps) * Math.ceil(inGroup / (shape.wide * shape.images));
  const across = Math.min(8, 2 ** Math.ceil(Math.log2(columns)));
  const down = WORKGROUP / across;
  const columnGroups = Math.ceil(columns / across);
  const rowGroups = Math.ceil(rows / down);
  const windowRows = g.output[0] * g.output[1];
  const wanted = partsOf(elements(g.filter), windowRows * g.output[2], windowRows);
  const rowsAPart = Math.ceil(windowRows / wanted);
  const parts = Math.ceil(windowRows / rowsAPart);
  const [gridX, gridY] = spread(backend, columnGroups * rowGroups);

  const sums = output(backend, parts === 1 ? g.filter : [parts, ...g.filter]);
  dispatch(backend, filterProgram(shape, across), {
    outputs: [sums],
    inputs: [x, dy],
    uniforms: {
      ...{ height: g.image[1], width: g.image[2], channels: g.image[3] },
      ...{ outHeight: g.output[1], outWidth: g.output[2], outChannels: g.output[3] },
      ...{ kernelHeight, kernelWidth, inGroup, weights: elements(g.filter), groups },
      ...{ strideY: g.stride[0], strideX: g.stride[1], top: g.before[0], left: g.before[1] },
      ...{ dilationY: g.dilation[0], dilationX: g.dilation[1] },
      ...{ windowRows, rowsAPart, columnGroups, tileRows: rows },
    },
    grid: [gridX, gridY, parts * groups],
  });
  return parts === 1 ? sums : addParts(backend, sums, g.filter, parts);
}

const WORKGROUP = 64;
/** What of a geometry makes another program. */
interface Shape {
  readonly depthwise: boolean;
  /** Channels of the image that are loaded at once. */
  readonly wide: 1 | 4;
  /** Vectors of the image's channels in a tile. */
  readonly images: number;
  /** Neighbouring taps in a tile: several where the image has few channels. */
  readonly taps: number;
  /** Channels of dy in one vector. */
  readonly lanes: 1 | 2 | 3 | 4;
  readonly whole: boolean;
  readonly gradients: number;
}

function shapeOf(inGroup: number, outGroup: number, kernelWidth: number, depthwise: boolean, tile: FilterTile): Shape {
  const wide = !depthwise && inGroup % 4 === 0 ? 4 : 1;
  const images = depthwise ? 1 : Math.min(wide === 4 ? tile.images : 4, Math.ceil(inGroup / wide));
  const taps = Math.min(kernelWidth, wide === 4 ? 1 : Math.max(1, Math.floor(4 / images)));
  const lanes = Math.min(4, outGroup) as Shape["lanes"];
  const gradients = Math.min(tile.gradients, Math.ceil(outGroup / lanes));
  return { depthwise, wide, images, taps, lanes, whole: outGroup % 4 === 0, gradients };
}

const uniforms = integers(
  ...(["height", "width", "channels", "outHeight", "outWidth", "outChannels", "kernelHeight", "kernelWidth"] as const),
  ...(["inGroup", "weights", "groups", "strideY", "strideX", "top", "left", "dilationY", "dilationX"] as const),
  ...(["windowRows", "rowsAPart", "columnGroups", "tileRows"] as const),
);

const programs = new Map<string, Program<typeof uniforms>>();

function filterProgram(shape: Shape, across: number): Program<typeof uniforms> {
  const { wide, depthwise, lanes, whole, images, taps, gradients } = shape;
  const layout = `${wide}${depthwise ? "d" : "x"}${lanes}${whole ? "" : "p"}`;
  const label = `ConvolutionFilterGradient ${layout} ${taps}x${images}x${gradients} ${across}`;
  let program = programs.get(label);
  if (!program) programs.set(label, (program = { label, ...written(shape, across) }));
  return program;
}

function written(shape: Shape, across: number): Omit<Program<typeof uniforms>, "label"> {
  const { depthwise, wide, images, taps, lanes, whole, gradients } = shape;
  const each = (count: number, f: (i: number) => string) => Array.from({ length: count }, (_, i) => f(i)).join("\n");
  const value = lanes === 1 ? "f32" : `vec${lanes}<f32>`;
  const channels = wide === 4 ? [".x", ".y", ".z", ".w"] : [""];
  const components = lanes === 1 ? [""] : [".x", ".y", ".z", ".w"].slice(0, lanes);
  const tile = (f: (tap: number, image: number, gradient: number) => string) =>
    each(taps, (t) => each(images, (i) => each(gradients, (j) => f(t, i, j))));
  const sum = (t: number, i: number, k: number, j: number) => `sum${t}_${i}_${k}_${j}`;

  return {
    outputs: { result: whole ? "vec4<f32>" : "f32" },
    inputs: {
      x: wide === 4 || (depthwise && whole) ? "vec4<f32>" : "f32",
      dy: whole ? "vec4<f32>" : "f32",
    },
    uniforms,
    code: `
@compute @workgroup_size(${across}, ${WORKGROUP / across})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let u = uniforms;
  let index = i32(workgroup.x + workgroup.y * workgroups.x);
  let group = i32(workgroup.z) % u.groups;
  let part = i32(workgroup.z) / u.groups;
  let outGroup = u.outChannels / u.groups;
  let first = ((index % u.columnGroups) * ${across} + i32(local.x)) * ${lanes * gradients};
  let row = (index / u.columnGroups) * ${WORKGROUP / across} + i32(local.y);
  if (first >= outGroup || row >= u.tileRows) { return; }
  let imageTiles = (u.inGroup + ${wide * images - 1}) / ${wide * images};
  let firstImage = (row % imageTiles) * ${wide * images};
  let tapTiles = (u.kernelWidth + ${taps - 1}) / ${taps};
  let kx = (row / imageTiles) % tapTiles * ${taps};
  let ky = row / (imageTiles * tapTiles);

  ${each(images, (i) => `let image${i} = min(firstImage + ${i * wide}, u.inGroup - ${wide});`)}
  ${each(gradients, (j) => `let channel${j} = min(first + ${j * lanes}, outGroup - ${whole ? lanes : 1});`)}
  ${tile((t, i, j) => channels.map((_, k) => `var ${sum(t, i, k, j)} = ${value}();`).join("\n"))}

  // The windows of a row that any of the tile's taps meets inside the image.
  ${each(taps, (t) => `let reach${t} = (kx + ${t}) * u.dilationX - u.left;`)}
  let begin = max(0, (u.strideX - 1 - reach${taps - 1}) / u.strideX);
  let end = select(0, min(u.outWidth, (u.width - 1 - reach0) / u.strideX + 1), reach0 < u.width);
  let lastRow = min(u.windowRows, (part + 1) * u.rowsAPart);
  for (var at = part * u.rowsAPart; at < lastRow; at++) {
    let n = at / u.outHeight;
    let y = (at % u.outHeight) * u.strideY - u.top + ky * u.dilationY;
    if (u32(y) >= u32(u.height)) { continue; }
    let imageRow = (n * u.height + y) * u.width;
    for (var window = begin; window < end; window++) {
      let gradientAt = (at * u.outWidth + window) * u.outChannels + group * outGroup;
      ${each(gradients, (j) => `let d${j} = ${vectorOf("dy", "gradientAt", j)};`)}
      ${each(taps, readTap)}
      ${tile(multiplyAdd)}
    }
  }
  ${tile(store)}
}`,
  };

  function vectorOf(buffer: "x" | "dy", start: string, j: number): string {
    if (whole) return `${buffer}[(${start} + channel${j}) / 4]`;
    return `${value}(${components.map((_, k) => `${buffer}[${start} + min(channel${j} + ${k}, outGroup - 1)]`).join(", ")})`;
  }

  function readTap(t: number): string {
    const zero = depthwise ? `${value}()` : wide === 4 ? "vec4<f32>()" : "0.0";
    const read = (i: number) =>
      depthwise ? vectorOf("x", `imageAt${t}`, i) : `x[(imageAt${t} + image${i}) / ${wide}]`;
    // One tap alone is inside for every window of the row.
    const load = (i: number) => (taps > 1 ? `select(${zero}, ${read(i)}, inside${t})` : read(i));
    return `let position${t} = window * u.strideX + reach${t};
      let inside${t} = u32(position${t}) < u32(u.width);
      let imageAt${t} = (imageRow + select(0, position${t}, inside${t})) * u.channels + group * u.inGroup;
      ${each(depthwise ? gradients : images, (i) => `let v${t}_${i} = ${load(i)};`)}`;
  }

  function multiplyAdd(t: number, i: number, j: number): string {
    if (depthwise) return `${sum(t, i, 0, j)} += v${t}_${j} * d${j};`;
    return channels.map((part, k) => `${sum(t, i, k, j)} += v${t}_${i}${part} * d${j};`).join("\n");
  }

  function store(t: number, i: number, j: number): string {
    return channels
      .map((_, k) => {
        const image = `firstImage + ${i * wide + k}`;
        const tap = `ky * u.kernelWidth + kx + ${t}`;
        const start = `part * u.weights + ((${tap}) * u.inGroup + ${image}) * u.outChannels + group * outGroup`;
        const known = `${image} < u.inGroup && kx + ${t} < u.kernelWidth`;
        const channel = `first + ${j * lanes}`;
        if (whole)
          return `if (${known} && ${channel} < outGroup) { result[(${start} + ${channel}) / 4] = ${sum(t, i, k, j)}; }`;
        return components
          .map(
            (part, l) =>
              `if (${known} && ${channel} + ${l} < outGroup) { result[${start} + ${channel} + ${l}] = ${sum(t, i, k, j)}${part}; }`,
          )
          .join("\n");
      })
      .join("\n");
  }
}
