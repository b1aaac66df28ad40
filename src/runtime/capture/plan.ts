/**
 * Where the buffers of a recording lie: constants in one buffer, each content once; feeds in another; intermediates in a pool,
 * where one serves whatever is not in use at the same time.
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

/**
 * The largest first, each in a buffer of the pool that no other uses meanwhile, the smallest of them (Pisarchyk and Lee,
 * "Efficient memory management for deep neural net inference", 2020: greedy by size, shared objects). Buffers of one command never
 * share one: a dispatch may not read and write the same.
 */
function placeIntermediates(used: readonly (readonly PaperBuffer[])[], places: Map<PaperBuffer, Place>): number[] {
  const spans = new Map<PaperBuffer, Span>();
  used.forEach((buffers, index) => {
    for (const buffer of buffers)
      if (!buffer.bytes && buffer.feed === null)
        spans.set(buffer, { first: spans.get(buffer)?.first ?? index, last: index });
  });
  const pool: { readonly size: number; readonly spans: Span[] }[] = [];
  for (const [buffer, span] of [...spans].sort(([a], [b]) => b.size - a.size)) {
    let at = pool.findLastIndex((each) =>
      each.spans.every(({ first, last }) => last < span.first || span.last < first),
    );
    if (at < 0) at = pool.push({ size: buffer.size, spans: [] }) - 1;
    pool[at].spans.push(span);
    places.set(buffer, { in: at, offset: 0 });
  }
  return pool.map(({ size }) => size);
}

/** The commands from the one that first names a buffer to the last one. */
interface Span {
  readonly first: number;
  readonly last: number;
}
