/**
 * What a data set is once it is in memory: rows of one shape, perhaps with a class each. Where it came from (a file, a
 * folder, a formula) is forgotten here; which rows a training step sees is decided in batches.ts.
 */

/** Images are [C, H, W], as PyTorch and the editor write shapes; vectors are [F]. Never with a batch. */
export type ImageItem = { readonly type: "image"; readonly shape: readonly [number, number, number] };
export type VectorItem = { readonly type: "vector"; readonly shape: readonly [number] };

interface Rows {
  /** As a Dataset node names it: "mnist", or the path that was read. */
  readonly name: string;
  readonly title: string;
  /** How many rows there are; at least 1. */
  readonly count: number;
  /** The class of each row, 0 … classes.length − 1; with `classes` or not at all. */
  readonly labels?: Uint8Array | Uint16Array | Int32Array;
  readonly classes?: readonly string[];
  readonly licence: string;
  readonly source: string;
}

/** `data` has count · C · H · W bytes, 0 black to 255 white, each row in C, H, W order (plane after plane). */
export interface ImageSet extends Rows {
  readonly item: ImageItem;
  readonly data: Uint8Array;
  /** A second image of each row, which the first is to be turned into; laid out as `data` is. */
  readonly target?: Images;
  /** Rows that training does not see: samples that begin with an image begin with one of these. */
  readonly heldOut?: ImageSet;
}

export interface Images {
  readonly item: ImageItem;
  readonly data: Uint8Array;
}

/** `data` has count · F numbers, row after row. */
export interface VectorSet extends Rows {
  readonly item: VectorItem;
  readonly data: Float32Array;
}

export type DataSet = ImageSet | VectorSet;

export const isImageSet = (set: DataSet): set is ImageSet => set.item.type === "image";

/** Values in one row. */
export const sizeOfItem = (item: ImageItem | VectorItem): number =>
  item.shape.reduce((size, extent) => size * extent, 1);

/** What the analysis of a document needs to know of a data set to type the ports of a Dataset node. */
export const factsOf = (set: DataSet) => ({
  item: set.item,
  target: (isImageSet(set) && set.target?.item) || null,
  classes: set.classes?.length ?? null,
  count: set.count,
  heldOut: (isImageSet(set) && set.heldOut?.count) || 0,
});

/** The rows of one split; all rows where a data set has none. */
export const splitOf = (set: DataSet, split: Split): DataSet =>
  split === "test" && isImageSet(set) && set.heldOut ? set.heldOut : set;

export const splits = ["train", "test"] as const;
export type Split = (typeof splits)[number];

/** Random numbers that come one after another; a Philox stream of the runtime is one. */
export interface RandomSource {
  /** n numbers in [0, 1). */
  uniform(n: number): Float32Array;
  /** n numbers of N(0, 1). */
  normal(n: number): Float32Array;
}
