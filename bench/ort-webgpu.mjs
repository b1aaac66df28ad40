// ONNX Runtime on WebGPU, through Dawn in Node, as a contestant of `ganvas bench --suite infer --backend webgpu`. Speaks lines
// of JSON, one answer a line. First {"versions": {"adapter": …}}, then
//   {"open": "NAME", "onnx": "FILE.onnx", "shape": [100]}  → {"ms": …}: opening, with the first run, which compiles programs
//   {"run": "NAME", "batch": 4, "repeat": 3}               → {"ms": …}: the least of its runs, the result read
import { readFileSync } from "node:fs";
import readline from "node:readline";
import { create, globals } from "webgpu";
import { findBrowser } from "../scripts/browser.mjs";

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

Object.assign(globalThis, globals);
const gpu = (await withAdapter()) ?? (await withSoftwareAdapter());
if (!gpu) {
  process.stderr.write("Dawn finds no adapter here.\n");
  process.exit(1);
}
if (!("navigator" in globalThis)) Object.defineProperty(globalThis, "navigator", { value: {} });
Object.defineProperty(globalThis.navigator, "gpu", { value: gpu });
takeSharedMemory();
const ort = await import("onnxruntime-web/webgpu");
ort.env.wasm.numThreads = 1;
const models = new Map();
const { info } = await gpu.requestAdapter();
answer({ versions: { adapter: info.description || info.device || info.vendor } });

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.open !== undefined) {
    const started = performance.now();
    const session = await ort.InferenceSession.create(readFileSync(request.onnx), {
      executionProviders: ["webgpu"],
      logSeverityLevel: 3,
    });
    models.set(request.open, { session, shape: request.shape });
    await run(models.get(request.open), 1);
    answer({ ms: performance.now() - started });
  } else {
    const times = [];
    for (let time = 0; time < request.repeat; time++) times.push(await run(models.get(request.run), request.batch));
    answer({ ms: Math.min(...times) });
  }
}
process.exit(); // Dawn keeps Node alive

async function run({ session, shape }, batch) {
  const dims = [batch, ...shape];
  const values = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, at) => Math.sin(at));
  const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", values, dims) };
  const started = performance.now();
  const results = await session.run(feeds);
  await results[session.outputNames[0]].getData();
  return performance.now() - started;
}

async function withAdapter() {
  const gpu = create([]);
  return (await gpu.requestAdapter()) ? gpu : null;
}

/** Where there is no GPU: Chromium's own driver in software, which the next instance of Vulkan finds by this variable. */
async function withSoftwareAdapter() {
  const driver = findBrowser()?.driver;
  if (!driver) return null;
  process.env.VK_ICD_FILENAMES ??= driver;
  return withAdapter();
}

/** ONNX Runtime's memory is shared between threads; Dawn's binding takes only memory that is not. */
function takeSharedMemory() {
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (buffer, offset, data, from = 0, size) {
    const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
    return writeBuffer.call(this, buffer, offset, view.slice(from, size === undefined ? undefined : from + size));
  };
}
