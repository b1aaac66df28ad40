// Turns emoji of four icon sets (development dependencies) into data sets of pictures: data/fluent-pairs (line art and its
// colours, same names) and data/twemoji and data/noto (the same names in two styles). Drawn at 64 × 64 on white, reduced to
// 16 colours a picture, and packed by src/datasets/tiles.ts. Deterministic; skipped as MNIST is (build-data.mjs).

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isUpToDate, sha256, writeByRename } from "./build-data.mjs";

const here = fileURLToPath(import.meta.url);
const sources = path.resolve(path.dirname(here), "../src/datasets");
const size = 64;
const area = size * size;
const mostColours = 16;

const fluent = "Microsoft Corporation: Fluent Emoji";
const sets = [
  {
    name: "fluent-pairs",
    title: "Fluent emoji pairs",
    icons: ["fluent-emoji-high-contrast", "fluent-emoji-flat"],
    images: "fluent-emoji-high-contrast",
    target: "fluent-emoji-flat",
    wanted: () => true,
    greys: 8,
    licence: "MIT",
    source: fluent,
  },
  {
    name: "twemoji",
    title: "Twemoji",
    icons: ["twemoji", "noto"],
    images: "twemoji",
    wanted: (name) => !/skin-tone|flag/.test(name),
    licence: "CC BY 4.0",
    source: "Twitter and other contributors: Twemoji",
  },
  {
    name: "noto",
    title: "Noto Emoji",
    icons: ["twemoji", "noto"],
    images: "noto",
    wanted: (name) => !/skin-tone|flag/.test(name),
    licence: "Apache 2.0",
    terms: path.resolve(path.dirname(here), "../src/targets/onnx/proto/LICENSE"), // the same licence's text
    source: "Google Inc.: Noto Emoji",
  },
];

/**
 * Builds what is stale, or everything with `force`; returns the paths of the files that it wrote.
 * @param to the folder of all data sets; by default data/ at the package's root
 */
export async function buildEmoji({ to = path.resolve(path.dirname(here), "../data"), force = false } = {}) {
  const stale = sets.flatMap((set) => {
    const manifestFile = path.join(to, set.name, "manifest.json");
    const files = set.icons.map(iconsFile);
    if (files.includes(null)) {
      if (existsSync(manifestFile)) return [];
      throw new Error(
        `${set.title} cannot be built: @iconify-json/${set.icons.join(" and ")} are missing. Run npm ci.`,
      );
    }
    const recipe = sha256(...[...files, here, ...codec].map((file) => readFileSync(file)), sharpVersion());
    return !force && isUpToDate(path.join(to, set.name), manifestFile, recipe) ? [] : [{ ...set, recipe }];
  });
  if (stale.length === 0) return [];
  const { encodeTiles } = await loadCodec();
  return (await Promise.all(stale.map((set) => buildSet(set, path.join(to, set.name), encodeTiles)))).flat();
}

const codec = ["tiles.ts", "bit-coder.ts"].map((file) => path.join(sources, file));

async function buildSet(
  { name, title, icons, images, target, wanted, greys, licence, terms, source, recipe },
  folder,
  encode,
) {
  const [first, second] = icons.map((each) => JSON.parse(readFileSync(iconsFile(each), "utf8")));
  const drawings = { [icons[0]]: first, [icons[1]]: second };
  const names = Object.keys(first.icons).filter((each) => second.icons[each] && wanted(each));
  const drawnAs = [first, second].map(({ icons }) => sameDrawings(names, icons));
  const isTest = (name) => isHeldOut(drawnAs[1](drawnAs[0](name)));
  const train = names.filter((each) => !isTest(each)).sort();
  const test = names.filter(isTest).sort();
  const rows = [...train, ...test];
  mkdirSync(folder, { recursive: true });
  if (terms) copyFileSync(terms, path.join(folder, "LICENSE"));
  const write = async (file, which, levels) => {
    const bytes = encode(
      await tilesOf(
        rows.map((each) => svgOf(drawings[which], each)),
        levels,
      ),
    );
    writeByRename(path.join(folder, file), bytes);
    return { path: file, bytes: bytes.length, sha256: sha256(bytes), coding: "tiles" };
  };
  const files = {
    images: await write("images.tiles", images, greys),
    ...(target ? { target: await write("target.tiles", target) } : {}),
  };
  const item = { type: "image", shape: [3, size, size] };
  const manifest = {
    format: "ganvas-data/1",
    ...{ name, title, item },
    ...(target ? { target: item } : {}),
    count: rows.length,
    splits: {
      train: { start: 0, count: train.length },
      test: { start: train.length, count: test.length },
    },
    ...{ files, licence, source, recipe },
  };
  const manifestFile = path.join(folder, "manifest.json");
  writeByRename(manifestFile, JSON.stringify(manifest, null, 2) + "\n"); // last: it vouches for the others
  return [...Object.values(files).map((file) => path.join(folder, file.path)), manifestFile];
}

