import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { decodeCheckpoint } from "../../src/session/checkpoint.ts";
import { ganvas, scratch, startGanvas } from "./ganvas.ts";

const { folder, remove } = scratch("resume");
afterAll(remove);

/** Dropout, shuffling, a moving average and five critic steps; an epoch of the 2,000 rows is 8 draws, 1.6 iterations. */
function writeDocument(): string {
  const dense = (id: string, out_features: number) => [id, { kind: "Linear", params: { out_features } }] as const;
  const chain = (...ids: string[]) => ids.slice(1).map((id, index) => ({ from: `${ids[index]}.out`, to: `${id}.in` }));
  const data = path.join(folder, "rows.npy");
  writeFileSync(data, rows(2000));
  const document = {
    format: "ganvas/1",
    name: "Everything that has a state",
    networks: {
      generator: {
        nodes: Object.fromEntries([["z", { kind: "Input" }], dense("fc1", 512), ["bn", { kind: "BatchNorm1d" }], ["relu", { kind: "ReLU" }], ["drop", { kind: "Dropout", params: { p: 0.3 } }], dense("fc2", 2), ["x", { kind: "Output" }]]),
        edges: chain("z", "fc1", "bn", "relu", "drop", "fc2", "x"),
      },
      critic: {
        nodes: Object.fromEntries([["x", { kind: "Input" }], dense("fc1", 512), ["lrelu", { kind: "LeakyReLU" }], ["drop", { kind: "Dropout" }], dense("fc2", 1), ["score", { kind: "Output" }]]),
        edges: chain("x", "fc1", "lrelu", "drop", "fc2", "score"),
      },
    },
    training: {
      batch: 250,
      iterations: 20,
      seed: 7,
      nodes: {
        data: { kind: "Dataset", params: { name: data } },
        z: { kind: "Noise", params: { features: 16 } },
        fake: { kind: "Network", params: { network: "generator", sample: true } },
        real_score: { kind: "Network", params: { network: "critic" } },
        fake_score: { kind: "Network", params: { network: "critic" } },
        critic_loss: { kind: "GANLoss", params: { objective: "wasserstein" } },
        loss: { kind: "GANLoss", params: { objective: "wasserstein", role: "generator" } },
        critic_opt: { kind: "Optimizer", params: { trains: ["critic"], rule: "RMSprop", lr: 5e-5, weight_clip: 0.01, steps: 5 } },
        opt: { kind: "Optimizer", params: { trains: ["generator"], betas: [0.5, 0.9], ema: { decay: 0.9 } } },
      },
      edges: [
        ["z.out", "fake.z"], ["data.out", "real_score.x"], ["fake.x", "fake_score.x"], ["real_score.score", "critic_loss.real"],
        ["fake_score.score", "critic_loss.fake"], ["fake_score.score", "loss.fake"], ["critic_loss.out", "critic_opt.loss"], ["loss.out", "opt.loss"],
      ].map(([from, to]) => ({ from, to })),
    },
  }; // prettier-ignore
  const file = path.join(folder, "stateful.gan.json");
  writeFileSync(file, JSON.stringify(document));
  return file;
}

/** A .npy file of n points on a circle. */
function rows(n: number): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${n}, 2), }`.padEnd(117) + "\n";
  const values = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? Math.sin(i) : Math.cos(i + 1)));
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]),
    Buffer.from(header),
    Buffer.from(values.buffer),
  ]);
}

const checkpointOf = (run: string) => path.join(run, "checkpoint/state.safetensors");
const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Trains until the checkpoint changes for the nth time, and kills the process a moment later. */
async function killInTheMiddle(args: readonly string[], run: string, changes: number, delay: number): Promise<void> {
  const child = startGanvas(args);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let seen = 0;
  let last = modified(checkpointOf(run));
  while (child.exitCode === null && seen < changes) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const now = modified(checkpointOf(run));
    if (now !== last) seen++;
    last = now;
  }
  await new Promise((resolve) => setTimeout(resolve, delay));
  child.kill("SIGKILL");
  await ended;
}
const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

describe("a run that is killed", () => {
  it("resumes to the same bytes as one that was never stopped", async () => {
    const document = writeDocument();
    const [whole, broken] = [path.join(folder, "whole"), path.join(folder, "broken")];
    const train = (run: string) => ["train", document, "--out", run, "--backend", "wasm", "--sample-every", "2"];
    expect(ganvas(train(whole)).err).not.toMatch(/error/);
    const resumed: number[] = [];
    for (const [changes, delay] of [
      [1, 3],
      [2, 17],
      [2, 0],
      [1, 40],
    ]) {
      // prettier-ignore
      await killInTheMiddle([...train(broken), ...(existsSync(path.join(broken, "run.json")) ? ["--resume"] : [])], broken, changes, delay);
      resumed.push(decodeCheckpoint(readFileSync(checkpointOf(broken)), "checkpoint").iteration);
    }
    expect(resumed.some((iteration) => iteration > 0 && iteration < 20)).toBe(true);
    const last = ganvas([...train(broken), "--resume"]);
    expect(last.code, last.err).toBe(0);
    expect(digest(checkpointOf(broken))).toBe(digest(checkpointOf(whole)));
    const losses = (run: string) => readFileSync(path.join(run, "losses.csv"), "utf8");
    expect(losses(broken)).toBe(losses(whole));
    expect(losses(whole).trim().split("\n")).toHaveLength(21);
  }, 120_000);
});
