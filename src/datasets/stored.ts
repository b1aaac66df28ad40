/**
 * Built-in data sets that are stored as files: a folder of manifest.json, images.bin.gz and labels.bin.gz, made by
 * scripts/build-data.mjs. The same files serve the page and the command line; how they are fetched is handed in.
 */
import { gunzip } from "./gunzip.ts";
import { malformed } from "./problems.ts";
import type { ImageItem, ImageSet } from "./types.ts";

export const manifestFormat = "ganvas-data/1";

export interface StoredFile {
  readonly path: string;
  /** Bytes and SHA-256 (hexadecimal) of the file as it is stored. */
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly name: string;
  readonly title: string;
  readonly item: ImageItem;
  /** Rows of all splits together; the files hold them one split after another. */
  readonly count: number;
  readonly classes: readonly string[];
  readonly splits: Readonly<Record<Split, { readonly start: number; readonly count: number }>>;
  /** images: count · C · H · W bytes; labels: one byte a row. Both gzipped. */
  readonly files: { readonly images: StoredFile; readonly labels: StoredFile };
  readonly licence: string;
  readonly source: string;
  /** SHA-256 of what the files were made from and how; the build is skipped where it has not changed. */
  readonly recipe: string;
}

export const splits = ["train", "test"] as const;
export type Split = (typeof splits)[number];

/**
 * @param read fetches a file of the data set's folder
 * @throws DatasetProblem data-malformed where a file is not the one that the manifest means
 */
export async function readStored(
  name: string,
  split: Split,
  read: (path: string) => Promise<Uint8Array>,
): Promise<ImageSet> {
  const manifest = readManifest(name, await read("manifest.json"));
  const fetch = async (file: StoredFile) => unpack(`${name}/${file.path}`, file, await read(file.path));
  const [images, labels] = await Promise.all([fetch(manifest.files.images), fetch(manifest.files.labels)]);
  const { start, count } = manifest.splits[split];
  const { item, title, classes, licence, source } = manifest;
  const size = item.shape[0] * item.shape[1] * item.shape[2];
  if (images.length !== manifest.count * size || labels.length !== manifest.count)
    throw malformed(
      name,
      `its files hold ${images.length} and ${labels.length} bytes where ${manifest.count} images and labels are promised`,
    );
  const data = images.subarray(start * size, (start + count) * size);
  return { name, title, count, item, data, labels: labels.subarray(start, start + count), classes, licence, source };
}

function readManifest(name: string, bytes: Uint8Array): Manifest {
  const manifest = parse(new TextDecoder().decode(bytes));
  if (manifest?.format !== manifestFormat)
    throw malformed(`${name}/manifest.json`, `it is no manifest of the format ${manifestFormat}`);
  return manifest;
}

function parse(text: string): Manifest | null {
  try {
    return JSON.parse(text) as Manifest | null;
  } catch {
    return null;
  }
}

async function unpack(name: string, file: StoredFile, bytes: Uint8Array): Promise<Uint8Array> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== file.sha256)
    throw malformed(name, `its SHA-256 is ${found.slice(0, 12)}…, the manifest's ${file.sha256.slice(0, 12)}…`);
  const { data, complete } = gunzip(bytes);
  if (!complete) throw malformed(name, "its gzip stream is damaged");
  return data;
}
