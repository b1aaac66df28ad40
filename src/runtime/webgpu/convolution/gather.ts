/**
 * The convolution and its input gradient, which is also the transposed convolution, as one WGSL program. Both gather: every
 * value of the result is a sum over the filter's taps of what lies at one pixel of the source, times weights.
 *
 * The input gradient with stride s falls into s² phases: pixels of the same remainder by s meet the same taps, so each phase
 * is a convolution of stride 1 with a part of the filter, and no product with a zero is ever computed. All phases are one
 * dispatch; the workgroup's z says which (times the groups).
 *
 * An invocation keeps a tile of pixels × channels in registers and walks over taps and channels in order: the sum's order is
 * fixed, and the result is the same every time.
 */
import type { TensorInfo } from "../../tf.ts";
import { dispatch, integers, output, type Program, spread, type WebGPUBackend } from "../program.ts";
import { type Geometry, isDepthwise } from "./geometry.ts";

export type Direction = "forward" | "backward";

/** What one invocation computes: so many pixels, and so many vectors of up to four channels. */
export interface GatherTile {
  readonly pixels: number;
  readonly vectors: number;
}

/** The tiles to choose from; the first where nothing was measured. */
export const gatherTiles: readonly GatherTile[] = [
  { pixels: 4, vectors: 2 },
  { pixels: 4, vectors: 1 },
  { pixels: 8, vectors: 1 },
  { pixels: 2, vectors: 2 },
];

/** Forward: x [N, H, W, in] → y [N, H', W', out]. Backward: dy [N, H', W', out] → dx [N, H, W, in]. */
export function gather(
  backend: WebGPUBackend,
  direction: Direction,
  source: TensorInfo,
  filter: TensorInfo,
  g: Geometry,
  tile: GatherTile,
): TensorInfo {
  const forward = direction === "forward";
  const [from, to] = forward ? [g.image, g.output] : [g.output, g.image];
  const depthwise = isDepthwise(g);
  const groups = depthwise ? 1 : g.groups;
  const shape = shapeOf(from[3] / groups, to[3] / groups, depthwise, direction);
  const phases = forward ? [1, 1] : g.stride;
  const pixels = to[0] * Math.ceil(to[1] / phases[0]) * Math.ceil(to[2] / phases[1]);
  const columns = Math.ceil(to[3] / groups / (shape.lanes * tile.vectors));
  const across = Math.min(8, 2 ** Math.ceil(Math.log2(columns)));
  const down = WORKGROUP / across;
  const columnGroups = Math.ceil(columns / across);
  const rowGroups = Math.ceil(pixels / tile.pixels / down);
  const [x, y] = spread(backend, columnGroups * rowGroups);

  const result = output(backend, to);
  dispatch(backend, gatherProgram(shape, tile, across), {
    outputs: [result],
    inputs: [source, filter],
    uniforms: {
      ...{ fromHeight: from[1], fromWidth: from[2], fromChannels: from[3] },
      ...{ toHeight: to[1], toWidth: to[2], toChannels: to[3] },
      ...{ phaseHeight: Math.ceil(to[1] / phases[0]), phaseWidth: Math.ceil(to[2] / phases[1]), pixels },
      ...{ kernelHeight: g.filter[0], kernelWidth: g.filter[1], strideY: g.stride[0], strideX: g.stride[1] },
      ...{ top: g.before[0], left: g.before[1], dilationY: g.dilation[0], dilationX: g.dilation[1] },
      ...{ groups, columnGroups },
    },
    grid: [x, y, phases[0] * phases[1] * groups],
  });
  return result;
}

const WORKGROUP = 64;

/** What of a geometry makes another program. */
interface Shape {
  readonly direction: Direction;
  readonly depthwise: boolean;
  /** Source channels that are loaded at once: 4 or 1. */
  readonly wide: 1 | 4;
  /** Channels of the result in one vector. */
  readonly lanes: 1 | 2 | 3 | 4;
  /** Whether every such vector is whole, and lies where a vec4 may be loaded and stored. */
  readonly whole: boolean;
}

function shapeOf(from: number, to: number, depthwise: boolean, direction: Direction): Shape {
  const whole = to % 4 === 0;
  const lanes = Math.min(4, to) as Shape["lanes"];
  const wide = depthwise ? (whole ? 4 : 1) : from % 4 === 0 ? 4 : 1;
  return { direction, depthwise, wide, lanes, whole };
}

const uniforms = integers(
  ...(["fromHeight", "fromWidth", "fromChannels", "toHeight", "toWidth", "toChannels"] as const),
  ...(["phaseHeight", "phaseWidth", "pixels", "kernelHeight", "kernelWidth", "strideY", "strideX"] as const),
  ...(["top", "left", "dilationY", "dilationX", "groups", "columnGroups"] as const),
);

