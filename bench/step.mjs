// node bench/step.mjs [--rounds 9] [--steps 4] [--json]: a whole training step of dcgan-mnist, batch 64, one thread: a session
// as `ganvas train` runs it (batches drawn, losses read) with SIMD128 and with relaxed SIMD, and PyTorch with OpenBLAS.
// They take turns in one run, so that a busy machine slows all alike; figures are medians, after one round of warming up.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { parseArgs } from "node:util";
import v8 from "node:v8";
import tf from "@tensorflow/tfjs";
import wasm from "@tensorflow/tfjs-backend-wasm";
import { loadDataSets } from "../dist/cli/datasets.js";
import { openDocument, programOf } from "../dist/cli/document.js";
import { repairGradients } from "../dist/runtime/gradients.js";
import { installKernels, useSingleThread } from "../dist/runtime/wasm/install.js";
import { createSession } from "../dist/session/session.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    steps: { type: "string", default: "4" },
    json: { type: "boolean", default: false },
  },
});
const [rounds, steps] = [Number(options.rounds), Number(options.steps)];

v8.setFlagsFromString("--experimental-wasm-relaxed-simd"); // on by default from Node 21
const kernel = (name) => readFileSync(new URL(`../dist/runtime/wasm/${name}`, import.meta.url));
const bytes = { simd: kernel("kernels-simd.wasm"), relaxed: kernel("kernels-relaxed.wasm") };
wasm.setWasmPaths(path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + path.sep);
useSingleThread(tf);
await tf.setBackend("wasm");
repairGradients(tf);
const program = programOf(await openDocument("dcgan-mnist"));
const session = createSession({ tf, program, dataSets: await loadDataSets(program), variant: "bench", readEvery: 1 });

const python = await startPyTorch();
const contestants = {
  "GANvas, SIMD128": () => trainWith("simd"),
  "GANvas, relaxed SIMD": () => trainWith("relaxed"),
  ...(python.answer ? { "PyTorch, one thread": python.answer } : {}),
};
const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++)
  for (const [name, run] of Object.entries(contestants)) {
    const ms = await run();
    if (round > 0) times[name].push(ms);
  }

const reference = python.answer ? median(times["PyTorch, one thread"]) : null;
const figures = Object.entries(times).map(([name, values]) => ({
  name,
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
  ratio: reference && median(values) / reference,
}));
const machine = {
  processor: os.cpus()[0].model.trim(),
  node: process.versions.node,
  rounds,
  steps,
  pytorch: python.versions ?? python.absent,
};
if (options.json) process.stdout.write(`${JSON.stringify({ machine, figures }, null, 2)}\n`);
else {
  process.stdout.write(
    `${machine.processor}, Node ${machine.node}; ${rounds} rounds of ${steps} steps; PyTorch ${JSON.stringify(machine.pytorch)}\n`,
  );
  for (const { name, median: middle, least, most, ratio } of figures)
    process.stdout.write(
      `${name.padEnd(22)} ${middle.toFixed(0).padStart(5)} ms (${least.toFixed(0)}–${most.toFixed(0)})${ratio ? `  ${ratio.toFixed(2)} × PyTorch` : ""}\n`,
    );
}
process.exit();

async function trainWith(variant) {
  const { uninstall } = await installKernels(tf, bytes, { variant });
  const started = performance.now();
  await session.run({ until: session.iteration + steps, report() {} });
  const ms = (performance.now() - started) / steps;
  uninstall();
  return ms;
}

/** Absent where there is no PyTorch; refuses to compare with the reference BLAS. */
async function startPyTorch() {
  const child = spawn("/usr/bin/python3", [new URL("pytorch_step.py", import.meta.url).pathname], {
    env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => (complaint += text));
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await Promise.race([
    lines.next(),
    new Promise((resolve) => child.on("error", () => resolve({ done: true }))),
  ]);
  if (first.done) return { absent: `absent (${complaint.trim().split("\n").at(-1) || "no /usr/bin/python3"})` };
  const answer = async () => {
    child.stdin.write(`${steps}\n`);
    return Number((await lines.next()).value);
  };
  return { versions: JSON.parse(first.value), answer };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
