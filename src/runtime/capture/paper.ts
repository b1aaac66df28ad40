/**
 * Recording: a function runs with the device on paper. Buffers, bind groups and encoders are stand-ins that list what would be
 * done; nothing reaches the GPU, and no number is computed.
 */
import { flush, type Internals } from "./internals.ts";

/** A buffer on paper. Constants and uniforms know their `bytes`, a feed its number; the rest is computed by commands. */
export class PaperBuffer {
  // declared, so that they hide the getters of GPUBuffer, which it says it is
  readonly size: number;
  readonly usage: number;
  readonly label = "";
  bytes: Uint8Array<ArrayBuffer> | null;
  readonly feed: number | null;
  readonly mapState: GPUBufferMapState;

  constructor(size: number, usage: number, mapped = false, feed: number | null = null) {
    this.size = size;
    this.usage = usage;
    this.bytes = mapped ? new Uint8Array(size) : null;
    this.mapState = mapped ? "mapped" : "unmapped";
    this.feed = feed;
  }

  getMappedRange(): ArrayBuffer {
    return this.bytes!.buffer;
  }
  unmap(): void {}
  destroy(): void {}
}

export type AnyBuffer = GPUBuffer | PaperBuffer;

export interface Binding {
  readonly binding: number;
  readonly buffer: AnyBuffer;
  readonly offset: number;
  readonly size: number;
}

export interface BindGroup {
  readonly layout: GPUBindGroupLayout;
  readonly entries: readonly Binding[];
}

export interface Dispatch {
  readonly do: "dispatch";
  readonly pipeline: GPUComputePipeline;
  readonly groups: readonly (BindGroup | undefined)[];
  readonly grid: readonly [number, number, number];
}

export interface Copy {
  readonly do: "copy";
  readonly from: AnyBuffer;
  readonly fromOffset: number;
  readonly to: AnyBuffer;
  readonly toOffset: number;
  readonly size: number;
}

export type Command = Dispatch | Copy;

export const wholeCopy = (from: AnyBuffer, to: AnyBuffer, toOffset = 0): Copy => ({
  do: "copy",
  ...{ from, fromOffset: 0, to, toOffset, size: from.size },
});

/** Every buffer that a command uses, each once. */
export const buffersOf = (command: Command): ReadonlySet<AnyBuffer> =>
  command.do === "copy"
    ? new Set([command.from, command.to])
    : new Set(command.groups.flatMap((group) => group?.entries.map(({ buffer }) => buffer) ?? []));

/** What runs with the device on paper, and what it would have done; `body` may append commands of its own. */
export function record<T>(backend: Internals, body: (commands: Command[]) => T): { commands: Command[]; result: T } {
  Object.setPrototypeOf(PaperBuffer.prototype, GPUBuffer.prototype); // tfjs asks `instanceof GPUBuffer`
  const { device, queue, bufferManager } = backend;
  const commands: Command[] = [];
  const undo: (() => void)[] = [];
  const shadow = (object: object, name: string, value: unknown) => {
    const own = Object.getOwnPropertyDescriptor(object, name);
    undo.push(() => {
      Reflect.deleteProperty(object, name);
      if (own) Object.defineProperty(object, name, own);
    });
    Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: true });
  };
  flush(backend); // what was encoded before is real
  shadow(
    device,
    "createBuffer",
    ({ size, usage, mappedAtCreation }: GPUBufferDescriptor) => new PaperBuffer(size, usage, mappedAtCreation),
  );
  shadow(device, "createBindGroup", paperBindGroup);
  shadow(device, "createCommandEncoder", paperEncoder);
  shadow(queue, "submit", (lists: readonly (readonly Command[])[]) => void commands.push(...lists.flat()));
  shadow(queue, "writeBuffer", (...write: WriteBuffer) => {
    const copy = paperWrite(...write);
    if (copy) commands.push(copy);
  });
  // every request gets a buffer of its own, whose place is planned later; real ones go back to their manager
  const acquireBuffer = (size: number, usage: number, mapped?: boolean) => new PaperBuffer(size, usage, mapped);
  const releaseBuffer = (buffer: AnyBuffer, reuse?: boolean) => {
    if (!(buffer instanceof PaperBuffer)) bufferManager.releaseBuffer(buffer, reuse);
  };
  shadow(backend, "bufferManager", Object.assign(Object.create(bufferManager) as object, { acquireBuffer, releaseBuffer })); // prettier-ignore
  const putBack = keepOffPaper(backend, shadow);
  try {
    return { commands, result: body(commands) };
  } finally {
    flush(backend); // still on paper: tfjs forgets what was disposed
    for (const each of undo.reverse()) each();
    putBack();
  }
}

