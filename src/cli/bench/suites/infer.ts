/**
 * Inference: the generator that `ganvas export` writes beside the same network exported from PyTorch, both in ONNX Runtime, and
 * beside what draws samples otherwise: tfjs with our kernels, and PyTorch itself.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { compileAlone } from "../../../targets/tfjs/alone.ts";
import { runNchw, type PlainTensors } from "../../../targets/tfjs/nchw.ts";
import { openRuntime, type Runtime } from "../../../targets/onnx/runtime.ts";
import { draw } from "../../../runtime/philox.ts";
import type { Tf } from "../../../runtime/tf.ts";
import { openBackend } from "../../backend.ts";
import { packageRoot } from "../../files.ts";
import { startContestant } from "../contestant.ts";
import { exportCases, type Exported, type Python } from "../exported.ts";
import { figureOf, interleave, type Contestant } from "../measure.ts";
import { again, neverSlower } from "../never-slower.ts";
import { barsOf } from "../plot-data.ts";
import type { BenchContext, Figure, Section, Suite } from "../suite.ts";

export const infer: Suite = { name: "infer", title: "Inference of an exported generator", run };

const cases = ["dcgan-mnist", "dcgan-64", "unet", "cycle"];
const ours = "exported by GANvas";
const theirs = "exported by PyTorch";

async function run(context: BenchContext): Promise<readonly Section[]> {
  const { options, note } = context;
  const { tf } = await openBackend("wasm");
  note("exporting");
  const { exported, python, remove } = await exportCases(tf, options.cases ?? cases);
  try {
    const backends = options.backends ?? ["wasm", "webgpu"];
    const sections: Section[] = [];
    if (backends.includes("wasm")) sections.push(await onWasm(context, tf, exported, python));
    if (backends.includes("webgpu"))
      sections.push(await onWebGPU(context, options.backends && options.cases ? exported : exported.slice(0, 1)));
    return sections;
  } finally {
    if (python.status === "running") python.stop();
    remove();
  }
}

async function onWasm({ options, note }: BenchContext, tf: Tf, exported: readonly Exported[], python: Python) {
  const figures: Figure[] = [];
  const failures: string[] = [];
  for (const each of exported)
    for (const batch of options.batches ?? [1, 8]) {
      note(`inference: ${each.case}, batch ${batch}`);
      const feeds = feedsOf(each, batch);
      const own = await openRuntime(readFileSync(each.ours));
      const other = each.theirs === null ? null : await openRuntime(readFileSync(each.theirs));
      const second = each.theirs === null ? null : await openRuntime(readFileSync(each.theirs));
      const { model, dispose } = compileAlone(tf, each.network, each.weights, 1);
      const times: Record<string, (repeat: number) => Promise<number>> = {
        ...(other && { [theirs]: (repeat) => least(repeat, () => other.run(feeds)) }),
        [ours]: (repeat) => least(repeat, () => own.run(feeds)),
        ...(second && { [again(theirs)]: (repeat) => least(repeat, () => second.run(feeds)) }),
        "tfjs, our kernels": (repeat) => least(repeat, () => runNchw(tf, model, feeds)),
        ...(python.status === "running" && { "PyTorch, eager": (repeat) => python.run(each.case, batch, repeat) }),
      };
      const contestants: Contestant[] = [];
      for (const [name, time] of Object.entries(times)) {
        const repeat = options.steps ?? Math.max(1, Math.min(200, Math.round(80 / (await time(2)))));
        contestants.push({ name, measure: async () => ({ value: await time(repeat) }) });
      }
      const rounds = await interleave(contestants, { rounds: options.rounds ?? 9, warmup: 1 });
      const absent = new Map(
        python.status === "absent" ? [theirs, "PyTorch, eager"].map((name) => [name, python.why]) : [],
      );
      const figure = figureOf(rounds, { case: `${each.case}, batch ${batch}`, unit: "ms", reference: theirs, absent });
      figures.push({ ...figure, targets: [neverSlower(figure, ours)] });
      const distance = other && (await differenceOf(own, other, feeds));
      if (distance !== null && !(distance < 1e-4))
        failures.push(`${each.case}: the two files differ by ${distance.toExponential(1)}, so they are not one model.`);
      for (const runtime of [own, other, second]) await runtime?.release();
      dispose();
    }
  return {
    name: "wasm",
    title: "On WebAssembly, one thread",
    text:
      "A run of the generator from its inputs to its images. ONNX Runtime is the WebAssembly build of onnxruntime-web in Node; " +
      "both files are operator set 17 with a batch of any size. A second session of PyTorch's file shows by how much one thing differs from itself.",
    figures,
    plots: [barsOf("Inference on WebAssembly, one thread", figures, `× ${theirs}, ONNX Runtime`)],
    notes: python.status === "running" ? [`PyTorch ${python.versions.torch}, BLAS ${python.versions.blas}.`] : [],
    failures,
  };
}

async function onWebGPU({ options, note }: BenchContext, exported: readonly Exported[]): Promise<Section> {
  const [name, title] = ["webgpu", "On WebGPU"];
  const text =
    "ONNX Runtime's WebGPU build through Dawn in Node, images read back; what opening costs, programs compiled, stands apart.";
  const started = await startContestant<{ versions: { adapter: string } }, { ms: number }>({
    program: process.execPath,
    args: [path.join(packageRoot, "bench/ort-webgpu.mjs")],
  });
  if (started.status === "absent") return { name, title, text, figures: [], notes: [`Not measured: ${started.why}`] };
  const { contestant } = started;
  const figures: Figure[] = [];
  try {
    for (const each of exported) {
      const [{ type }] = each.network.inputs;
      const files = Object.entries({ [theirs]: each.theirs, [ours]: each.ours }).filter(([, file]) => file !== null);
      const opening = new Map<string, number>();
      for (const [name, onnx] of files) {
        note(`inference on WebGPU: opening ${each.case}, ${name}`);
        const { ms } = await contestant.ask({ open: `${each.case} ${name}`, onnx, shape: type.shape });
        opening.set(name, ms / 1000);
      }
      for (const batch of options.batches ?? [1]) {
        const timed = (name: string, file: string): Contestant => ({
          name,
          measure: async () => ({
            value: (await contestant.ask({ run: `${each.case} ${file}`, batch, repeat: options.steps ?? 3 })).ms,
            extra: { "opened in s": opening.get(file)! },
          }),
        });
        const contestants = files.map(([name]) => timed(name, name));
        if (each.theirs !== null) contestants.push(timed(again(theirs), theirs)); // the same session: opening takes long
        const rounds = await interleave(contestants, { rounds: options.rounds ?? 5, warmup: 1 });
        const figure = figureOf(rounds, { case: `${each.case}, batch ${batch}`, unit: "ms", reference: theirs });
        figures.push({ ...figure, targets: [neverSlower(figure, ours)] });
      }
    }
  } finally {
    contestant.stop();
  }
  const notes = [`Adapter: ${contestant.ready.versions.adapter}.`];
  if (options.backends === null)
    notes.push("--backend webgpu --case NAMES measures more cases; in software, programs take a minute to compile.");
  return { name, title, text, figures, notes };
}

/** The same numbers for every contestant. */
function feedsOf({ network }: Exported, batch: number): PlainTensors {
  return Object.fromEntries(
    network.inputs.map(({ name, type }) => {
      const dims = [batch, ...type.shape];
      const size = dims.reduce((product, extent) => product * extent, 1);
      return [name, { dims, data: draw(1, `bench/${name}`, { iteration: 0 }).normal(size) }];
    }),
  );
}

/** In ms: what else runs on the machine only ever adds to it. */
async function least(repeat: number, run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < repeat; time++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}

/** The largest of all outputs. */
async function differenceOf(own: Runtime, other: Runtime, feeds: PlainTensors): Promise<number> {
  const [some, others] = [await own.run(feeds), await other.run(feeds)];
  const distances = Object.entries(some).map(([name, { data }]) => {
    const wanted = others[name].data as Float32Array;
    return (data as Float32Array).reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at])), 0);
  });
  return Math.max(...distances);
}
