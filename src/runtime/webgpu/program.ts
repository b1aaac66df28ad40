/**
 * Compute programs of the project's own on TensorFlow.js's WebGPU backend. A program is WGSL with its bindings and uniforms; a
 * dispatch of it goes into the very command encoder that TensorFlow.js fills, between its commands and in order, and is
 * submitted with them: nothing here submits, and whatever watches the device sees these dispatches as it sees tfjs's own.
 */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { DataType, TensorInfo, Tf } from "../tf.ts";
import { readingHalves, wordsFor, wordsOf } from "./reading.ts";

export type { WebGPUBackend };

export type Element = "f32" | "i32" | "u32" | "vec2<f32>" | "vec4<f32>";

/** Storage buffers by the names that the code calls them, with their elements' type. At most 8 for inputs and outputs together. */
export type Bindings = Readonly<Record<string, Element>>;

/** Uniforms by the names that the code calls them: `uniforms.epsilon`. */
export type Uniforms = Readonly<Record<string, "f32" | "i32" | "u32">>;

export interface Program<U extends Uniforms = Uniforms> {
  /** Names program and code: two programs of one label are the same program, which is compiled once on a device. */
  readonly label: string;
  /** Read and written; a tensor may stand here and be updated in place, but never here and in `inputs`. */
  readonly outputs: Bindings;
  readonly inputs: Bindings;
  readonly uniforms: U;
  /**
   * WGSL without declarations of bindings and uniforms, which are written in front of it. Its entry point is `main`. Inputs are
   * read by index alone (`x[i]`), and no other name hides theirs.
   */
  readonly code: string;
  /** Inputs that lie in halves, where some do: `dispatch` sees to it. */
  readonly halves?: readonly string[];
}

export interface Dispatch<U extends Uniforms> {
  /** In the order in which the program names them. None is empty. */
  readonly outputs: readonly TensorInfo[];
  readonly inputs: readonly TensorInfo[];
  readonly uniforms: Readonly<Record<keyof U, number>>;
  /** Workgroups along x, y and z. */
  readonly grid: Grid;
}

export type Grid = readonly [x: number, y: number, z: number];

/** Uniforms that are all integers. */
export function integers<Name extends string>(...names: Name[]): Readonly<Record<Name, "i32">> {
  return Object.fromEntries(names.map((name) => [name, "i32"])) as Record<Name, "i32">;
}

/** The active backend, which must be webgpu. */
export function webgpuBackend(tf: Tf): WebGPUBackend {
  if (tf.getBackend() !== "webgpu") {
    throw new Error(`This kernel is for tfjs's webgpu backend, and "${tf.getBackend()}" is active.`);
  }
  return tf.backend() as WebGPUBackend;
}

/** Encodes one dispatch. Buffers stay alive until it was submitted, also where their tensors are disposed before. */
export function dispatch<U extends Uniforms>(
  backend: WebGPUBackend,
  program: Program<U>,
  { outputs, inputs, uniforms, grid }: Dispatch<U>,
): void {
  const halves = Object.keys(program.inputs).filter((_, index) => wordsOf.has(inputs[index].dataId));
  const tensors = [...outputs, ...inputs.map((input) => wordsOf.get(input.dataId) ?? input)];
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  // What was read of a tensor before it was written in place is no longer true.
  for (const { dataId } of outputs) backend.tensorMap.get(dataId).values = null as never;
  // As vectors: the shapes that tfjs writes in front of the uniforms are then two words each, whatever the rank.
  const flat = tensors.map(({ dataId, dtype, shape }) => ({ dataId, dtype, shape: [elements(shape)] }));
  const values = Object.entries(program.uniforms).map(([name, type]) => ({
    type: words[type],
    data: [uniforms[name]],
  }));
  const call = {
    pipeline: compiled(backend.device, halves.length > 0 ? overHalves(program, halves) : program),
    dispatch: grid,
    outputShape: flat[0].shape,
    constructor: { name: program.label },
  };
  (backend as unknown as Recorder).recordAndSubmit(call, flat[0], flat.slice(1), values);
}