const programs = new Map<string, Program<typeof uniforms>>();

function gatherProgram(shape: Shape, tile: GatherTile, across: number): Program<typeof uniforms> {
  const name = shape.direction === "forward" ? "Convolution" : "ConvolutionInputGradient";
  const layout = `${shape.wide}${shape.depthwise ? "d" : "x"}${shape.lanes}${shape.whole ? "" : "p"}`;
  const label = `${name} ${layout} ${tile.pixels}x${tile.vectors} ${across}`;
  let program = programs.get(label);
  if (!program) programs.set(label, (program = { label, ...written(shape, tile, across) }));
  return program;
}

function written(
  shape: Shape,
  { pixels, vectors }: GatherTile,
  across: number,
): Omit<Program<typeof uniforms>, "label"> {
  const { direction, depthwise, wide, lanes, whole } = shape;
  const forward = direction === "forward";
  const each = (count: number, f: (i: number) => string) => Array.from({ length: count }, (_, i) => f(i)).join("\n");
  const type = (width: number) => (width === 1 ? "f32" : `vec${width}<f32>`);
  const value = type(lanes);
  // A vector of weights runs along the result's channels forward, along the source's backward.
  const weightWidth = depthwise || forward ? (whole ? 4 : 1) : wide;
  const multiplyAdd = depthwise ? depthwiseStep : forward ? forwardStep : backwardStep;

  return {
    outputs: { result: whole ? "vec4<f32>" : "f32" },
    inputs: { source: wide === 4 ? "vec4<f32>" : "f32", weights: weightWidth === 4 ? "vec4<f32>" : "f32" },
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
  let phase = i32(workgroup.z) / u.groups;
  let fromGroup = u.fromChannels / u.groups;
  let toGroup = u.toChannels / u.groups;
  let first = ((index % u.columnGroups) * ${across} + i32(local.x)) * ${lanes * vectors};
  let row = ((index / u.columnGroups) * ${WORKGROUP / across} + i32(local.y)) * ${pixels};
  if (first >= toGroup || row >= u.pixels) { return; }
  ${forward ? "" : "let phaseY = phase / u.strideX;\n  let phaseX = phase % u.strideX;"}

  ${each(pixels, (i) => pixelStart(i, forward))}
  ${each(vectors, (j) => `let channel${j} = min(first + ${j * lanes}, toGroup - ${whole ? lanes : 1});`)}
  ${each(pixels, (i) => each(vectors, (j) => `var sum${i}_${j} = ${value}();`))}

  for (var ky = 0; ky < u.kernelHeight; ky++) {
    ${tapOffset("Y", forward)}
    for (var kx = 0; kx < u.kernelWidth; kx++) {
      ${tapOffset("X", forward)}
      ${each(pixels, (i) => pixelAddress(i, wide))}
      if (!(${Array.from({ length: pixels }, (_, i) => `inside${i}`).join(" || ")})) { continue; }
      let tap = ky * u.kernelWidth + kx;
      ${multiplyAdd()}
    }
  }
  ${each(pixels, store)}
}`,
  };

  /** Weights [tap, in, out]: one vector along \`out\` for each channel of the source. */
  function forwardStep(): string {
    const channels = wide === 4 ? [".x", ".y", ".z", ".w"] : [""];
    return `for (var c = 0; c < fromGroup; c += ${wide}) {
        ${each(pixels, loadSource)}
        ${each(vectors, (j) =>
          channels
            .map((_, k) => `let w${j}_${k} = ${weightAt(`(tap * fromGroup + c + ${k}) * u.toChannels`, j)};`)
            .join("\n"),
        )}
        ${each(pixels, (i) =>
          each(
            vectors,
            (j) => `sum${i}_${j} += ${channels.map((part, k) => `v${i}${part} * w${j}_${k}`).join(" + ")};`,
          ),
        )}
      }`;
  }

  /** Weights [tap, in, out]: one vector along \`out\`, now the source's channels, for each channel of the result. */
  function backwardStep(): string {
    const row = (j: number, k: number) => {
      const channel = whole ? `channel${j} + ${k}` : `min(channel${j} + ${k}, toGroup - 1)`;
      return `weights[((tap * toGroup + ${channel}) * u.fromChannels + group * fromGroup + c) / ${wide}]`;
    };
    const product = (i: number, j: number, k: number) => (wide === 4 ? `dot(v${i}, w${j}_${k})` : `v${i} * w${j}_${k}`);
    const all = Array.from({ length: lanes }, (_, k) => k);
    return `for (var c = 0; c < fromGroup; c += ${wide}) {
        ${each(pixels, loadSource)}
        ${each(vectors, (j) => all.map((k) => `let w${j}_${k} = ${row(j, k)};`).join("\n"))}
        ${each(pixels, (i) =>
          each(vectors, (j) => `sum${i}_${j} += ${value}(${all.map((k) => product(i, j, k)).join(", ")});`),
        )}
      }`;
  }

  /** Weights [tap, 1, channels]: each channel by itself. */
  function depthwiseStep(): string {
    return each(vectors, (j) => {
      const sources = each(pixels, (i) => {
        const parts = whole
          ? `source[at${i} + channel${j} / 4]`
          : `${value}(${Array.from({ length: lanes }, (_, k) => `source[at${i} + min(channel${j} + ${k}, toGroup - 1)]`).join(", ")})`;
        return `sum${i}_${j} += select(${value}(), ${parts}, inside${i}) * w${j};`;
      });
      return `let w${j} = ${weightAt("tap * u.toChannels", j)};\n${sources}`;
    });
  }

  function loadSource(i: number): string {
    return `let v${i} = select(${type(wide)}(), source[at${i} + c / ${wide}], inside${i});`;
  }

  /** The weights of vector j in a row that starts at \`start\`. */
  function weightAt(start: string, j: number): string {
    const own = depthwise ? "" : "group * toGroup + ";
    if (whole) return `weights[(${start} + ${own}channel${j}) / 4]`;
    const lane = (k: number) => `weights[${start} + ${own}min(channel${j} + ${k}, toGroup - 1)]`;
    return `${value}(${Array.from({ length: lanes }, (_, k) => lane(k)).join(", ")})`;
  }

  function store(i: number): string {
    const place = `((n${i} * u.toHeight + toY${i}) * u.toWidth + toX${i}) * u.toChannels + group * toGroup`;
    const vector = (j: number) => {
      const channel = `first + ${j * lanes}`;
      if (whole) return `if (${channel} < toGroup) { result[(place${i} + ${channel}) / 4] = sum${i}_${j}; }`;
      const parts = lanes === 1 ? [""] : [".x", ".y", ".z", ".w"].slice(0, lanes);
      return parts
        .map(
          (part, k) =>
            `if (${channel} + ${k} < toGroup) { result[place${i} + ${channel} + ${k}] = sum${i}_${j}${part}; }`,
        )
        .join("\n");
    };
    return `if (row + ${i} < u.pixels && toY${i} < u.toHeight && toX${i} < u.toWidth) {
    let place${i} = ${place};
    ${each(vectors, vector)}
  }`;
  }
}

/** Where a pixel of the tile lies in the result, and where its window begins in the source. */
function pixelStart(i: number, forward: boolean): string {
  return `
  let m${i} = row + ${i};
  let q${i} = m${i} / u.phaseWidth;
  let n${i} = q${i} / u.phaseHeight;
  ${
    forward
      ? `let toX${i} = m${i} % u.phaseWidth;
  let toY${i} = q${i} % u.phaseHeight;
  let startX${i} = toX${i} * u.strideX - u.left;
  let startY${i} = toY${i} * u.strideY - u.top;`
      : `let startX${i} = m${i} % u.phaseWidth;
  let startY${i} = q${i} % u.phaseHeight;
  let toX${i} = startX${i} * u.strideX + phaseX;
  let toY${i} = startY${i} * u.strideY + phaseY;`
  }`;
}

/** How far from a window's beginning a tap lies in the source; backward a tap of another phase is passed over. */
function tapOffset(axis: "Y" | "X", forward: boolean): string {
  const [k, before] = axis === "Y" ? ["ky", "top"] : ["kx", "left"];
  if (forward) return `let offset${axis} = ${k} * u.dilation${axis};`;
  return `let reach${axis} = phase${axis} + u.${before} - ${k} * u.dilation${axis};
    if (reach${axis} % u.stride${axis} != 0) { continue; }
    let offset${axis} = reach${axis} / u.stride${axis};`;
}

function pixelAddress(i: number, wide: number): string {
  return `
      let y${i} = startY${i} + offsetY;
      let x${i} = startX${i} + offsetX;
      let inside${i} = u32(y${i}) < u32(u.fromHeight) && u32(x${i}) < u32(u.fromWidth) && m${i} < u.pixels;
      let pixel${i} = ((n${i} * u.fromHeight + y${i}) * u.fromWidth + x${i}) * u.fromChannels + group * fromGroup;
      let at${i} = select(0, pixel${i} / ${wide}, inside${i});`;
}
