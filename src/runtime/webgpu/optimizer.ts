/**
 * An optimizer's step on all its weights in one dispatch. A program binds few buffers, so gradients and parameters are
 * gathered into one by copies, slots and moving averages live in one for good, and the new parameters are copied out into
 * tensors of their own. The places are those of runtime/flat.ts.
 *
 * OptimizerStep {state, numbers, blocks, param0…, grad0…} {form, averages, offsets, clipNorm, measure, weightClip} →
 * [state, length of the gradient, param0, …]; a weight without a gradient has no grad and a row that says so.
 * Assemble {base?, part0…} {size, offsets} → one tensor: base, or anything, with the parts at their offsets.
 */
import type { FlatForm } from "../flat.ts";
import { blockSize, numbersPerWeight } from "../flat.ts";
import type { TensorInfo, Tf } from "../tf.ts";
import { kernel, type KernelTable } from "../wasm/registry.ts";
import { copyElements, type Copy } from "./copy.ts";
import {
  dispatch,
  entry,
  output,
  type Program,
  release,
  spread,
  type WebGPUBackend,
  webgpuBackend,
} from "./program.ts";
import { ruleCode } from "./update-rules.ts";

export interface StepAttributes {
  readonly form: FlatForm;
  /** Whether moving averages follow the slots. */
  readonly averages: boolean;
  /** Where each weight begins in a section. */
  readonly offsets: readonly number[];
  /** null where gradients are not clipped. */
  readonly clipNorm: number | null;
  /** Whether the length of the gradient is wanted; else that output is there and means nothing. */
  readonly measure: boolean;
  readonly weightClip: number | null;
}

type Named = Readonly<Record<string, TensorInfo>>;

export function optimizerKernels(tf: Tf): KernelTable {
  const size = (tensor: TensorInfo) => tf.util.sizeFromShape(tensor.shape);

  return {
    OptimizerStep: kernel<Named, StepAttributes>((inputs, attributes) => {
      const backend = webgpuBackend(tf);
      const { state, numbers, blocks } = inputs;
      const { offsets } = attributes;
      const total = blockSize * blocks.shape[0];
      const params = offsets.map((_, i) => inputs[`param${i}`]);

      const gathered = output(backend, [2 * total]);
      copyElements(
        backend,
        offsets.flatMap((offset, i): Copy[] => [
          ...(inputs[`grad${i}`]
            ? [{ from: inputs[`grad${i}`], to: gathered, toOffset: offset, count: size(params[i]) }]
            : []),
          { from: params[i], to: gathered, toOffset: total + offset, count: size(params[i]) },
        ]),
      );
      const length = lengthOf(backend, { gathered, numbers, blocks }, attributes);
      const next = output(backend, state.shape);
      const flat = output(backend, [total]);
      const clips = attributes.clipNorm !== null;
      dispatch(backend, stepProgram(attributes), {
        outputs: [next, flat],
        inputs: [state, gathered, numbers, blocks, ...(clips ? [length] : [])],
        uniforms: {
          blocks: blocks.shape[0],
          clipNorm: attributes.clipNorm ?? 0,
          weightClip: attributes.weightClip ?? 0,
        },
        grid: spread(backend, blocks.shape[0]),
      });
      const updated = params.map(({ shape }) => output(backend, shape));
      copyElements(
        backend,
        updated.map((to, i) => ({ from: flat, fromOffset: offsets[i], to, count: size(to) })),
      );
      for (const scratch of [gathered, flat]) release(backend, scratch);
      return [next, length, ...updated];
    }),

    Assemble: kernel<Named, { size: number; offsets: readonly number[] }>(
      ({ base, ...parts }, { size: all, offsets }) => {
        const backend = webgpuBackend(tf);
        const whole = output(backend, [all]);
        const copies = offsets.map((toOffset, i) => {
          const from = parts[`part${i}`];
          return { from, to: whole, toOffset, count: size(from) };
        });
        copyElements(backend, [...(base ? [{ from: base, to: whole, count: all }] : []), ...copies]);
        return whole;
      },
    ),
  };
}

