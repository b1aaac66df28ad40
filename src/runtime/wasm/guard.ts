// Makes running out of memory an error. As shipped, tfjs ignores a failed malloc: the tensor gets address 0, and writing it
// overwrites the C++ side's own data; a request past 4 GiB wraps around and yields a tensor larger than its memory.

import { AllocationError } from "../errors.ts";
import type { WasmBackend } from "./heap.ts";

/** The largest heap that tfjs's build grows to: 4 GiB less one page. */
const HEAP_LIMIT = 2 ** 32 - 2 ** 16;

/** From now on a failed allocation throws an AllocationError. Returns a function that takes the guard away. */
export function guardAllocations(backend: WasmBackend): () => void {
  const { wasm } = backend;
  // Emscripten's export replaces itself on its first call, which would undo the guard.
  wasm._free(wasm._malloc(1));
  const malloc = wasm._malloc;
  const move = backend.move;
  let shape: readonly number[] = [];

  wasm._malloc = (bytes) => {
    const address = bytes <= HEAP_LIMIT ? malloc(bytes) >>> 0 : 0;
    if (address === 0) throw new AllocationError(bytes, { shape }, wasm.asm.memory?.buffer.byteLength ?? 0);
    return address;
  };
  // Every tensor of tfjs, from values or as an output, gets its memory here.
  backend.move = function (dataId, values, tensorShape, dtype, refCount) {
    shape = tensorShape;
    move.call(backend, dataId, values, tensorShape, dtype, refCount);
  };
  return () => {
    wasm._malloc = malloc;
    backend.move = move;
  };
}
