/** Rows and weights in memory that threads share, so that a message to many of them copies nothing. */
import { isImageSet, type DataSet } from "../datasets/types.ts";
import type { Checkpoint } from "./checkpoint.ts";

type Numbers = Uint8Array | Uint16Array | Int32Array | Float32Array;

/** The rows that training sees, copied to shared memory once; held-out rows are left out. */
export function sharedDataSet(set: DataSet): DataSet {
  const known = sharedSets.get(set);
  if (known) return known;
  const labels = set.labels && { labels: shared(set.labels) };
  const made: DataSet = isImageSet(set)
    ? {
        ...set,
        ...labels,
        data: shared(set.data),
        ...(set.target && { target: { ...set.target, data: shared(set.target.data) } }),
        heldOut: undefined,
      }
    : { ...set, ...labels, data: shared(set.data) };
  sharedSets.set(set, made);
  return made;
}

/** Copies a checkpoint's tensors to shared memory. */
export const sharedTensors = (tensors: Checkpoint["tensors"]): Checkpoint["tensors"] =>
  new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: shared(data) }]));

const sharedSets = new WeakMap<DataSet, DataSet>();

function shared<T extends Numbers>(numbers: T): T {
  if (numbers.buffer instanceof SharedArrayBuffer) return numbers;
  const { constructor } = numbers as unknown as { constructor: new (memory: SharedArrayBuffer) => T };
  const copy = new constructor(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers as never);
  return copy;
}
