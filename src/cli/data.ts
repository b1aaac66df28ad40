/**
 * Data sets by name or path, for Node: the built-in ones from the package's data/ folder or their formula, a person's own
 * from IDX, .npy, .npz, a zip or a folder. Decoding is that of src/datasets; here files are found, read and, where they
 * are pictures, handed to sharp.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { nearest } from "../core/analysis/diagnostics.ts";
import { dataSetOfArrays, pickArrays } from "../datasets/arrays.ts";
import { builtIn, findBuiltIn } from "../datasets/catalogue.ts";
import { dataSetOfImages, type DecodedImage, type FolderOptions, type ImageFile } from "../datasets/folder.ts";
import { imageSetOfIdx } from "../datasets/idx.ts";
import { readNpy, readNpz } from "../datasets/npy.ts";
import { DatasetProblem, malformed } from "../datasets/problems.ts";
import { resized } from "../datasets/resize.ts";
import type { Pairs } from "../datasets/pairs.ts";
import { readStored } from "../datasets/stored.ts";
import { drawToy, isToy } from "../datasets/toys.ts";
import { isImageSet, type DataSet, type RandomSource, type Split } from "../datasets/types.ts";
import { readZip } from "../datasets/zip.ts";
import { draw } from "../runtime/philox.ts";
import { packageRoot } from "./files.ts";

export interface LoadOptions {
  /** "train" unless said otherwise; folders, zips and single files have no splits and give all that they hold. */
  readonly split?: Split;
  /** [H, W] of every image. A folder or zip of images of different sizes needs it. */
  readonly resize?: FolderOptions["resize"];
  /** Images of a folder or zip become grey. */
  readonly grayscale?: boolean;
  /** Where the second images of a folder or zip are. */
  readonly pairs?: Pairs;
  /** Draws a toy's rows; without it a toy has the same rows always (those of seed 0). */
  readonly random?: RandomSource;
  /** Where the built-in data sets lie; the package's data/ unless said otherwise. */
  readonly dataFolder?: string;
}

/**
 * A built-in data set by its name, else what lies at a path.
 * @throws DatasetProblem where there is none, it has not been built, or its files are not what they should be
 */
export async function loadDataSet(nameOrPath: string, options: LoadOptions = {}): Promise<DataSet> {
  const set = await load(nameOrPath, options);
  return options.resize && isImageSet(set) ? resized(set, options.resize) : set;
}

/** A picture's bytes as pixels, upright as its EXIF says; of an animation the first frame. */
export async function decodeImage(bytes: Uint8Array): Promise<DecodedImage> {
  const image = sharp(bytes);
  const { space } = await image.metadata();
  if (space === "b-w" || space === "grey16") image.toColourspace("b-w"); // sharp gives grey ones three channels otherwise
  const { data, info } = await image.autoOrient().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

async function load(name: string, options: LoadOptions): Promise<DataSet> {
  const {
    split = "train",
    random = draw(0, name, { iteration: 0 }),
    dataFolder = path.join(packageRoot, "data"),
  } = options;
  if (isToy(name)) return drawToy(name, random);
  if (findBuiltIn(name)) return loadStored(name, split, path.join(dataFolder, name));
  const found = await stat(name).catch(() => null);
  if (found?.isDirectory()) return loadFolder(name, split, options);
  if (found?.isFile()) return loadFile(name, split, options);
  throw new DatasetProblem("dataset-unknown", {
    name,
    near: nearest(
      name,
      builtIn.map((entry) => entry.name),
    ),
  });
}

async function loadStored(name: string, split: Split, folder: string): Promise<DataSet> {
  if (!(await exists(path.join(folder, "manifest.json"))))
    throw new DatasetProblem("dataset-missing", { name, path: folder });
  return readStored(name, split, (file) => read(path.join(folder, file)));
}

async function loadFolder(name: string, split: Split, options: LoadOptions): Promise<DataSet> {
  const idx = (await readdir(name)).find((file) => idxImages[split].test(file));
  if (idx) return loadIdx(path.join(name, idx));
  const entries = await readdir(name, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry): ImageFile => {
      const file = path.join(entry.parentPath, entry.name);
      return { path: path.relative(name, file).split(path.sep).join("/"), read: () => read(file) };
    });
  return dataSetOfImages(name, files, decodeImage, options);
}

async function loadFile(name: string, split: Split, options: LoadOptions): Promise<DataSet> {
  const extension = path.extname(name).toLowerCase();
  if (extension === ".npy") return dataSetOfArrays(name, readNpy(await read(name), name), null);
  if (extension === ".npz") {
    const { rows, labels } = pickArrays(name, readNpz(await read(name), name), split);
    return dataSetOfArrays(name, rows, labels);
  }
  if (extension === ".zip") {
    const files = readZip(await read(name), name).map(({ path, bytes }): ImageFile => ({
      path,
      read: async () => bytes,
    }));
    return dataSetOfImages(name, files, decodeImage, options);
  }
  if (/idx|ubyte/i.test(path.basename(name))) return loadIdx(name);
  throw malformed(
    name,
    "its name ends in none of .npy, .npz, .zip, -ubyte and -ubyte.gz, and it is no folder of images",
  );
}

/** As MNIST's files and those in its likeness are called. */
const idxImages = {
  train: /^train-images[-.]idx3-ubyte(\.gz)?$/,
  test: /^(t10k|test)-images[-.]idx3-ubyte(\.gz)?$/,
} as const;

/** Labels are taken from the file that has "labels" and "idx1" in its name where this one has "images" and "idx3". */
async function loadIdx(images: string): Promise<DataSet> {
  const beside = path.basename(images).replace("images", "labels").replace("idx3", "idx1").replace(/\.gz$/, "");
  const candidates = [beside, `${beside}.gz`]
    .map((file) => path.join(path.dirname(images), file))
    .filter((file) => file !== images);
  const present = await Promise.all(candidates.map(exists));
  const labels = candidates.find((_, i) => present[i]);
  const file = async (name: string) => ({ name, bytes: await read(name) });
  return imageSetOfIdx(
    await file(images),
    labels && path.basename(images).includes("images") ? await file(labels) : null,
  );
}

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => null))?.isFile() ?? false;

async function read(file: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, length } = await readFile(file);
    return new Uint8Array(buffer, byteOffset, length); // a Buffer's slice and subarray behave otherwise
  } catch (error) {
    throw malformed(
      file,
      `the file cannot be opened (${error instanceof Error ? error.message.split(",")[0] : String(error)})`,
    );
  }
}