/** Of names with one drawing the first: what is held out is no drawing that training has under another name. */
function sameDrawings(names, icons) {
  const firsts = new Map();
  for (const name of [...names].sort()) if (!firsts.has(icons[name].body)) firsts.set(icons[name].body, name);
  return (name) => firsts.get(icons[name].body);
}

/** About a tenth of all names, the same in every set that has them. */
const isHeldOut = (name) => parseInt(sha256(name).slice(0, 8), 16) % 10 === 0;

function iconsFile(set) {
  try {
    return createRequire(here).resolve(`@iconify-json/${set}/icons.json`);
  } catch {
    return null;
  }
}

function svgOf({ icons, width: usual = 16, height: usualHeight = usual }, name) {
  const { body, left = 0, top = 0, width = usual, height = usualHeight } = icons[name];
  const box = `viewBox="${left} ${top} ${width} ${height}" width="${size}" height="${size}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${box}>${body}</svg>`;
}

/** @param greys levels of grey that the pictures are reduced to; left out, each gets the 16 colours that suit it best */
async function tilesOf(drawings, greys) {
  const count = drawings.length;
  const palettes = new Uint8Array(count * mostColours * 3);
  const indices = new Uint8Array(count * area);
  const { default: sharp } = await import("sharp");
  const take = async (svg, n) => {
    const drawn = sharp(Buffer.from(svg)).flatten({ background: "#fff" });
    const reduced = greys
      ? drawn
      : sharp(await drawn.png({ palette: true, colours: mostColours, dither: 0 }).toBuffer());
    const { data, info } = await reduced
      .removeAlpha()
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.width !== size || info.height !== size || info.channels !== 3)
      throw new Error(`A drawing became ${info.width} × ${info.height} × ${info.channels}`);
    const level = (byte) => (greys ? Math.round((Math.round((byte / 255) * (greys - 1)) * 255) / (greys - 1)) : byte);
    const colours = Array.from({ length: area }, (_, pixel) =>
      [0, 1, 2].reduce((colour, channel) => colour * 256 + level(data[3 * pixel + channel]), 0),
    );
    const palette = [...new Set(colours)].sort((a, b) => brightness(b) - brightness(a) || a - b);
    if (palette.length > mostColours) throw new Error(`A drawing has ${palette.length} colours`);
    palette.forEach((colour, index) => palettes.set(rgbOf(colour), (n * mostColours + index) * 3));
    const numbers = new Map(palette.map((colour, index) => [colour, index]));
    indices.set(
      colours.map((colour) => numbers.get(colour)),
      n * area,
    );
  };
  for (let start = 0; start < count; start += 16)
    await Promise.all(drawings.slice(start, start + 16).map((svg, offset) => take(svg, start + offset)));
  return { count, size, palettes, indices };
}

const rgbOf = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
const brightness = (colour) => rgbOf(colour).reduce((sum, byte, channel) => sum + byte * [299, 587, 114][channel], 0);

const sharpVersion = () =>
  JSON.parse(readFileSync(path.resolve(path.dirname(here), "../node_modules/sharp/package.json"), "utf8")).version;

/** The page's own packing, as JavaScript: Node 20 reads no TypeScript. */
async function loadCodec() {
  const { default: ts } = await import("typescript");
  const drafts = mkdtempSync(path.join(tmpdir(), "ganvas-tiles-"));
  try {
    for (const file of codec) {
      const text = readFileSync(file, "utf8").replaceAll('.ts"', '.mjs"');
      const { outputText } = ts.transpileModule(text, { compilerOptions: { module: "esnext", target: "es2022" } });
      writeFileSync(path.join(drafts, path.basename(file).replace(".ts", ".mjs")), outputText);
    }
    return await import(pathToFileURL(path.join(drafts, "tiles.mjs")).href);
  } finally {
    rmSync(drafts, { recursive: true, force: true });
  }
}

if (process.argv[1] === here)
  for (const file of await buildEmoji({ force: process.argv.includes("--force") }))
    process.stdout.write(`${path.relative(process.cwd(), file)} ${readFileSync(file).length} bytes\n`);
