/** Generators as they leave here and as they leave PyTorch: the same network with the same weights, in two .onnx files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { NetworkProgram } from "../../core/program/types.ts";
import type { WeightStore } from "../../core/program/weights.ts";
import type { Tf } from "../../runtime/tf.ts";
import { encodeCheckpointWeights } from "../../session/checkpoint.ts";
import { createSession } from "../../session/session.ts";
import { writeOnnx } from "../../targets/onnx/write.ts";
import { packageRoot } from "../files.ts";
import { openCase } from "./cases.ts";
import { startContestant, type Running } from "./contestant.ts";
import { networkTwin } from "./pytorch/twin.ts";

export interface Exported {
  readonly case: string;
  readonly network: NetworkProgram;
  readonly weights: WeightStore;
  /** Paths of the two files; PyTorch's is null where there is no PyTorch. */
  readonly ours: string;
  readonly theirs: string | null;
}

/** PyTorch with the networks of all cases, or why there is none. */
export type Python =
  | { readonly status: "running"; readonly versions: Readonly<Record<string, string>>; run: TimePython; stop(): void }
  | { readonly status: "absent"; readonly why: string };

/** The least of `repeat` eager runs on one thread, in ms. */
export type TimePython = (name: string, batch: number, repeat: number) => Promise<number>;

type Asked = Running<{ versions: Record<string, string> }, { ms: number }>;

/** Exports the generator of each case. Whoever calls it calls `remove` once the files have served. */
export async function exportCases(
  tf: Tf,
  names: readonly string[],
): Promise<{ readonly exported: readonly Exported[]; readonly python: Python; remove(): void }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "ganvas-infer-"));
  const started = await startContestant<{ versions: Record<string, string> }, { ms: number }>({
    program: process.env.GANVAS_PYTHON ?? "/usr/bin/python3",
    args: [path.join(packageRoot, "bench/pytorch/inference.py")],
    env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
  const twin = started.status === "running" ? started.contestant : null;
  const exported: Exported[] = [];
  for (const name of names) exported.push(await exportCase(tf, name, folder, twin));
  return {
    exported,
    python: twin
      ? {
          status: "running",
          versions: twin.ready.versions,
          run: async (run, batch, repeat) => (await twin.ask({ run, batch, repeat })).ms,
          stop: twin.stop,
        }
      : { status: "absent", why: started.status === "absent" ? started.why : "" },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function exportCase(tf: Tf, name: string, folder: string, twin: Asked | null): Promise<Exported> {
  const { network, weights } = await trainedGenerator(tf, name);
  const file = (what: string) => path.join(folder, `${name}-${what}`);
  writeFileSync(file("ours.onnx"), writeOnnx(network, weights, { producerVersion: versionOf() }));
  const common = { case: name, network, weights, ours: file("ours.onnx") };
  if (!twin) return { ...common, theirs: null };
  writeFileSync(file("weights.safetensors"), encodeCheckpointWeights(weights));
  await twin.ask({
    build: name,
    twin: networkTwin(network),
    inputs: network.inputs.map(({ name, type }) => ({ name, shape: type.shape })),
    outputs: network.outputs.map(({ name }) => ({ name })),
    weights: file("weights.safetensors"),
    onnx: file("theirs.onnx"),
  });
  return { ...common, theirs: file("theirs.onnx") };
}

/** After a few iterations, so that running statistics are those of data. */
async function trainedGenerator(tf: Tf, name: string): Promise<{ network: NetworkProgram; weights: WeightStore }> {
  const { program, dataSets } = openCase(name);
  const sampled = program.training?.sampling?.network;
  const network = program.networks.find((each) => each.name === sampled) ?? program.networks[0];
  const session = createSession({ tf, program, dataSets, batch: 2, variant: "bench", readEvery: 1 });
  try {
    await session.run({ until: 2, report() {} });
    return { network, weights: await session.weights(network.name) };
  } finally {
    session.dispose();
  }
}

const versionOf = (): string =>
  (JSON.parse(readFileSync(path.join(packageRoot, "package.json"), "utf8")) as { version: string }).version;
