// Writes graph-schemas/gan.schema.json from the kinds. Runs on the compiled sources, because Node 20 runs no TypeScript.
//
//   node scripts/schemas.mjs [dist]            write the file; `dist` is where the compiled sources lie
//   node scripts/schemas.mjs [dist] --check    fail when the committed file is not what would be written
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, "graph-schemas/gan.schema.json");
const check = process.argv.includes("--check");
const dist = resolve(process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? join(root, "dist"));

const load = (module) => import(pathToFileURL(join(dist, module)).href);
const [{ documentSchema }, { vocabulary }] = await Promise.all([load("core/kind/schema.js"), load("kinds/index.js")]);
const text = `${JSON.stringify(documentSchema(vocabulary), null, 2)}\n`;

if (check) {
  let committed = "";
  try {
    committed = readFileSync(file, "utf8");
  } catch {
    process.stderr.write("graph-schemas/gan.schema.json is missing: run npm run schemas\n");
  }
  if (committed !== text) {
    if (committed !== "") process.stderr.write("graph-schemas/gan.schema.json is stale: run npm run schemas\n");
    process.exitCode = 1;
  }
} else {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
