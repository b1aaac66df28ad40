// A GPU that is lost while a run trains, on SwiftShader: the device is destroyed after the first checkpoint, or before it. On
// a machine without Chromium's driver there is nothing to lose.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { runFolder, type RunFolder } from "../../src/cli/run-folder.ts";
import { trainRun, type TrainingRequest } from "../../src/cli/training.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { game, line, points } from "./documents.ts";
import { node } from "../helpers/documents.ts";
import { programOf } from "./sessions.ts";

const driver = softwareDriver();
// the least that trains: every new device compiles all shaders again
const linear = (out_features: number) => [["fc", node("Linear", { out_features })]] as const;
const document = game(line("z", linear(2), "x"), line("x", linear(1), "score"), 2, { objective: "wasserstein" });
const dataSets = new Map([["data", points()]]);

describe.runIf(driver)("a run whose GPU is lost", { timeout: 300_000 }, () => {
  const folders: string[] = [];
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
  }, 60_000);
  afterEach(() => {
    vi.restoreAllMocks();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it("goes on from its last checkpoint on another device, is told so, and ends as if nothing had been", async () => {
    const undisturbed = await train(newRun());
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const disturbed = await train(losing(newRun(), 1));
    expect(disturbed.checkpoint.iteration).toBe(4);
    expect(disturbed.checkpoint.tensors).toEqual(undisturbed.checkpoint.tensors);
    expect(disturbed.measured).toEqual(undisturbed.measured);
    expect(said.mock.calls.flat().join("")).toMatch(/The GPU was lost \(.+\)\. Training goes on from iteration 2/);
  });

  it("begins anew where nothing was kept yet", async () => {
    const run = newRun();
    const start = (...given: Parameters<RunFolder["start"]>) => {
      run.start(...given);
      loseDevice();
    };
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const { checkpoint, measured } = await train({ ...run, start });
    expect(checkpoint.iteration).toBe(4);
    expect(measured.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4]);
    expect(said.mock.calls.flat().join("")).toMatch(/goes on from iteration 0/);
  });

  it("goes on with WebAssembly where no other device answers", async () => {
    const none = vi.spyOn(navigator.gpu, "requestAdapter");
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const lost = losing(newRun(), 1, () => none.mockResolvedValue(null));
    const { checkpoint } = await train(lost, { storage: "float16" });
    expect(checkpoint).toMatchObject({ iteration: 4, variant: expect.stringMatching(/^wasm-[a-z]+$/) as string });
    expect(said.mock.calls.flat().join("")).toMatch(
      /kept as float32 from now on.+goes on from iteration 2.+WebAssembly/s,
    );
  });

  function newRun(): RunFolder {
    folders.push(mkdtempSync(path.join(tmpdir(), "ganvas-")));
    return runFolder(path.join(folders.at(-1)!, "run"));
  }

  /** Four iterations, a checkpoint after the second. */
  async function train(run: RunFolder, options: Pick<TrainingRequest, "storage"> = {}) {
    const backend = await openBackend("webgpu");
    const request = { seed: 3, batch: 8, steps: 4, sampleEvery: 2, weights: () => new Map(), replaced: () => {}, ...options }; // prettier-ignore
    await trainRun(run, document, programOf(document, { points: points() }), backend, dataSets, request);
    const measured = run.metrics().map(({ iteration, losses }) => ({ iteration, losses }));
    return { checkpoint: run.checkpoint()!, measured };
  }
});

/** The device goes after so many checkpoints. */
function losing(run: RunFolder, checkpoints: number, then?: () => void): RunFolder {
  let saved = 0;
  return {
    ...run,
    saveCheckpoint(checkpoint) {
      run.saveCheckpoint(checkpoint);
      if (++saved !== checkpoints) return;
      loseDevice();
      then?.();
    },
  };
}

function loseDevice(): void {
  (tf.backend() as unknown as { readonly device: GPUDevice }).device.destroy();
}
