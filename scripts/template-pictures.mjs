// The pictures of the start page: what each template draws after training here, with its own seed. Run by hand when a template
// changes; the pictures are committed.
//
//   node scripts/template-pictures.mjs              all templates
//   node scripts/template-pictures.mjs dcgan-mnist  only these
//   node scripts/template-pictures.mjs --runs runs/evidence pix2pix   from runs that are there already, NAME in that folder
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const main = path.join(root, "dist/cli/main.js");
const folder = path.join(root, "templates/pictures");

/** Where a full run would take longer than a quarter of an hour on two cores; translations need more, and get it. */
const steps = { "dcgan-64": 400, "toy-ring": 4000, pix2pix: 2500, cyclegan: 4000, infogan: 1500 };

/** Points need more of them than pictures do; a sample of a translation is a row of two pictures or three. */
const counts = { "toy-1d": 2000, "toy-ring": 512, pix2pix: 12, cyclegan: 16, infogan: 40 };
const columns = { pix2pix: 3, cyclegan: 4, infogan: 10 };

const all = readdirSync(path.join(root, "templates"))
  .filter((file) => file.endsWith(".gan.json"))
  .map((file) => file.slice(0, -".gan.json".length))
  .filter((name) => !name.endsWith("-paper")); // days of training, and larger than a start page needs
const { values: options, positionals: asked } = parseArgs({
  options: { runs: { type: "string" } },
  allowPositionals: true,
});
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no template ${unknown.join(", ")}; there are ${all.join(", ")}.\n`);
  process.exit(2);
}

mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(path.join(tmpdir(), "ganvas-pictures-"));
try {
  for (const name of asked.length > 0 ? asked : all) {
    const run = path.resolve(options.runs ?? scratch, name);
    if (!options.runs)
      ganvas(
        "train",
        name,
        "--out",
        run,
        "--backend",
        "wasm",
        ...(steps[name] ? ["--steps", String(steps[name])] : []),
      );
    ganvas(
      "sample",
      run,
      "-o",
      path.join(folder, `${name}.png`),
      "--count",
      String(counts[name] ?? 32),
      "--columns",
      String(columns[name] ?? 8),
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function ganvas(...args) {
  const { status } = spawnSync(process.execPath, [main, ...args], { stdio: "inherit", cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}
