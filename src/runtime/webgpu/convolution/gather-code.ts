/**
 * The WGSL of gathering convolutions: the form that keeps a tile in registers, and what the form of gather-shared.ts has in
 * common with it. Both add the same products in the same order.
 */
import { integers, type Program } from "../program.ts";

export type Direction = "forward" | "backward";

/** What one invocation computes: so many pixels, and so many vectors of up to four channels. */
export interface GatherTile {
  readonly pixels: number;
  readonly vectors: number;
}

export type GatherCode = Omit<Program<typeof gatherUniforms>, "label">;

/** Invocations of a workgroup. */
export const WORKGROUP = 64;

/** What of a geometry makes another program. */
export interface GatherShape {
  readonly direction: Direction;
  readonly depthwise: boolean;
  /** Source channels that are loaded at once: 4 or 1. */
  readonly wide: 1 | 4;
  /** Channels of the result in one vector. */
  readonly lanes: 1 | 2 | 3 | 4;
  /** Whether every such vector is whole, and lies where a vec4 may be loaded and stored. */
  readonly whole: boolean;
}

export const gatherUniforms = integers(
  ...(["fromHeight", "fromWidth", "fromChannels", "toHeight", "toWidth", "toChannels"] as const),
  ...(["phaseHeight", "phaseWidth", "pixels", "kernelHeight", "kernelWidth", "strideY", "strideX"] as const),
  ...(["top", "left", "dilationY", "dilationX", "groups", "columnGroups"] as const),
  ...(["channelsAPart", "values", "parts", "batch", "batchInner"] as const),
);

/** A tile in registers: what it needs it loads itself. `across` invocations of a workgroup share their pixels. */
export function gatherCode(shape: GatherShape, { pixels, vectors }: GatherTile, across: number): GatherCode {
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
    uniforms: gatherUniforms,
    code: `
${entry(across, WORKGROUP / across, forward)}
  let first = ((index % u.columnGroups) * ${across} + i32(local.x)) * ${lanes * vectors};
  let row = ((index / u.columnGroups) * ${WORKGROUP / across} + i32(local.y)) * ${pixels};
  if (first >= toGroup || row >= u.pixels) { return; }
  ${each(pixels, (i) => pixelStart(i, `row + ${i}`, forward))}
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
    return `for (var c = firstSource; c < lastSource; c += ${wide}) {
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
    const channels = wide === 4 ? [".x", ".y", ".z", ".w"] : [""];
    const product = (i: number, j: number, k: number) =>
      channels.map((part) => `v${i}${part} * w${j}_${k}${part}`).join(" + ");
    const all = Array.from({ length: lanes }, (_, k) => k);
    return `for (var c = firstSource; c < lastSource; c += ${wide}) {
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
    const place = `part * u.values + ((n${i} * u.toHeight + toY${i}) * u.toWidth + toX${i}) * u.toChannels + group * toGroup`;
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

/** The head of every program here, down to what its workgroup is about. */
export function entry(across: number, down: number, forward: boolean): string {
  return `
@compute @workgroup_size(${across}, ${down})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let u = uniforms;
  let index = i32(workgroup.x + workgroup.y * workgroups.x);
  let group = i32(workgroup.z) % u.groups;
  let part = i32(workgroup.z) / u.groups % u.parts;
  let phase = i32(workgroup.z) / (u.groups * u.parts);
  let fromGroup = u.fromChannels / u.groups;
  let toGroup = u.toChannels / u.groups;
  let firstSource = part * u.channelsAPart;
  let lastSource = min(fromGroup, firstSource + u.channelsAPart);
  ${forward ? "" : "let phaseY = phase / u.strideX;\n  let phaseX = phase % u.strideX;"}`;
}

/** Where a pixel of the tile lies in the result, and where its window begins in the source. */
export function pixelStart(i: number | "L", place: string, forward: boolean): string {
  return `
  let m${i} = ${place};
  let n${i} = select(m${i} / (u.phaseWidth * u.phaseHeight), m${i} % u.batch, u.batchInner != 0);
  let p${i} = select(m${i}, m${i} / u.batch, u.batchInner != 0);
  ${
    forward
      ? `let toX${i} = p${i} % u.phaseWidth;
  let toY${i} = p${i} / u.phaseWidth % u.phaseHeight;
  let startX${i} = toX${i} * u.strideX - u.left;
  let startY${i} = toY${i} * u.strideY - u.top;`
      : `let startX${i} = p${i} % u.phaseWidth;
  let startY${i} = p${i} / u.phaseWidth % u.phaseHeight;
  let toX${i} = startX${i} * u.strideX + phaseX;
  let toY${i} = startY${i} * u.strideY + phaseY;`
  }`;
}

/** How far from a window's beginning a tap lies in the source; backward a tap of another phase is passed over. */
export function tapOffset(axis: "Y" | "X", forward: boolean): string {
  const [k, before] = axis === "Y" ? ["ky", "top"] : ["kx", "left"];
  if (forward) return `let offset${axis} = ${k} * u.dilation${axis};`;
  return `let reach${axis} = phase${axis} + u.${before} - ${k} * u.dilation${axis};
    if (reach${axis} % u.stride${axis} != 0) { continue; }
    let offset${axis} = reach${axis} / u.stride${axis};`;
}

export function pixelAddress(i: number | "L", wide: number): string {
  return `
      let y${i} = startY${i} + offsetY;
      let x${i} = startX${i} + offsetX;
      let inside${i} = u32(y${i}) < u32(u.fromHeight) && u32(x${i}) < u32(u.fromWidth) && m${i} < u.pixels;
      let pixel${i} = ((n${i} * u.fromHeight + y${i}) * u.fromWidth + x${i}) * u.fromChannels + group * fromGroup;
      let at${i} = select(0, pixel${i} / ${wide}, inside${i});`;
}
