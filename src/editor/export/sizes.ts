/** How large a file becomes, before it is written. */
import type { NetworkProgram } from "../../core/program/types.ts";
import { elements, weightsOf } from "../../core/program/weights.ts";

export type Storage = "float32" | "float16" | "int8";

/** Bytes of a number in matrices and kernels; all else stays float32. */
const bytesOf = { float32: 4, float16: 2, int8: 1 } as const satisfies Record<Storage, number>;

/** Bytes of an ONNX file, roughly: its weights, the document that travels in it, and so much for each layer. */
export function onnxSize(network: NetworkProgram, storage: Storage, documentText: string): number {
  return weightsSize(network, storage) + new Blob([documentText]).size + perLayer * network.instructions.length;
}

/** Bytes of the weights and buffers alone. */
export function weightsSize(network: NetworkProgram, storage: Storage): number {
  return weightsOf(network).reduce((sum, { shape }) => {
    const scales = storage === "int8" && shape.length > 1 ? 4 * shape[0] : 0;
    return sum + elements(shape) * (shape.length > 1 ? bytesOf[storage] : 4) + scales;
  }, 0);
}

/** Names, attributes and types of a layer's operators. */
const perLayer = 320;

/** "980 B", "24 kB", "7.1 MB". */
export function sizeText(bytes: number): string {
  const [size, unit] = bytes >= 999_500 ? [bytes / 1e6, "MB"] : bytes >= 1000 ? [bytes / 1e3, "kB"] : [bytes, "B"];
  return `${Number(size.toPrecision(size >= 100 ? 3 : 2)).toLocaleString("en")}\u2009${unit}`;
}