/**
 * Tensors that are older than the recording and still on the CPU are constants to it. They must not keep their paper: after
 * `putBack` they are on the CPU again.
 */
function keepOffPaper(backend: Internals, shadow: (object: object, name: string, value: unknown) => void): () => void {
  const idOf = (dataId: object) => (dataId as { readonly id: number }).id;
  const { dataId: first } = backend.makeTensorInfo([], "float32"); // ids count up
  const uploaded: (() => void)[] = [];
  const upload = backend.uploadToGPU.bind(backend);
  shadow(backend, "uploadToGPU", (dataId: object) => {
    const data = backend.tensorMap.get(dataId);
    const { values, resource } = data;
    upload(dataId);
    if (resource || idOf(dataId) > idOf(first)) return;
    uploaded.push(() => Object.assign(data, { values, resource: null }));
  });
  return () => {
    for (const each of uploaded) each();
  };
}

function paperBindGroup({ layout, entries }: GPUBindGroupDescriptor): BindGroup {
  return {
    layout,
    entries: [...entries].map(({ binding, resource }) => {
      const { buffer, offset = 0, size } = (resource instanceof GPUBuffer ? { buffer: resource } : resource) as GPUBufferBinding; // prettier-ignore
      if (!(buffer instanceof GPUBuffer)) throw new Error("it binds what is not a buffer");
      return { binding, buffer, offset, size: size ?? buffer.size - offset };
    }),
  };
}

/** An encoder that lists its commands; `finish` gives the list. What it does not know, it does not have. */
function paperEncoder(): object {
  const list: Command[] = [];
  return {
    beginComputePass() {
      let pipeline: GPUComputePipeline;
      const groups: BindGroup[] = [];
      return {
        setPipeline: (next: GPUComputePipeline) => void (pipeline = next),
        setBindGroup: (index: number, group: BindGroup) => void (groups[index] = group),
        dispatchWorkgroups: (x: number, y = 1, z = 1) =>
          void list.push({ do: "dispatch", pipeline, groups: [...groups], grid: [x, y, z] }),
        end: () => undefined,
      };
    },
    copyBufferToBuffer: (from: AnyBuffer, fromOffset: number, to: AnyBuffer, toOffset: number, size: number) =>
      void list.push({ do: "copy", from, fromOffset, to, toOffset, size }),
    copyBufferToTexture() {
      throw new Error("it reads values on the CPU (dataSync, arraySync)");
    },
    finish: () => list,
  };
}

type WriteBuffer = [
  buffer: AnyBuffer,
  offset: number,
  data: ArrayBuffer | ArrayBufferView<ArrayBuffer>,
  from?: number,
  length?: number,
];

/** A write of all of a new buffer makes it a constant; any other is a copy from one. */
function paperWrite(...[buffer, offset, data, from = 0, length]: WriteBuffer): Copy | null {
  const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  const unit = "BYTES_PER_ELEMENT" in view ? (view.BYTES_PER_ELEMENT as number) : 1;
  const size = length === undefined ? view.byteLength - from * unit : length * unit;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + from * unit, size).slice();
  if (buffer instanceof PaperBuffer && !buffer.bytes && buffer.feed === null && size === buffer.size) {
    buffer.bytes = bytes;
    return null;
  }
  const constant = new PaperBuffer(size, GPUBufferUsage.COPY_SRC, true);
  constant.bytes!.set(bytes);
  return { do: "copy", from: constant, fromOffset: 0, to: buffer, toOffset: offset, size };
}
