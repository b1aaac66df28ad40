// Trains documents on WebGPU twice from the same seed, eagerly and by replay, and compares every weight, slot, average and
// loss to the bit; writes the table to docs/replay.md. Works on the built command line (npm run build); without a GPU on a
// software adapter, where the larger documents take minutes.
//
//     node scripts/replay.mjs                      every template and the documents of bench/documents that are of other kinds
//     node scripts/replay.mjs toy-ring bench:wgan-gp      a template, and a document of bench/documents
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "prettier";

/**
 * What is trained, at a small batch. The papers' networks for images of 256×256 are made narrower for the sake of time, and
 * CycleGAN, whose networks take images of any size, is given smaller ones: an iteration evaluates ten of them.
 */
const cases = {
  "toy-1d": { batch: 128 },
  "toy-ring": { batch: 256 },
  "vanilla-mnist": { batch: 16 },
  "dcgan-mnist": { batch: 4 },
  infogan: { batch: 4 },
  "infogan-paper": { batch: 4 },
  "bench:wgan-gp": { batch: 4 },
  "dcgan-64": { batch: 2 },
  pix2pix: { batch: 1 },
  "pix2pix-paper": { batch: 1, divide: 8 },
  cyclegan: { batch: 1 },
  "cyclegan-paper": { batch: 1, divide: 8, size: 64 },
};
const ownBatch = 4; // of other documents
/** Iterations: the first, two that the capture is tested with, and replays. */
const iterations = { all: 6, replayed: 3 };
const file = "docs/replay.md";

if (process.argv[2] === "--one") await one(process.argv[3]);
else await all(process.argv.slice(2));

function dist(module) {
  return import(pathToFileURL(path.resolve("dist", module)));
}

/** A document's name in the table. */
function titleOf(name) {
  const { divide, size } = cases[name] ?? {};
  const title = path.basename(name, ".gan.json").replace(/^bench:/, "");
  return [title, ...(divide ? [`channels ÷ ${divide}`] : []), ...(size ? [`${size}×${size}`] : [])].join(", ");
}

/** Each document in a process of its own: a device's memory is free again after it. */
async function all(given) {
  const { softwareDriver } = await dist("cli/bench/suites/train/software-gpu.js");
  const driver = softwareDriver();
  const rows = new Map(previousRows());
  for (const name of given.length > 0 ? given : Object.keys(cases)) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [process.argv[1], "--one", name], {
      encoding: "utf8",
      env: { ...process.env, ...(driver && { VK_ICD_FILENAMES: driver }) },
    });
    const line = stdout.split("\n").find((each) => each.startsWith("| "));
    if (!line) process.stderr.write(`${name}: ${stderr.split("\n").slice(-12).join("\n")}\n`);
    else rows.set(titleOf(name), line);
    if (line) process.stdout.write(`${line}\n`);
    process.exitCode ||= status ?? 1;
    writeFileSync(file, await format(document([...rows.values()]), { parser: "markdown" }));
  }
}

function previousRows() {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => /^\| [a-z0-9]/.test(line) && !line.startsWith("| document")); // prettier-ignore
  return lines.map((line) => [line.split("|")[1].trim(), line]);
}

async function one(name) {
  const { openBackend } = await dist("cli/backend.js");
  const { programAndData } = await opener();
  const { createSession } = await dist("session/session.js");
  const { program, dataSets } = await programAndData(name);
  const { tf, variant } = await openBackend("webgpu");
  const { batch = ownBatch } = cases[name] ?? {};
  const train = async (capture) => {
    const refusals = [];
    const session = createSession({ tf, program, dataSets, batch, variant, capture, measureGradients: true, readEvery: iterations.all, notice: (text) => refusals.push(text) }); // prettier-ignore
    const reports = [];
    await session.run({ until: iterations.all, report: (report) => void reports.push(report) });
    const { tensors } = await session.checkpoint();
    const { execution } = session;
    const gpu = tf.memory().numBytesAllocatedInGPU + (execution.bytes ?? 0);
    session.dispose();
    return { reports, tensors, execution, gpu, refusals };
  };
  const [eager, replayed] = [await train(false), await train(true)];
  const differing = [...eager.tensors].filter(([cell, { data }]) => !sameBits(data, replayed.tensors.get(cell).data)).map(([cell]) => cell); // prettier-ignore
  const same = differing.length === 0 && JSON.stringify(eager.reports) === JSON.stringify(replayed.reports);
  const { mode, dispatches = "–", copies = "–", preparing = 0 } = replayed.execution;
  const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
  const cells = [
    titleOf(name),
    batch,
    same ? "yes" : `no: ${differing.slice(0, 2).join(", ") || "losses"}`,
    mode === "captured" ? mode : `eager: ${replayed.refusals[0] ?? replayed.execution.reason}`,
    dispatches,
    copies,
    `${megabytes(eager.gpu)} / ${megabytes(replayed.gpu)}`,
    (preparing / 1000).toFixed(1),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
  process.exit(same && mode === "captured" ? 0 : 1); // Dawn keeps Node alive
}

async function opener() {
  const { openDocument, programOf } = await dist("cli/document.js");
  const { loadDataSets } = await dist("cli/datasets.js");
  const { openCase } = await dist("cli/bench/cases.js");
  return {
    async programAndData(name) {
      if (name.startsWith("bench:")) return openCase(name.slice("bench:".length));
      const { divide, size } = cases[name] ?? {};
      let opened = await openDocument(name);
      if (divide) {
        const folder = mkdtempSync(path.join(os.tmpdir(), "ganvas-replay-"));
        const narrow = path.join(folder, `${name}.gan.json`);
        writeFileSync(narrow, JSON.stringify(opened.document, lesser(divide, size)));
        opened = await openDocument(narrow);
        rmSync(folder, { recursive: true });
      }
      const program = programOf(opened);
      return { program, dataSets: await loadDataSets(program) };
    },
  };
}

/** Convolutions and blocks of 16 channels and more have fewer; data sets are resized to `size`, where it is given. */
function lesser(divide, size) {
  return (key, value) => {
    if (/^(out_)?channels$/.test(key) && value >= 16) return Math.max(1, value / divide);
    return size && key === "resize" ? [size, size] : value;
  };
}

function sameBits(a, b) {
  const bits = (data) => new Uint32Array(data.buffer, data.byteOffset, data.length);
  const [x, y] = [bits(a), bits(b)];
  return x.length === y.length && x.every((word, index) => word === y[index]);
}

function document(rows) {
  return `# Replayed training against eager training

Written by \`node scripts/replay.mjs\`: each document is trained on WebGPU for ${iterations.all} iterations twice from the same seed,
eagerly and by replay (the last ${iterations.replayed} of them), and every weight, buffer, slot, average, loss and length of a gradient is
compared to the bit. Memory is what the device holds for a session, in MB, eager / replayed. Preparing is what recording and
testing cost once, in seconds, most of it spent by the software adapter that the table is made on, for which batches are small
and the papers' networks for large images narrower or given smaller ones. A row that is not equal is a failure, of replay or of
eager training that is not the same twice. What replays cost the thread is measured by
\`npx ganvas bench --suite train --case page\`.

| document | batch | equal to the bit | mode | dispatches | copies | GPU memory | preparing, s |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
