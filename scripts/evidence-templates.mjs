// What templates reach in a given time on this machine, as it is: each is trained with its own seed for so many minutes, then
// draws from held-out rows where its data have some. Pictures, curves and facts go to docs/evidence/NAME.
//
//     npm run evidence:templates -- [pix2pix cyclegan infogan] [--minutes 20]
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  options: { minutes: { type: "string", default: "20" } },
  allowPositionals: true,
});
const minutes = Number(options.minutes);
const main = path.resolve("dist/cli/main.js");
const more = ["--count", "24", "--columns", "3"]; // rows of input, output and target
const counts = { pix2pix: more, cyclegan: more, infogan: ["--count", "100", "--columns", "10"] };

for (const name of positionals.length > 0 ? positionals : Object.keys(counts)) await evidence(name);

async function evidence(name) {
  const run = path.join("runs/evidence", name);
  const docs = path.join("docs/evidence", name);
  for (const folder of [run, docs]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(docs, { recursive: true });
  const started = Date.now();
  await trainFor(name, run);
  const lines = readFileSync(path.join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  const last = JSON.parse(lines.at(-1));
  const { batch, seed } = JSON.parse(readFileSync(path.join("templates", `${name}.gan.json`), "utf8")).training;
  ganvas("sample", run, "-o", path.join(docs, "samples.png"), ...(counts[name] ?? []));
  copyFileSync(path.join(run, "losses.png"), path.join(docs, "losses.png"));
  const facts = {
    template: name,
    seed,
    batch,
    minutes: Math.round((Date.now() - started) / 6000) / 10,
    iterations: last.iteration,
    images: last.iteration * batch,
    losses: last.losses,
    processor: os.cpus()[0].model,
    node: process.version,
  };
  writeFileSync(path.join(docs, "facts.json"), `${JSON.stringify(facts, null, 2)}\n`);
}

/** Trains until the time is up, then stops as Ctrl+C does: the run keeps a checkpoint. */
function trainFor(name, run) {
  return new Promise((resolve, reject) => {
    const command = [
      main,
      "train",
      name,
      "--out",
      run,
      "--backend",
      "wasm",
      "--steps",
      "1000000",
      "--sample-every",
      "250",
    ];
    const training = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "inherit"] });
    const timer = setTimeout(() => training.kill("SIGINT"), minutes * 60_000);
    training.on("close", (code) => {
      clearTimeout(timer);
      if (existsSync(path.join(run, "metrics.jsonl"))) resolve();
      else reject(new Error(`${name} did not train (exit ${code})`));
    });
  });
}

function ganvas(...args) {
  const { status } = spawnSync(process.execPath, [main, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
