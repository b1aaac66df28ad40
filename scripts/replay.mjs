// Trains documents on WebGPU twice from the same seed, eagerly and by replay, and compares every weight, slot, average and
// loss to the bit; writes the table to docs/replay.md. Works on the built command line (npm run build); without a GPU on a
// software adapter (VK_ICD_FILENAMES, see tests/runtime/software-gpu.ts), where the larger templates take minutes.
//
//     node scripts/replay.mjs                      every template that is not a paper's, at a small batch
//     node scripts/replay.mjs toy-ring bench:wgan-gp      a template, and a document of bench/documents
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const batches = { "toy-1d": 128, "toy-ring": 256, "vanilla-mnist": 16, "dcgan-mnist": 4, infogan: 4, "dcgan-64": 2, pix2pix: 1, cyclegan: 1 }; // prettier-ignore
const ownBatch = 4; // of other documents
/** Iterations: the first, two that the capture is tested with, and replays. */
const iterations = { all: 8, replayed: 5 };
const file = "docs/replay.md";

if (process.argv[2] === "--one") await one(process.argv[3]);
else all(process.argv.slice(2));

/** A document's name in the table. */
function titleOf(name) {
  return path.basename(name, ".gan.json").replace(/^bench:/, "");
}

/** Each document in a process of its own: a device's memory is free again after it. */
function all(given) {
  const rows = new Map(previousRows());
  for (const name of given.length > 0 ? given : Object.keys(batches)) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [process.argv[1], "--one", name], {
      encoding: "utf8",
    });
    const line = stdout.split("\n").find((each) => each.startsWith("| "));
    if (!line) process.stderr.write(`${name}: ${stderr.split("\n").slice(-12).join("\n")}\n`);
    else rows.set(titleOf(name), line);
    if (line) process.stdout.write(`${line}\n`);
    process.exitCode ||= status ?? 1;
    writeFileSync(file, document([...rows.values()]));
  }
}

function previousRows() {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => /^\| [a-z0-9]/.test(line) && !line.startsWith("| document")); // prettier-ignore
  return lines.map((line) => [line.split("|")[1].trim(), line]);
}

async function one(name) {
  const dist = (module) => import(pathToFileURL(path.resolve("dist", module)));
  const { openBackend } = await dist("cli/backend.js");
  const { programAndData } = await opener(dist);
  const { createSession } = await dist("session/session.js");
  const { program, dataSets } = await programAndData(name);
  const { tf, variant } = await openBackend("webgpu");
  const batch = batches[name] ?? ownBatch;
  const train = async (capture) => {
    const refusals = [];
    const session = createSession({ tf, program, dataSets, batch, variant, capture, measureGradients: true, readEvery: iterations.all, notice: (text) => refusals.push(text) }); // prettier-ignore
    const reports = [];
    const run = (until) => session.run({ until, report: (report) => void reports.push(report) });
    await run(iterations.all - iterations.replayed);
    const timed = timedSubmits(tf.backend().queue);
    await run(iterations.all);
    const javascript = timed.javascript(capture);
    const { tensors } = await session.checkpoint();
    const { execution } = session;
    const gpu = tf.memory().numBytesAllocatedInGPU + (execution.bytes ?? 0);
    session.dispose();
    return { reports, tensors, execution, javascript, gpu, refusals };
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
    eager.javascript.toFixed(1),
    replayed.javascript.toFixed(2),
    `${megabytes(eager.gpu)} / ${megabytes(replayed.gpu)}`,
    (preparing / 1000).toFixed(1),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
  process.exit(same && mode === "captured" ? 0 : 1); // Dawn keeps Node alive
}

async function opener(dist) {
  const { openDocument, programOf } = await dist("cli/document.js");
  const { loadDataSets } = await dist("cli/datasets.js");
  const { openCase } = await dist("cli/bench/cases.js");
  return {
    async programAndData(name) {
      if (name.startsWith("bench:")) return openCase(name.slice("bench:".length));
      const program = programOf(await openDocument(name));
      return { program, dataSets: await loadDataSets(program) };
    },
  };
}

/** What passes between submissions, in which the driver works and not our code: the least of what was seen. */
function timedSubmits(queue) {
  const submit = queue.submit.bind(queue);
  const calls = [];
  queue.submit = (lists) => {
    const from = performance.now();
    submit(lists);
    calls.push({ from, to: performance.now() });
  };
  return {
    javascript(captured) {
      delete queue.submit;
      const gaps = calls.slice(1).map(({ from }, index) => from - calls[index].to);
      // by replay a submission is an iteration; eagerly all gaps together are those of all iterations
      if (captured) return Math.min(...gaps.slice(0, iterations.replayed - 1));
      return gaps.slice(0, -1).reduce((sum, gap) => sum + gap, 0) / iterations.replayed;
    },
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
eagerly and by replay (the last ${iterations.replayed} of them), and every weight, buffer, slot, average, loss and length of a gradient is compared to
the bit. JavaScript is what passes on the main thread between submissions, in milliseconds an iteration: for replays the least that
was seen, eagerly the mean. Memory is what the device holds for a session, in MB, eager / replayed. Preparing is what
recording and testing cost once, in seconds. Batches are small because the table is made on a software adapter; times are those of
the machine as it was (load average ${os.loadavg()[2].toFixed(0)} on ${os.cpus().length} cores) and say little elsewhere. A row that is not equal is a failure, of
replay or of eager training that is not the same twice.

| document | batch | equal to the bit | mode | dispatches | copies | eager JavaScript, ms | replayed | GPU memory | preparing, s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
