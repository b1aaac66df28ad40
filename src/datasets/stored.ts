/**
 * Built-in data sets that are stored as files: a folder of manifest.json, images and perhaps labels and targets, made by
 * scripts/build-data.mjs and scripts/build-emoji.mjs. The same files serve the page and the command line; how they are
 * fetched is handed in.
 */
import { gunzip } from "./gunzip.ts";
import { malformed } from "./problems.ts";
import { decodeTiles, planesOfTiles } from "./tiles.ts";
import { sizeOfItem, type ImageItem, type ImageSet, type Split } from "./types.ts";

export const manifestFormat = "ganvas-data/1";

export interface StoredFile {
  readonly path: string;
  /** Bytes and SHA-256 (hexadecimal) of the file as it is stored. */
  readonly bytes: number;
  readonly sha256: string;
  /** How the bytes are packed: gzip, or square coloured pictures by tiles.ts. */
  readonly coding: "gzip" | "tiles";
}

export interface Manifest {
  readonly format: typeof manifestFormat;
  readonly name: string;
  readonly title: string;
  readonly item: ImageItem;
  /** The second image of each row, where there is one. */
  readonly target?: ImageItem;
  /** Rows of all splits together; the files hold them one split after another. */
  readonly count: number;
  readonly classes?: readonly string[];
  readonly splits: Readonly<Record<Split, { readonly start: number; readonly count: number }>>;
  /** images, target: count · C · H · W bytes; labels: one byte a row. */
  readonly files: { readonly images: StoredFile; readonly target?: StoredFile; readonly labels?: StoredFile };
  readonly licence: string;
  readonly source: string;
  /** SHA-256 of what the files were made from and how; the build is skipped where it has not changed. */
  readonly recipe: string;
}

/**
 * The rows of one split; those of training come with the held-out ones.
 * @param read fetches a file of the data set's folder
 * @throws DatasetProblem data-malformed where a file is not the one that the manifest means
 */
export async function readStored(
  name: string,
  split: Split,
  read: (path: string) => Promise<Uint8Array>,
): Promise<ImageSet> {
  const manifest = readManifest(name, await read("manifest.json"));
  const { count, item, target, files, splits } = manifest;
  const part = async (file: StoredFile | undefined, row: number, item?: ImageItem) => {
    if (!file) return null;
    const bytes = await unpack(`${name}/${file.path}`, file, await read(file.path), count, item);
    if (bytes.length !== count * row)
      throw malformed(`${name}/${file.path}`, `it holds ${bytes.length} bytes where ${count * row} are promised`);
    return ({ start, count }: { start: number; count: number }) => bytes.subarray(start * row, (start + count) * row);
  };
  const [images, targets, labels] = await Promise.all([
    part(files.images, sizeOfItem(item), item),
    target ? part(files.target, sizeOfItem(target), target) : null,
    part(files.labels, 1),
  ]);
  const rows = (wanted: Split): ImageSet => {
    const { title, classes, licence, source } = manifest;
    const place = splits[wanted];
    return {
      ...{ name, title, count: place.count, item, data: images!(place), licence, source },
      ...(labels && classes ? { labels: labels(place), classes } : {}),
      ...(targets && target ? { target: { item: target, data: targets(place) } } : {}),
    };
  };
  return split === "test" ? rows("test") : { ...rows("train"), heldOut: rows("test") };
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

async function unpack(
  name: string,
  file: StoredFile,
  bytes: Uint8Array,
  count: number,
  item: ImageItem | undefined,
): Promise<Uint8Array> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== file.sha256)
    throw malformed(name, `its SHA-256 is ${found.slice(0, 12)}…, the manifest's ${file.sha256.slice(0, 12)}…`);
  if (file.coding === "tiles" && item) return planesOfTiles(decodeTiles(bytes, count, item.shape[1]));
  const { data, complete } = gunzip(bytes);
  if (!complete) throw malformed(name, "its gzip stream is damaged");
  return data;
}
