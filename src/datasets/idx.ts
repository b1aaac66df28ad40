/**
 * IDX, the format of MNIST's files: two zero bytes, a type code, the number of axes, each axis as a big-endian 32-bit
 * integer, then the values in C order. Only unsigned bytes (code 8) are read: images [N, H, W] and labels [N]. Gzip
 * around it is taken off.
 */
import { gunzip, isGzip } from "./gunzip.ts";
import { DatasetProblem, malformed } from "./problems.ts";
import type { ImageSet } from "./types.ts";

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** @param name the file, for messages. @throws DatasetProblem idx-truncated or data-malformed */
export function readIdx(bytes: Uint8Array, name: string): IdxArray {
  const { data: content, complete } = isGzip(bytes) ? gunzip(bytes) : { data: bytes, complete: true };
  if (content.length < 4) throw malformed(name, `its ${content.length} bytes are too few for an IDX header`);
  if (content[0] !== 0 || content[1] !== 0)
    throw malformed(name, "it does not begin with the two zero bytes of an IDX file");
  if (content[2] !== unsignedByte)
    throw malformed(
      name,
      `its values have IDX type 0x${content[2].toString(16).padStart(2, "0")}; only unsigned bytes (0x08) are images or labels`,
    );
  const axes = content[3];
  if (axes === 0) throw malformed(name, "its header says 0 axes");
  const header = 4 + 4 * axes;
  if (content.length < header)
    throw new DatasetProblem("idx-truncated", { name, found: content.length, wanted: header });
  const view = new DataView(content.buffer, content.byteOffset, header);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const wanted = header + shape.reduce((size, extent) => size * extent, 1);
  if (content.length < wanted) throw new DatasetProblem("idx-truncated", { name, found: content.length, wanted });
  if (content.length > wanted)
    throw malformed(name, `it has ${content.length - wanted} bytes more than its header promises`);
  if (!complete) throw malformed(name, "its gzip stream is damaged");
  return { shape, data: content.subarray(header) };
}

/**
 * A data set of IDX images [N, H, W] and, perhaps, IDX labels [N]. Classes are named by their number.
 * @throws DatasetProblem also where both do not belong together
 */
export function imageSetOfIdx(
  images: { bytes: Uint8Array; name: string },
  labels: { bytes: Uint8Array; name: string } | null,
): ImageSet {
  const { shape, data } = readIdx(images.bytes, images.name);
  if (shape.length !== 3) throw malformed(images.name, `it has ${axesOf(shape)} where images have 3 (N, H, W)`);
  const [count, height, width] = shape;
  if (data.length === 0) throw new DatasetProblem("dataset-empty", { name: images.name });
  const set = {
    name: images.name,
    title: images.name,
    count,
    item: { type: "image", shape: [1, height, width] },
    data,
    licence: "your own",
    source: images.name,
  } as const;
  return labels ? { ...set, ...classesOf(labels, count, images.name) } : set;
}

const unsignedByte = 0x08;

const axesOf = (shape: readonly number[]) => (shape.length === 1 ? "1 axis" : `${shape.length} axes`);

function classesOf(file: { bytes: Uint8Array; name: string }, count: number, images: string) {
  const { shape, data: labels } = readIdx(file.bytes, file.name);
  if (shape.length !== 1) throw malformed(file.name, `it has ${axesOf(shape)} where labels have 1 (N)`);
  if (shape[0] !== count) throw malformed(file.name, `it has ${shape[0]} labels for the ${count} images in ${images}`);
  const highest = labels.reduce((most, label) => Math.max(most, label), 0);
  return { labels, classes: Array.from({ length: highest + 1 }, (_, label) => String(label)) };
}
