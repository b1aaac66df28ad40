/** Copies between stretches of tensors, in the command encoder that TensorFlow.js fills and in order with its programs. */
import type { TensorInfo } from "../tf.ts";
import type { WebGPUBackend } from "./program.ts";

/** Offsets and count in elements of four bytes. */
export interface Copy {
  readonly from: TensorInfo;
  readonly fromOffset?: number;
  readonly to: TensorInfo;
  readonly toOffset?: number;
  readonly count: number;
}

/** Encodes them all; they cost one interruption of the compute pass together, so callers gather what they have to copy. */
export function copyElements(backend: WebGPUBackend, copies: readonly Copy[]): void {
  const { tensorMap } = backend;
  for (const { from, to } of copies) for (const { dataId } of [from, to]) backend.uploadToGPU(dataId);
  const inner = backend as unknown as Encoder;
  inner.ensureCommandEncoderReady();
  inner.endComputePassEncoder();
  const bufferOf = ({ dataId }: TensorInfo) => tensorMap.get(dataId).resource as GPUBuffer;
  for (const { from, fromOffset = 0, to, toOffset = 0, count } of copies) {
    if (count === 0) continue;
    inner.commandEncoder.copyBufferToBuffer(bufferOf(from), 4 * fromOffset, bufferOf(to), 4 * toOffset, 4 * count);
    // Not to be recycled before the submit; what was read of the target before is no longer true.
    for (const { dataId } of [from, to]) inner.commandQueueOwnedIds.add(dataId);
    tensorMap.get(to.dataId).values = null as never;
  }
}

/** What tfjs's backend keeps to itself. */
interface Encoder {
  commandEncoder: GPUCommandEncoder;
  commandQueueOwnedIds: WeakSet<object>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
}