/** A new tensor, its values not yet written. */
export function output(backend: WebGPUBackend, shape: readonly number[], dtype: DataType = "float32"): TensorInfo {
  return backend.makeTensorInfo([...shape], dtype);
}

/** Gives up a tensor made by `output`: its buffer is used again once the dispatches that name it were submitted. */
export function release(backend: WebGPUBackend, tensor: TensorInfo): void {
  backend.disposeData(tensor.dataId);
}

/** A grid of at least `groups` workgroups, where one axis may not hold them, for code whose entry point `entry` writes. */
export function spread(backend: WebGPUBackend, groups: number): Grid {
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  const rows = Math.ceil(groups / most);
  return [Math.ceil(groups / rows), rows, 1];
}

/**
 * The entry point of a program whose workgroups `spread` lays out: `body` has `group`, which counts them from 0 and may exceed the
 * number asked for, and `thread`, which counts those of a workgroup.
 */
export const entry = (threads: number, body: string): string => `
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;${body}
}`;

/** A WGSL function that tells NaN by its bits: compilers may take x != x for false. */
export const isNaN = `
fn isNaN(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`;

/** What tfjs's backend keeps to itself: sets the bindings in order and the uniforms last, encodes, counts and times. */
interface Recorder {
  recordAndSubmit(
    program: object,
    output: TensorInfo,
    inputs: readonly TensorInfo[],
    uniforms: readonly { type: string; data: number[] }[],
  ): void;
}

const words = { f32: "float32", i32: "int32", u32: "uint32" } as const;

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const overHalves = (program: Program, halves: readonly string[]): Program => ({
  ...program,
  label: `${program.label} (halves: ${halves.join(", ")})`,
  halves,
});

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function compiled(device: GPUDevice, program: Program): GPUComputePipeline {
  let known = pipelines.get(device);
  if (!known) pipelines.set(device, (known = new Map()));
  let pipeline = known.get(program.label);
  if (!pipeline) known.set(program.label, (pipeline = compile(device, program)));
  return pipeline;
}

/** The layout is written out, so that the code need not touch every binding. */
function compile(device: GPUDevice, program: Program): GPUComputePipeline {
  const { label } = program;
  const types: GPUBufferBindingType[] = [
    ...Object.keys(program.outputs).map(() => "storage" as const),
    ...Object.keys(program.inputs).map(() => "read-only-storage" as const),
    "uniform",
  ];
  const visibility = GPUShaderStage.COMPUTE;
  const group = device.createBindGroupLayout({
    label,
    entries: types.map((type, binding) => ({ binding, visibility, buffer: { type } })),
  });
  return device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [group] }),
    compute: { module: device.createShaderModule({ label, code: source(program) }), entryPoint: "main" },
  });
}

/** The whole WGSL of a program: its declarations, then its code. */
export function source({ outputs, inputs, uniforms, code, halves = [] }: Program): string {
  const typeOf = ([name, type]: [string, Element]) => (halves.includes(name) ? wordsFor(type) : type);
  const storage = [
    ...Object.entries(outputs).map(([name, type]) => `var<storage, read_write> ${name}: array<${type}>;`),
    ...Object.entries(inputs).map((input) => `var<storage, read> ${input[0]}: array<${typeOf(input)}>;`),
  ];
  // Before a program's own uniforms tfjs writes NaN, infinity, and each tensor's shape and stride.
  const preface = ["notANumber: f32", "infinity: f32", ...storage.map((_, i) => `size${i}: i32, stride${i}: i32`)];
  const own = Object.entries(uniforms).map(([name, type]) => `${name}: ${type}`);
  const bound = [...storage, "var<uniform> uniforms: Uniforms;"];
  return [
    `struct Uniforms { ${[...preface, ...own].join(", ")} }`,
    ...bound.map((declaration, binding) => `@group(0) @binding(${binding}) ${declaration}`),
    halves.reduce((reading, name) => readingHalves(reading, name, inputs[name]), code),
  ].join("\n");
}
