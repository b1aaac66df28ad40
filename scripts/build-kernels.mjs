// Compiles src/runtime/wasm/assembly to kernels-simd.wasm and kernels-relaxed.wasm beside it: one source, two variants by a
// compile flag. Does nothing where both are newer than the source and this file.

import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(import.meta.url);
const folder = path.resolve(path.dirname(here), "../src/runtime/wasm");
const source = path.join(folder, "assembly");

const variants = {
  "kernels-simd.wasm": [],
  "kernels-relaxed.wasm": ["--enable", "relaxed-simd"],
};
const common = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--enable", "simd"];

/** Builds what is stale, or everything with `force`; returns the paths of the files that it wrote. */
export async function buildKernels({ force = false } = {}) {
  const sources = readdirSync(source).filter((name) => name.endsWith(".ts"));
  const newest = Math.max(...[here, ...sources.map((name) => path.join(source, name))].map(modified));
  const stale = Object.keys(variants).filter((name) => force || modified(path.join(folder, name)) < newest);
  if (stale.length === 0) return [];
  const { default: asc } = await import("assemblyscript/asc"); // slow to load: only when there is work
  const written = [];
  for (const name of stale) {
    const file = path.join(folder, name);
    const draft = `${file}.${process.pid}`; // so that no other process reads half a file
    writeFileSync(draft, await compile(asc, sources, variants[name]));
    renameSync(draft, file);
    written.push(file);
  }
  return written;
}

async function compile(asc, sources, flags) {
  let binary;
  const { error, stderr } = await asc.main(["index.ts", "--outFile", "out.wasm", ...common, ...flags], {
    readFile: (name) => (sources.includes(name) ? readFileSync(path.join(source, name), "utf8") : null),
    writeFile: (_, data) => void (binary = data),
    listFiles: () => [],
  });
  if (error) throw new Error(`The kernels do not compile: ${error.message}\n${stderr}`);
  return binary;
}

/** When a file was last written, in ms; a missing one counts as older than all. */
function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] === here) {
  const written = await buildKernels({ force: process.argv.includes("--force") });
  for (const file of written)
    process.stdout.write(`${path.relative(process.cwd(), file)} ${statSync(file).size} bytes\n`);
}