/** ‖g‖₂ over all gradients, where it is wanted. Two dispatches that add in the same order every time. */
function lengthOf(
  backend: WebGPUBackend,
  { gathered, numbers, blocks }: { gathered: TensorInfo; numbers: TensorInfo; blocks: TensorInfo },
  { clipNorm, measure }: StepAttributes,
): TensorInfo {
  const length = output(backend, []);
  if (clipNorm === null && !measure) return length;
  const [count] = blocks.shape;
  const squares = output(backend, [count]);
  dispatch(backend, squaresProgram, {
    outputs: [squares],
    inputs: [gathered, numbers, blocks],
    uniforms: { blocks: count },
    grid: spread(backend, count),
  });
  dispatch(backend, lengthProgram, {
    outputs: [length],
    inputs: [squares],
    uniforms: { count },
    grid: [1, 1, 1],
  });
  release(backend, squares);
  return length;
}

const threads = 256;

/** Adds `sum` of all threads of a workgroup; every thread has the total afterwards. */
const addThreads = `
var<workgroup> sums: array<f32, ${threads}>;
fn total(own: f32, thread: u32) -> f32 {
  sums[thread] = own;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0; half /= 2) {
    if (thread < half) { sums[thread] += sums[thread + half]; }
    workgroupBarrier();
  }
  return sums[0];
}`;

/** Which block a workgroup has, its weight's row of numbers, and how many elements it holds. */
const thisBlock = `
  let block = group;
  if (block >= uniforms.blocks) { return; }
  let row = u32(blocks[2 * block]) * ${numbersPerWeight}u;
  let count = u32(blocks[2 * block + 1]);`;

const squaresProgram = {
  label: "GradientSquares",
  outputs: { squares: "f32" },
  inputs: { gathered: "f32", numbers: "f32", blocks: "i32" },
  uniforms: { blocks: "u32" },
  code: `${addThreads}${entry(
    threads,
    `${thisBlock}
  var own = 0.0;
  // a weight without a gradient has none in the buffer either: what lies there is not to be read
  if (numbers[row] != 0) {
    for (var i = thread; i < count; i += ${threads}) {
      let g = gathered[block * ${blockSize} + i];
      own += g * g;
    }
  }
  let sum = total(own, thread);
  if (thread == 0) { squares[block] = sum; }`,
  )}`,
} as const satisfies Program;

const lengthProgram = {
  label: "GradientLength",
  outputs: { length_: "f32" },
  inputs: { squares: "f32" },
  uniforms: { count: "u32" },
  code: `${addThreads}
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32) {
  var own = 0.0;
  for (var i = thread; i < uniforms.count; i += ${threads}) { own += squares[i]; }
  let sum = total(own, thread);
  if (thread == 0) { length_[0] = sqrt(sum); }
}`,
} as const satisfies Program;

function stepProgram({ form, averages, clipNorm, weightClip }: StepAttributes) {
  const clips = clipNorm !== null;
  const slots = form.slots.length;
  const flags = [clips && "Clipped", weightClip !== null && "Bounded", averages && "Averaged"].filter(Boolean);
  const each = (line: (slot: number) => string) => form.slots.map((_, slot) => line(slot)).join("\n      ");
  return {
    label: `OptimizerStep/${form.name}${flags.join("")}`,
    outputs: { next: "f32", params: "f32" },
    inputs: { state: "f32", gathered: "f32", numbers: "f32", blocks: "i32", ...(clips && { norm: "f32" as const }) },
    uniforms: { blocks: "u32", clipNorm: "f32", weightClip: "f32" },
    code: entry(
      threads,
      `${thisBlock}
  let section = ${blockSize} * uniforms.blocks;
  for (var k = thread; k < count; k += ${threads}) {
    let i = block * ${blockSize} + k;
    var p = gathered[section + i];
    ${each((slot) => `var s${slot} = state[${slot} * section + i];`)}
    if (numbers[row] != 0) {
      let g = gathered[i]${clips ? " * min(uniforms.clipNorm / (norm[0] + 1e-6), 1)" : ""};
      ${ruleCode[form.rule](form)}
      ${weightClip === null ? "" : "p = clamp(p, -uniforms.weightClip, uniforms.weightClip);"}
    }
    params[i] = p;
    ${each((slot) => `next[${slot} * section + i] = s${slot};`)}
    ${averages ? `let a = ${slots} * section + i;\n    next[a] = numbers[row + 1] * state[a] + numbers[row + 2] * p;` : ""}
  }`,
    ),
  } as const satisfies Program;
}
