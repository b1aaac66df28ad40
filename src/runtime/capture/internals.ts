/**
 * What capture uses of tfjs's WebGPU backend that tfjs does not promise: named here once, checked at start. tfjs stays as it is
 * on disk; with another version nothing is captured.
 */
import type { DataType, Tensor, TensorInfo, Tf } from "../tf.ts";

/** The version that these internals were read from. */
const knownVersion = "4.22.0";

export interface TensorData {
  values: unknown;
  readonly dtype: DataType;
  resource?: GPUBuffer | null;
  /** True where the buffer belongs to another than tfjs, which then never recycles it. */
  external?: boolean;
}

interface BufferManager {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

export interface Internals {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  bufferManager: BufferManager;
  readonly tensorMap: { get(dataId: object): TensorData };
  readonly commandEncoder: GPUCommandEncoder | null;
  /** Tensors whose buffers the encoded commands use: not to be recycled before these are submitted. */
  readonly commandQueueOwnedIds: WeakSet<object>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: readonly number[], dtype: DataType): TensorInfo;
}

const methods = ["ensureCommandEncoderReady", "endComputePassEncoder", "submitQueue", "uploadToGPU", "makeTensorInfo"];
const objects = ["device", "queue", "bufferManager", "tensorMap", "commandQueueOwnedIds"];

/** The running backend's internals, or why there are none to be used. */
export function internalsOf(tf: Tf): Internals | string {
  if (tf.getBackend() !== "webgpu") return `the backend is ${tf.getBackend()}`;
  if (tf.version_core !== knownVersion) return `TensorFlow.js is ${tf.version_core}, and ${knownVersion} is known`;
  const backend = tf.backend() as unknown as Readonly<Record<string, unknown>>;
  const missing =
    methods.find((name) => typeof backend[name] !== "function") ??
    objects.find((name) => typeof backend[name] !== "object" || backend[name] === null);
  if (missing !== undefined) return `the WebGPU backend has no ${missing}`;
  return backend as unknown as Internals;
}

/** Hands what tfjs has encoded so far to the queue. */
export function flush(backend: Internals): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
}

/** The tensor's buffer; values that are still on the CPU are brought there. */
export function bufferOf(backend: Internals, { dataId }: Pick<Tensor, "dataId">): GPUBuffer {
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource!;
}

/** A tensor over a buffer that belongs to the caller and whose contents may change: what is read of it is never remembered. */
export function tensorOver(
  tf: Tf,
  backend: Internals,
  buffer: GPUBuffer,
  shape: readonly number[],
  dtype: DataType,
): Tensor {
  const info = backend.makeTensorInfo(shape, dtype);
  const data = backend.tensorMap.get(info.dataId);
  data.resource = buffer;
  data.external = true;
  Object.defineProperty(data, "values", { get: () => null, set: () => undefined });
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** A tensor of tfjs's own with the same values, copied on the GPU among the commands that tfjs encodes. */
export function copyOf(tf: Tf, backend: Internals, tensor: Tensor): Tensor {
  const from = bufferOf(backend, tensor);
  const info = backend.makeTensorInfo(tensor.shape, tensor.dtype);
  const to = bufferOf(backend, info as Tensor);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(from, 0, to, 0, from.size);
  for (const { dataId } of [tensor, info]) backend.commandQueueOwnedIds.add(dataId);
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** Gives buffers back to the device that tfjs keeps for reuse: what is replayed has its own. */
export function freeUnused({ bufferManager }: Internals): void {
  for (const buffers of bufferManager.freeBuffers.values()) {
    for (const buffer of buffers.splice(0)) {
      bufferManager.numBytesAllocated -= buffer.size;
      bufferManager.numFreeBuffers--;
      buffer.destroy();
    }
  }
}
