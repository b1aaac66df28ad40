/**
 * The convolution and its input gradient, which is also the transposed convolution, as one WGSL program. Both gather: every
 * value of the result is a sum over the filter's taps of what lies at one pixel of the source, times weights.
 *
 * The input gradient with stride s falls into s² phases: pixels of the same remainder by s meet the same taps, so each phase
 * is a convolution of stride 1 with a part of the filter, and no product with a zero is ever computed. All phases are one
 * dispatch: the workgroup's z counts phases, parts of the sums and groups.
 *
 * An invocation keeps a tile of pixels × channels in registers and walks over taps and channels in order: the sum's order is
 * fixed, and the result is the same every time.
 */
import type { TensorInfo } from "../../tf.ts";
import { dispatch, output, spread, type WebGPUBackend } from "../program.ts";
import {
  type Direction,
  gatherCode,
  type GatherCode,
  type GatherShape,
  type GatherTile,
  WORKGROUP,
} from "./gather-code.ts";
import { gatherSharedCode, SHARED_SIDE } from "./gather-shared.ts";
import { elements, type Geometry, isDepthwise } from "./geometry.ts";
import { addParts, partsOf } from "./parts.ts";

export type { Direction } from "./gather-code.ts";

/** A tile in registers, or one that a workgroup loads together (gather-shared.ts), where the channels allow it. */
export interface GatherForm extends GatherTile {
  readonly shared?: true;
}

/** The forms to choose from; the first where nothing was measured. All give the same bits where a device adds as it is told. */
export const gatherForms: readonly GatherForm[] = [
  { pixels: 4, vectors: 2 },
  { pixels: 4, vectors: 1 },
  { pixels: 8, vectors: 1 },
  { pixels: 2, vectors: 2 },
  { pixels: 4, vectors: 1, shared: true },
];

/** Forward: x [N, H, W, in] → y [N, H', W', out]. Backward: dy [N, H', W', out] → dx [N, H, W, in]. */
export function gather(
  backend: WebGPUBackend,
  direction: Direction,
  source: TensorInfo,
  filter: TensorInfo,
  g: Geometry,
  form: GatherForm,
): TensorInfo {
  const forward = direction === "forward";
  const [from, to] = forward ? [g.image, g.output] : [g.output, g.image];
  const depthwise = isDepthwise(g);
  const groups = depthwise ? 1 : g.groups;
  const fromGroup = from[3] / groups;
  const shape = shapeOf(fromGroup, to[3] / groups, depthwise, direction);
  const shared = form.shared && shape.wide === 4 && shape.whole && !depthwise;
  const phases = forward ? [1, 1] : g.stride;
  const pixels = to[0] * Math.ceil(to[1] / phases[0]) * Math.ceil(to[2] / phases[1]);
  const vectors = Math.min(form.vectors, Math.ceil(to[3] / groups / shape.lanes));
  const columns = Math.ceil(to[3] / groups / (shape.lanes * vectors));
  const across = shared ? SHARED_SIDE : Math.min(8, 2 ** Math.ceil(Math.log2(columns)));
  const down = shared ? SHARED_SIDE : WORKGROUP / across;
  const columnGroups = Math.ceil(columns / across);
  const rowGroups = Math.ceil(pixels / form.pixels / down);
  const [x, y] = spread(backend, columnGroups * rowGroups);

  const products = (fromGroup * g.filter[0] * g.filter[1]) / (phases[0] * phases[1]);
  const wanted = depthwise ? 1 : partsOf(elements(to), products, Math.ceil(fromGroup / CHANNELS_APART));
  const channelsAPart = Math.ceil(fromGroup / wanted / CHANNELS_APART) * CHANNELS_APART;
  const parts = Math.ceil(fromGroup / channelsAPart);

  const sums = output(backend, parts === 1 ? to : [parts, ...to]);
  dispatch(backend, programOf(shape, { pixels: form.pixels, vectors }, across, shared), {
    outputs: [sums],
    inputs: [source, filter],
    uniforms: {
      ...{ fromHeight: from[1], fromWidth: from[2], fromChannels: from[3] },
      ...{ toHeight: to[1], toWidth: to[2], toChannels: to[3] },
      ...{ phaseHeight: Math.ceil(to[1] / phases[0]), phaseWidth: Math.ceil(to[2] / phases[1]), pixels },
      ...{ kernelHeight: g.filter[0], kernelWidth: g.filter[1], strideY: g.stride[0], strideX: g.stride[1] },
      ...{ top: g.before[0], left: g.before[1], dilationY: g.dilation[0], dilationX: g.dilation[1] },
      ...{ groups, columnGroups, channelsAPart, values: elements(to), parts },
      ...{ batch: to[0], batchInner: from[1] * from[2] <= FEW_PIXELS ? 1 : 0 },
    },
    grid: [x, y, phases[0] * phases[1] * groups * parts],
  });
  return parts === 1 ? sums : addParts(backend, sums, to, parts);
}

/**
 * In so small a source most of a tap's neighbours lie outside. A tile then holds one pixel of several images, which meet the
 * same taps, in place of neighbours, which do not.
 */
const FEW_PIXELS = 16;
/** Sums over channels are split between multiples of this. */
const CHANNELS_APART = 16;

function shapeOf(from: number, to: number, depthwise: boolean, direction: Direction): GatherShape {
  const whole = to % 4 === 0;
  const lanes = Math.min(4, to) as GatherShape["lanes"];
  const wide = depthwise ? (whole ? 4 : 1) : from % 4 === 0 ? 4 : 1;
  return { direction, depthwise, wide, lanes, whole };
}

type GatherProgram = GatherCode & { readonly label: string };

const programs = new Map<string, GatherProgram>();

function programOf(shape: GatherShape, form: GatherTile, across: number, shared = false): GatherProgram {
  const name = shape.direction === "forward" ? "Convolution" : "ConvolutionInputGradient";
  const layout = `${shape.wide}${shape.depthwise ? "d" : "x"}${shape.lanes}${shape.whole ? "" : "p"}`;
  const label = shared ? `${name} shared` : `${name} ${layout} ${form.pixels}x${form.vectors} ${across}`;
  let program = programs.get(label);
  if (!program) {
    const code = shared ? gatherSharedCode(shape.direction) : gatherCode(shape, form, across);
    programs.set(label, (program = { label, ...code }));
  }
  return program;
}
