/** Training from the page's side, against a recorded run: states, the series, edits while it trains, and what goes wrong. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { builtInFacts } from "../../../src/datasets/catalogue.ts";
import { drawToy } from "../../../src/datasets/toys.ts";
import { createTraining, type TrainingParts } from "../../../src/editor/training/create.ts";
import type { Training, TrainingState } from "../../../src/editor/training/training.ts";
import { createStudio } from "../../../src/editor/model/studio.ts";
import { createWorkbench } from "../../../src/editor/model/workbench.ts";
import { draw } from "../../../src/runtime/philox.ts";
import { openTraining } from "../../runtime/wasm-backend.ts";
import { record, replay, type Recording } from "./replay.ts";

const planned = 20;
let recording: Recording;
let current: Training | null = null;

beforeAll(async () => {
  await openTraining();
  recording = await record(40, planned, { "toy-ring": drawToy("toy-ring", draw(0, "toy-ring", { iteration: 0 })) });
});
afterEach(() => current?.dispose());

function begin(kept = 0, parts: Partial<TrainingParts> = {}) {
  const client = replay(recording, kept);
  const studio = createStudio(recording.document, builtInFacts);
  const workbench = createWorkbench();
  const training = createTraining({ client, studio, workbench, runId: () => "ring", ...parts });
  current = training;
  const states: TrainingState["now"]["status"][] = [];
  training.store.subscribe(({ now }, { now: before }) => now.status !== before.status && states.push(now.status));
  const state = () => training.store.getState();
  const reached = async (condition: (state: TrainingState) => boolean) => {
    for (let turns = 0; turns < 1000 && !condition(state()); turns++)
      await new Promise((resolve) => setTimeout(resolve, 2));
    expect(condition(state())).toBe(true);
  };
  const set = (node: string, param: string, value: unknown) =>
    studio.edit(`Set ${param}`, [{ do: "set-param", graph: "training", node, param, value }]);
  return { client, studio, workbench, training, states, state, reached, set };
}

describe("a run", () => {
  it("prepares, trains and is finished, with every iteration in the series", async () => {
    const { training, states, state, reached } = begin();
    await training.train();
    await reached(({ iteration }) => iteration === planned);
    expect(states).toEqual(["preparing", "training", "finished"]);
    expect(state()).toMatchObject({ device: "recorded", batch: 8, saved: planned, drift: "none", looking: null });
    const { length, iterations, losses, gradients } = training.series;
    expect([...iterations.subarray(0, length)]).toEqual(Array.from({ length: planned }, (_, row) => row + 1));
    expect([...losses.keys()]).toEqual(["d_loss", "g_loss"]);
    for (const [row, { losses: measured }] of recording.progress.slice(0, planned).entries())
      expect(losses.get("d_loss")![row]).toBe(measured.d_loss[0]);
    expect(gradients.get("g_opt")![0]).toBeGreaterThan(0);
    expect(state().snapshots.map(({ iteration }) => iteration)).toEqual([0, 5, 10, 15, 20]);
    expect(state().stepTime).toBeCloseTo(10);
  });

  it("pauses after an iteration and goes on from there", async () => {
    const { client, training, state, reached } = begin();
    const first = training.train();
    await reached(() => training.series.length >= 4);
    await training.pause();
    await first;
    expect(state().now.status).toBe("paused");
    const { length } = training.series;
    expect(length).toBeLessThan(planned);
    expect(state().iteration).toBe(length);
    await training.toggle();
    expect(state().now.status).toBe("finished");
    expect(client.asked.filter((name) => name === "open")).toHaveLength(1);
  });

  it("takes up a kept run, and begins anew when it is reset", async () => {
    const { training, state } = begin(7);
    await training.iterate();
    expect(state()).toMatchObject({ now: { status: "paused" }, iteration: 8, saved: 8 });
    expect(training.series.length).toBe(8);
    await training.reset();
    expect(state()).toMatchObject({ now: { status: "paused" }, iteration: 0, saved: null });
    expect(training.series.length).toBe(0);
  });

  it("shows what is kept before a worker is started", async () => {
    const kept = async () => ({ iteration: 2, history: recording.progress[1] });
    const { client, training, state } = begin(0, { kept });
    await training.recall();
    expect(state()).toMatchObject({ now: { status: "idle" }, iteration: 2, saved: 2, open: false });
    expect(training.series.length).toBe(1);
    expect(client.asked).toEqual([]);
  });

  it("does one optimizer step at a time and says what it did", async () => {
    const { training, state } = begin();
    await training.stepOptimizer();
    expect(state().step).toMatchObject({ optimizer: "d_opt", updated: ["discriminator"], last: false });
    expect(state().step!.evaluated).toContain("d_loss");
    expect(state().step!.gradientNorm).toBeGreaterThan(0);
    expect(state().iteration).toBe(0);
    await training.stepOptimizer();
    expect(state()).toMatchObject({ iteration: 1, step: { optimizer: "g_opt", last: true } });
    await training.train();
    expect(state().step).toBeNull();
  });

  it("ends when it is stopped, whatever still comes", async () => {
    const { training, client, state, reached } = begin();
    const first = training.train();
    await reached(() => training.series.length >= 2);
    await training.stop();
    await first;
    expect(state()).toMatchObject({ now: { status: "idle" }, open: false });
    expect(client.asked.at(-1)).toBe("close");
    await training.train();
    expect(state().now.status).toBe("finished");
  });
});

describe("a document that is edited while it is trained", () => {
  it("counts another number of iterations at once, also while it trains", async () => {
    const { training, studio, state, reached } = begin();
    const set = (iterations: number) => {
      const { document } = studio.store.getState();
      studio.replace("Set iterations", { ...document, training: { ...document.training, iterations } });
    };
    const all = training.train();
    await reached(() => training.series.length >= 3);
    set(32);
    expect(state()).toMatchObject({ iterations: 32, drift: "none" });
    await all;
    expect(state()).toMatchObject({ now: { status: "finished" }, iteration: 32 });
    set(36);
    expect(state().now.status).toBe("paused");
  });

  it("takes on a live parameter by itself and goes on", async () => {
    const { training, client, state, reached, set } = begin();
    const all = training.train();
    await reached(() => training.series.length >= 2);
    set("d_opt", "lr", 0.0005);
    expect(state().drift).toBe("live");
    await training.pause();
    await all;
    await reached(({ drift }) => drift === "none");
    expect(client.asked.filter((name) => name === "adopt")).toHaveLength(1);
    expect(client.documents.at(-1)!.training.nodes.d_opt.params!.lr).toBe(0.0005);
    expect(state().now.status).toBe("paused");
  });

  it("says since when another graph differs, and trains the former until the person decides", async () => {
    const { training, client, studio, state, reached } = begin();
    const all = training.train();
    await reached(({ iteration }) => iteration >= 3);
    const at = state().iteration;
    studio.edit("Set out_features", [
      { do: "set-param", graph: "networks.generator", node: "fc1", param: "out_features", value: 64 },
    ]);
    expect(state()).toMatchObject({ drift: "meaning", driftSince: at });
    await all;
    expect(client.asked).not.toContain("adopt");
    training.undoChanges();
    expect(state()).toMatchObject({ drift: "none", driftSince: null });
    expect(studio.store.getState().document.networks).toEqual(recording.document.networks);
    studio.undo();
    expect(state().drift).toBe("meaning");
    expect(await training.adopt()).toMatchObject({ kept: 12 });
    expect(state().drift).toBe("none");
  });

  it("does not mind where nodes lie or what the document is called", async () => {
    const { training, studio, state } = begin();
    await training.iterate();
    studio.edit("Move", [{ do: "move-node", graph: "training", node: "data", to: { x: 5, y: 5 } }]);
    studio.edit("Rename", [{ do: "rename-document", name: "Another" }]);
    expect(state().drift).toBe("none");
  });
});

describe("what goes wrong", () => {
  it("errors of the document are said before a worker is asked, and mending them clears it", async () => {
    const { training, client, studio, state } = begin();
    studio.edit("Cut", [{ do: "disconnect", graph: "training", edge: { from: "d_loss.out", to: "d_opt.loss" } }]);
    await training.train();
    expect(state().now).toMatchObject({ status: "failed", text: "Mend 1 problem first" });
    expect(client.asked).toEqual([]);
    studio.undo();
    expect(state().now.status).toBe("idle");
  });

  it("a worker that dies is said so, and the next Train opens the run anew", async () => {
    const { training, client, state, reached } = begin();
    const all = training.train();
    await reached(() => training.series.length >= 2);
    client.breakNext();
    await all;
    expect(state()).toMatchObject({ now: { status: "failed", text: "Training stopped working." }, open: false });
    void training.train();
    await reached(() => client.asked.filter((name) => name === "open").length === 2);
  });

  it("samples are drawn between two iterations, and training goes on", async () => {
    const { training, state, reached } = begin();
    expect(await training.sample({ count: 4, seed: 1 })).toBeNull();
    const all = training.train();
    await reached(() => training.series.length >= 2);
    expect((await training.sample({ count: 16, seed: 1 }))!.count).toBe(16);
    await all;
    expect(state().now.status).toBe("finished");
  });
});
