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
/** Far more than the allocator's headers, from which it is to be told, and less than a small network's weights. */
const SMALLEST_PROBE = 2 ** 18;

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
    let address = malloc(bytes) >>> 0;
    // The sum of a free block's address and of the request may wrap around too; such a block is given though it is too short.
    const tooShort: number[] = [];
    for (; address !== 0 && address + bytes > end; address = malloc(bytes) >>> 0) tooShort.push(address);
    for (const block of tooShort) wasm._free(block);
    new Uint32Array(memory.buffer, endAddress, 1)[0] = end;
    return address;
  };
}

/** Where findHeapEnd found it, for every tfjs module once. */
const heapEnds = new WeakMap<object, number>();

/**
 * Address of the variable that holds the heap's end (sbrk's), which the module does not export: the word of static data that
 * grows by as much as the heap when a block is allocated that no free one can hold. Trying tells how large such a block is;
 * small ones come first, since what the heap has once grown by is never given back.
 */
function findHeapEnd(wasm: WasmBackend["wasm"]): number {
  const known = heapEnds.get(wasm);
  if (known !== undefined) return known;
  const size = (wasm.asm.memory as WebAssembly.Memory).buffer.byteLength;
  if (size > HEAP_LIMIT / 2) throw new Error("Install the kernels while tfjs's heap is smaller than 2 GiB.");
  for (let bytes = SMALLEST_PROBE; bytes < 2 * size; bytes *= 2) {
    const grown = wordsGrownBy(wasm, Math.min(bytes, size));
    if (grown.length !== 1) continue;
    heapEnds.set(wasm, grown[0]);
    return grown[0];
  }
  throw new Error("This build of tfjs's wasm backend lays out its heap in an unknown way.");
}

/** Addresses of the words in static data that a block of so many bytes moves as it would the heap's end: for good. */
function wordsGrownBy(wasm: WasmBackend["wasm"], bytes: number): number[] {
  const memory = wasm.asm.memory as WebAssembly.Memory;
  const staticEnd = wasm.asm.stackSave(); // static data lies below the stack, the heap above
  const words = () => new Uint32Array(memory.buffer, 0, staticEnd >>> 2);
  const before = words().slice();
  const block = wasm._malloc(bytes) >>> 0;
  if (block === 0) return [];
  const found: { readonly at: number; readonly end: number }[] = [];
  for (const [at, end] of words().entries()) {
    const growth = end - before[at];
    const isEnd = before[at] >= staticEnd && growth >= bytes && growth < bytes + HEADERS && end % 8 === 0;
    if (isEnd && end >= block + bytes && end <= memory.buffer.byteLength) found.push({ at, end });
  }
  wasm._free(block);
  const after = words(); // lists of free blocks go back to where they were
  return found.filter(({ at, end }) => after[at] === end).map(({ at }) => 4 * at);
}
