/**
 * Where the buffers of a recording lie: constants in one buffer, each content once; feeds in another; intermediates in a pool,
 * where a buffer serves again after its last use.
 */
import { PaperBuffer, buffersOf, type Command } from "./paper.ts";

/** A buffer of the plan (of the pool by number) and an offset in it. */
export interface Place {
  readonly in: "constants" | "feeds" | number;
  readonly offset: number;
}

export interface Plan {
  readonly places: ReadonlyMap<PaperBuffer, Place>;
  /** Bytes of each buffer of the pool. */
  readonly pool: readonly number[];
  readonly constants: Uint8Array<ArrayBuffer>;
  /** Bytes of all feeds. */
  readonly feeds: number;
  /** Where each feed lies, by number. */
  readonly feedOffsets: readonly number[];
}

/** Offsets that every device binds at. */
const alignment = 256;
/** A free buffer is taken for a smaller one where not more than this part of it is wasted. */
const waste = 0.2;
/** Constants up to so many bytes are compared, to be kept once. */
const comparedBytes = 4096;

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/**
 * @param feeds bytes of each feed, by number
 * @param kept buffers that are read after the last command.
 */
export function planOf(commands: readonly Command[], feeds: readonly number[], kept: readonly PaperBuffer[]): Plan {
  const used = commands.map((command) =>
    [...buffersOf(command)].filter((buffer): buffer is PaperBuffer => buffer instanceof PaperBuffer),
  );
  const places = new Map<PaperBuffer, Place>();
  const constants = placeConstants(new Set(used.flat()), places);
  const feedOffsets = offsetsOf(feeds);
  for (const buffer of new Set(used.flat()))
    if (buffer.feed !== null) places.set(buffer, { in: "feeds", offset: feedOffsets[buffer.feed] });
  const pool = placeIntermediates([...used, kept], places);
  const end = feeds.length === 0 ? 0 : feedOffsets.at(-1)! + feeds.at(-1)!;
  return { places, pool, constants, feeds: aligned(end), feedOffsets };
}

function offsetsOf(sizes: readonly number[]): number[] {
  let end = 0;
  return sizes.map((size) => {
    const offset = end;
    end += aligned(size);
    return offset;
  });
}

function placeConstants(buffers: ReadonlySet<PaperBuffer>, places: Map<PaperBuffer, Place>): Uint8Array<ArrayBuffer> {
  const known = new Map<string, number>();
  const parts: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  let end = 0;
  for (const buffer of buffers) {
    const { bytes, size } = buffer;
    if (!bytes) continue;
    const key = size <= comparedBytes ? bytes.join() : null;
    const offset = (key === null ? undefined : known.get(key)) ?? end;
    if (offset === end) {
      parts.push({ offset, bytes });
      end += aligned(size);
      if (key !== null) known.set(key, offset);
    }
    places.set(buffer, { in: "constants", offset });
  }
  const all = new Uint8Array(end);
  for (const { offset, bytes } of parts) all.set(bytes, offset);
  return all;
}

/** Buffers of one command never share one of the pool: a dispatch may not read and write the same. */
function placeIntermediates(used: readonly (readonly PaperBuffer[])[], places: Map<PaperBuffer, Place>): number[] {
  const lastUse = new Map<PaperBuffer, number>();
  used.forEach((buffers, index) => buffers.forEach((buffer) => lastUse.set(buffer, index)));
  const pool: number[] = [];
  const free: number[] = []; // numbers of buffers of the pool
  used.forEach((buffers, index) => {
    const own = buffers.filter(({ bytes, feed }) => !bytes && feed === null);
    for (const buffer of own) {
      if (places.has(buffer)) continue;
      const taken = takeFree(free, pool, buffer.size) ?? pool.push(buffer.size) - 1;
      places.set(buffer, { in: taken, offset: 0 });
    }
    for (const buffer of own) if (lastUse.get(buffer) === index) free.push(places.get(buffer)!.in as number);
  });
  return pool;
}

/** The smallest free buffer that is large enough and not much too large. */
function takeFree(free: number[], pool: readonly number[], size: number): number | undefined {
  let best = -1;
  free.forEach((number, at) => {
    const fits = pool[number] >= size && (pool[number] === size || size >= pool[number] * (1 - waste));
    if (fits && (best < 0 || pool[number] < pool[free[best]])) best = at;
  });
  return best < 0 ? undefined : free.splice(best, 1)[0];
}
