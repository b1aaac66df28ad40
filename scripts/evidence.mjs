// Long training evidence, written to docs/evidence: dcgan-mnist trained here and in PyTorch from the same weights, batches
// and noise, seeds 1 to 3, side by side. About half an hour on two cores; what is done already in runs/evidence is kept.
//
//     npm run evidence -- [--steps 1000] [--seeds 3]        (needs /usr/bin/python3 with torch and NumPy)
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadDataSet } from "../dist/cli/data.js";
import { imageGrid, writePng } from "../dist/cli/images.js";
import { gather } from "../dist/datasets/gather.js";
import { readNpy, writeNpy } from "../dist/datasets/npy.js";
import { slicedWasserstein } from "../dist/metrics/slicedWasserstein.js";
import { draw } from "../dist/runtime/philox.js";

const { values: options } = parseArgs({
  options: { steps: { type: "string", default: "1000" }, seeds: { type: "string", default: "3" } },
});
const [steps, seeds] = [Number(options.steps), Array.from({ length: Number(options.seeds) }, (_, index) => index + 1)];
const count = 2000; // samples and real images that are compared
const folder = "runs/evidence";
const docs = "docs/evidence/dcgan-mnist";
mkdirSync(docs, { recursive: true });

const real = await loadDataSet("mnist", { split: "test" });
const firstRows = (start) =>
  gather(
    real,
    Uint32Array.from({ length: count }, (_, index) => start + index),
    { range: [-1, 1] },
  );
const distance = (images) => slicedWasserstein(images, firstRows(0), { size: 784 });

const rows = [];
for (const seed of seeds) {
  const ours = await trainOurs(seed);
  const theirs = await trainTheirs(seed);
  rows.push({ seed, ours, theirs });
}
writeFileSync(`${docs}.md`, report(rows));
process.stdout.write(`Wrote ${docs}.md\n`);
process.exit();

async function trainOurs(seed) {
  const run = path.join(folder, `ganvas-${seed}`);
  const resume = existsSync(path.join(run, "run.json")) ? ["--resume"] : [];
  ganvas(
    "train",
    "dcgan-mnist",
    "--steps",
    String(steps),
    "--seed",
    String(seed),
    "--out",
    run,
    "--backend",
    "wasm",
    ...resume,
  );
  writeFileSync(
    path.join(run, "z.npy"),
    writeNpy(draw(seed, "evidence/z", { iteration: 0 }).normal(count * 100), [count, 100]),
  );
  ganvas("run", run, "--input", `z=${path.join(run, "z.npy")}`, "--out", run, "--backend", "wasm");
  const images = readNpy(readFileSync(path.join(run, "image.npy")), "image.npy").data;
  await picture(images, `ganvas-seed-${seed}`);
  const metrics = readFileSync(path.join(run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const rate = metrics.map((line) => line.imagesPerSecond).sort((a, b) => a - b)[metrics.length >> 1];
  return { losses: metrics.at(-1).losses, imagesPerSecond: rate, distance: distance(images) };
}

async function trainTheirs(seed) {
  const run = path.join(folder, `pytorch-${seed}`);
  mkdirSync(run, { recursive: true });
  if (!existsSync(path.join(run, "run.json")) || JSON.parse(readFileSync(path.join(run, "run.json"))).steps !== steps) {
    writeFileSync(path.join(run, "z.npy"), readFileSync(path.join(folder, `ganvas-${seed}`, "z.npy")));
    execute("/usr/bin/python3", ["evidence/pytorch_dcgan.py", String(seed), String(steps), run], {
      OMP_NUM_THREADS: "1",
      OPENBLAS_NUM_THREADS: "1",
    });
  }
  const images = readNpy(readFileSync(path.join(run, "images.npy")), "images.npy").data;
  await picture(images, `pytorch-seed-${seed}`);
  return { ...JSON.parse(readFileSync(path.join(run, "run.json"), "utf8")), distance: distance(images) };
}

function picture(images, name) {
  const grid = imageGrid(images.slice(0, 50 * 784), {
    count: 50,
    height: 28,
    width: 28,
    channels: 1,
    columns: 10,
    range: [-1, 1],
    scale: 2,
  });
  return writePng(path.join(docs, `${name}.png`), grid);
}

function ganvas(...args) {
  execute(process.execPath, ["dist/cli/main.js", ...args]);
}

function execute(command, args, env = {}) {
  process.stdout.write(`${path.basename(command)} ${args.join(" ")}\n`);
  const { status } = spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}

function report(all) {
  const { torch, blas } = all[0].theirs;
  const cells = all.map(
    ({ seed, ours, theirs }) =>
      `| ${seed} | ${ours.distance.toFixed(4)} | ${theirs.distance.toFixed(4)} | ${losses(ours)} | ${losses(theirs)} | ${ours.imagesPerSecond.toFixed(0)} | ${theirs.imagesPerSecond.toFixed(0)} |`,
  );
  const pictures = all.map(
    ({ seed }) =>
      `| ${seed} | ![GANvas, seed ${seed}](dcgan-mnist/ganvas-seed-${seed}.png) | ![PyTorch, seed ${seed}](dcgan-mnist/pytorch-seed-${seed}.png) |`,
  );
  const mean = (pick) => all.reduce((sum, row) => sum + pick(row), 0) / all.length;
  return `# dcgan-mnist beside PyTorch

\`npm run evidence\` trains the template \`dcgan-mnist\` for ${steps.toLocaleString("en")} iterations of batch 64 and the same networks in PyTorch
(\`evidence/pytorch_dcgan.py\`), each seed from the same first weights, with the same batches in the same order and the same
noise. After some twenty iterations float32 has driven the two apart, as it drives PyTorch from itself in float64; what
remains comparable is how well they draw. The seeds were fixed before the runs.

Distance: sliced Wasserstein distance of pixels (−1 … 1), 512 directions, between ${count.toLocaleString("en")} samples of the final step in inference
mode and the first ${count.toLocaleString("en")} test images. Between these and the next ${count.toLocaleString("en")} test images it is ${distance(firstRows(count)).toFixed(4)}.

| seed | distance, GANvas | distance, PyTorch | last losses (D, G), GANvas | PyTorch | images/s, GANvas | PyTorch |
| --- | --- | --- | --- | --- | --- | --- |
${cells.join("\n")}
| mean | ${mean((row) => row.ours.distance).toFixed(4)} | ${mean((row) => row.theirs.distance).toFixed(4)} | | | | |

Images a second depend on what else the machine did; \`npx ganvas bench --case dcgan-mnist\` compares the speed of a step properly.

| seed | GANvas | PyTorch |
| --- | --- | --- |
${pictures.join("\n")}

Measured ${new Date().toISOString().slice(0, 10)} on ${os.cpus()[0].model.trim()}, Node ${process.versions.node}, WebAssembly with one thread; PyTorch ${torch} with ${blas}, one thread.
`;
}

function losses({ losses: { d_loss, g_loss } }) {
  return `${d_loss.toFixed(3)}, ${g_loss.toFixed(3)}`;
}
