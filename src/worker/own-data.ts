/** A person's own images as a data set: files of a folder decoded by the browser, or one zip, .npy, .npz or IDX file. */
import { dataSetOfArrays, pickArrays } from "../datasets/arrays.ts";
import { dataSetOfImages, type DecodedImage, type ImageFile } from "../datasets/folder.ts";
import { imageSetOfIdx } from "../datasets/idx.ts";
import { readNpy, readNpz } from "../datasets/npy.ts";
import { resized } from "../datasets/resize.ts";
import { isImageSet, type DataSet } from "../datasets/types.ts";
import { readZip } from "../datasets/zip.ts";
import type { Requests } from "../session/protocol.ts";
import { ownPrefix } from "../storage/data-sets.ts";

export interface OwnData {
  readonly set: DataSet;
  /** Files that no browser can decode. */
  readonly skipped: number;
}

/** @param progress told how many images of how many are done. @throws DatasetProblem */
export async function readOwnData(
  { name: given, files, resize, grayscale, pairs = "none" }: Requests["addDataSet"],
  progress: (done: number, of: number) => void,
): Promise<OwnData> {
  const name = given.startsWith(ownPrefix) ? given : ownPrefix + given;
  let skipped = 0;
  const options = { resize, grayscale, pairs, progress, skip: () => void skipped++ };
  const set = await read(files, (images) => dataSetOfImages(name, images, decodeImage, options));
  const sized = resize && isImageSet(set) ? resized(set, resize) : set;
  return { set: { ...sized, name, title: name.slice(ownPrefix.length), source: "your own files" }, skipped };
}

async function read(
  files: Requests["addDataSet"]["files"],
  ofImages: (images: readonly ImageFile[]) => Promise<DataSet>,
): Promise<DataSet> {
  const bytesOf = async ({ bytes }: (typeof files)[number]) => new Uint8Array(await bytes.arrayBuffer());
  const named = (pattern: RegExp) => files.find(({ path }) => pattern.test(path));
  const [zip, npy, npz, idx] = [/\.zip$/i, /\.npy$/i, /\.npz$/i, /idx3|images.*ubyte/i].map(named);
  if (npz) {
    const { rows, labels } = pickArrays(npz.path, readNpz(await bytesOf(npz), npz.path), "train");
    return dataSetOfArrays(npz.path, rows, labels);
  }
  if (npy) return dataSetOfArrays(npy.path, readNpy(await bytesOf(npy), npy.path), null);
  if (idx) {
    const labels = named(/idx1|labels.*ubyte/i);
    const beside = labels ? { bytes: await bytesOf(labels), name: labels.path } : null;
    return imageSetOfIdx({ bytes: await bytesOf(idx), name: idx.path }, beside);
  }
  if (zip) {
    const entries = readZip(await bytesOf(zip), zip.path);
    return ofImages(entries.map(({ path, bytes }) => ({ path, read: async () => bytes })));
  }
  return ofImages(files.map((file) => ({ path: file.path, read: () => bytesOf(file) })));
}

/** Upright as its EXIF says; grey where all of it is. Throws where the browser cannot decode it. */
async function decodeImage(bytes: Uint8Array): Promise<DecodedImage> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  try {
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return isGrey(data) ? { width, height, channels: 2, data: greyOf(data) } : { width, height, channels: 4, data };
  } finally {
    bitmap.close();
  }
}

function isGrey(rgba: Uint8ClampedArray): boolean {
  for (let at = 0; at < rgba.length; at += 4) if (rgba[at] !== rgba[at + 1] || rgba[at] !== rgba[at + 2]) return false;
  return true;
}

/** Grey and opacity, two bytes a pixel. */
function greyOf(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(rgba.length / 2);
  for (let pixel = 0; pixel < grey.length / 2; pixel++) {
    grey[2 * pixel] = rgba[4 * pixel];
    grey[2 * pixel + 1] = rgba[4 * pixel + 3];
  }
  return grey;
}
