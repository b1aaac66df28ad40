// tfjs's wasm heap as the kernels use it: addresses of tensors, outputs, and scratch memory that is kept between calls.

import type { DataType, Tensor, Tf, TensorInfo } from "../tf.ts";
import { AllocationError } from "../errors.ts";

/** What is used of tfjs's BackendWasm, whose typings leave the Emscripten module's `asm` out. */
export interface WasmBackend {
  wasm: {
    _malloc(bytes: number): number;
    _free(address: number): void;
    asm: { memory?: { readonly buffer: ArrayBuffer }; stackSave(): number }; // a WebAssembly.Memory
  };
  dataIdMap: { get(dataId: object): { memoryOffset: number; refCount: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  move(dataId: object, values: unknown, shape: number[], dtype: DataType, refCount: number): void;
  incRef(dataId: object): void;
  disposeData(dataId: object): boolean;
}

export interface Heap {
  /** Byte address of a tensor's first element. */
  address(tensor: TensorInfo): number;
  /** A new tensor, not filled. */
  output(shape: number[], dtype?: DataType): TensorInfo;
  /** Several new float32 tensors; when one does not fit, those before it are freed again. */
  outputs(...shapes: number[][]): TensorInfo[];
  /** Whether another tensor has the same data. */
  shared(tensor: TensorInfo): boolean;
  /** The same data under another shape. */
  share(tensor: TensorInfo, shape: number[]): TensorInfo;
  /** Address of at least `bytes` bytes that are free until the next call. */
  scratch(bytes: number, kernel: string): number;
  /** Writes a kernel's parameters as 32-bit numbers to a fixed place, and returns its address. */
  parameters(values: readonly number[], type: "i32" | "f32"): number;
  /** Writes 32-bit numbers to a place in scratch memory. */
  write(address: number, values: Int32Array | Float32Array): void;
  /** The float at an address. */
  read(address: number): number;
  free(tensor: TensorInfo): void;
  close(): void;
}

const PARAMETER_BYTES = 192;

/** The active backend, which must be wasm. */
export function wasmBackend(tf: Tf): WasmBackend {
  if (tf.getBackend() !== "wasm") {
    throw new Error(`The kernels are for tfjs's wasm backend, and "${tf.getBackend()}" is active: set it first.`);
  }
  return tf.backend() as unknown as WasmBackend;
}

/** A float32 tensor's values where they lie. Of no use once a tensor has been made: memory may then have moved. */
export function valuesAt(tf: Tf, tensor: TensorInfo): Float32Array {
  const { wasm, dataIdMap } = wasmBackend(tf);
  const { memoryOffset } = dataIdMap.get(tensor.dataId);
  return new Float32Array(wasm.asm.memory!.buffer, memoryOffset >>> 0, tf.util.sizeFromShape(tensor.shape));
}

/** A float32 tensor whose values are yet to be written, where they lie; tfjs would make zeros in JavaScript and copy them. */
export function unfilled(tf: Tf, shape: number[]): Tensor {
  return tf.engine().makeTensorFromTensorInfo(wasmBackend(tf).makeOutput(shape, "float32"));
}

export function openHeap(backend: WasmBackend): Heap {
  const { wasm } = backend;
  const memory = wasm.asm.memory!;
  const fixed = wasm._malloc(PARAMETER_BYTES) >>> 0;
  let scratchAddress = 0;
  let scratchBytes = 0;

  const output = (shape: number[], dtype: DataType = "float32") => backend.makeOutput(shape, dtype);
  const free = (tensor: TensorInfo) => void backend.disposeData(tensor.dataId);

  return {
    address: (tensor) => backend.dataIdMap.get(tensor.dataId).memoryOffset,
    output,
    free,
    outputs(...shapes) {
      const made: TensorInfo[] = [];
      try {
        for (const shape of shapes) made.push(output(shape));
      } catch (error) {
        made.forEach(free);
        throw error;
      }
      return made;
    },
    shared: ({ dataId }) => backend.dataIdMap.get(dataId).refCount > 1,
    share(tensor, shape) {
      backend.incRef(tensor.dataId);
      return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
    },
    scratch(bytes, kernel) {
      const wanted = bytes >>> 0; // wasm returns addresses and sizes as signed
      if (wanted <= scratchBytes) return scratchAddress;
      if (scratchAddress) wasm._free(scratchAddress);
      scratchAddress = scratchBytes = 0;
      try {
        scratchAddress = wasm._malloc(wanted) >>> 0;
      } catch (error) {
        if (!(error instanceof AllocationError)) throw error;
        throw new AllocationError(wanted, { scratchFor: kernel }, memory.buffer.byteLength);
      }
      scratchBytes = wanted;
      return scratchAddress;
    },
    parameters(values, type) {
      const View = type === "i32" ? Int32Array : Float32Array;
      new View(memory.buffer, fixed, values.length).set(values);
      return fixed;
    },
    write(address, values) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    },
    read: (address) => new Float32Array(memory.buffer.slice(address, address + 4))[0],
    close() {
      wasm._free(fixed);
      if (scratchAddress) wasm._free(scratchAddress);
      scratchAddress = scratchBytes = 0;
    },
  };
}
