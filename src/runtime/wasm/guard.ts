// Makes running out of memory an error. As shipped, tfjs ignores a failed malloc: the tensor gets address 0, and writing it
// overwrites the C++ side's own data. A request past 4 GiB wraps around and yields a tensor larger than its memory. And
// where the heap's end would pass 4 GiB, its allocator (emmalloc over sbrk) wraps around too and overwrites itself.

import { AllocationError } from "../errors.ts";
import type { WasmBackend } from "./heap.ts";

/** The largest heap that tfjs's build grows to: 4 GiB less one page. */
const HEAP_LIMIT = 2 ** 32 - 2 ** 16;
/** More than the allocator adds to a request for its own headers, and less than the page between limit and 4 GiB. */
const HEADERS = 2 ** 14;
/**
 * Room that must be left after a larger allocation: tfjs's C++ side allocates small things of its own and aborts for good
 * where it cannot.
 */
const RESERVE = 2 ** 20;

/** From now on a failed allocation throws an AllocationError. Returns a function that takes the guard away. */
export function guardAllocations(backend: WasmBackend): () => void {
  const { wasm } = backend;
  // Emscripten's export replaces itself on its first call, which would undo the guard.
  wasm._free(wasm._malloc(1));
  const malloc = wasm._malloc;
  const move = backend.move;
  const allocate = boundedMalloc(wasm);
  let shape: readonly number[] = [];

  wasm._malloc = (bytes) => {
    let address = allocate(bytes);
    if (address !== 0 && bytes >= RESERVE) {
      const rest = allocate(RESERVE);
      wasm._free(rest || address);
      if (rest === 0) address = 0;
    }
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

/**
 * malloc that answers 0 for everything that does not fit. A request that would push the heap's end past the limit may still
 * fit between other blocks: meanwhile the end is set so high that moving it fails, as it should, instead of wrapping around.
 */
function boundedMalloc(wasm: WasmBackend["wasm"]): (bytes: number) => number {
  const memory = wasm.asm.memory as WebAssembly.Memory;
  const malloc = wasm._malloc;
  const endAddress = findHeapEnd(wasm);
  return (bytes) => {
    if (bytes > HEAP_LIMIT - HEADERS) return 0;
    const end = new Uint32Array(memory.buffer, endAddress, 1)[0];
    if (end + bytes + HEADERS <= HEAP_LIMIT) return malloc(bytes) >>> 0;
    const blocked = HEAP_LIMIT - bytes + HEADERS;
    new Uint32Array(memory.buffer, endAddress, 1)[0] = blocked;
    const address = malloc(bytes) >>> 0;
    new Uint32Array(memory.buffer, endAddress, 1)[0] = end;
    return address;
  };
}

/** Where findHeapEnd found it, for every tfjs module once: looking for it doubles the heap. */
const heapEnds = new WeakMap<object, number>();

/**
 * Address of the variable that holds the heap's end (sbrk's), which the module does not export: the word of static data that
 * grows by as much as the heap when a block is allocated that no free one can hold.
 */
function findHeapEnd(wasm: WasmBackend["wasm"]): number {
  const known = heapEnds.get(wasm);
  if (known !== undefined) return known;
  const memory = wasm.asm.memory as WebAssembly.Memory;
  const staticEnd = wasm.asm.stackSave(); // static data lies below the stack, the heap above
  const words = () => new Uint32Array(memory.buffer, 0, staticEnd >>> 2);
  const before = words().slice();
  const size = memory.buffer.byteLength;
  if (size > HEAP_LIMIT / 2) throw new Error("Install the kernels while tfjs's heap is smaller than 2 GiB.");
  const block = wasm._malloc(size) >>> 0;
  const found: number[] = [];
  for (const [i, end] of words().entries()) {
    const growth = end - before[i];
    const isEnd = before[i] >= staticEnd && growth >= size && growth < size + HEADERS && end % 8 === 0;
    if (isEnd && end >= block + size && end <= memory.buffer.byteLength) found.push(4 * i);
  }
  if (block !== 0) wasm._free(block);
  if (found.length !== 1) throw new Error("This build of tfjs's wasm backend lays out its heap in an unknown way.");
  heapEnds.set(wasm, found[0]);
  return found[0];
}
