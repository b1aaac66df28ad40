/** Saves of a run: two slots in turn, and what is taken up when one of them is damaged or there is no room. */
import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../src/session/checkpoint.ts";
import { memoryRecords, StorageFull, type Records } from "../../src/storage/records.ts";
import { createRunStore } from "../../src/storage/runs.ts";
import { openKeeper } from "../../src/worker/keeper.ts";

describe("a run's keeper", () => {
  it("takes up the last save, with the numbers as they were", async () => {
    const { keeper } = await opened(memoryRecords());
    for (const iteration of [5, 10, 15]) expect(await keeper.save(async () => stateAt(iteration))).toBe(true);
    const kept = (await keeper.load())!;
    expect(kept.document).toBe("document 15");
    expect(kept.checkpoint).toEqual(stateAt(15).checkpoint);
  });

  it("falls back to the save before where the last one is damaged, and goes on saving over it", async () => {
    const records = memoryRecords();
    const { keeper, runs, notices } = await opened(records);
    for (const iteration of [5, 10]) await keeper.save(async () => stateAt(iteration));
    const [last] = await runs.slots("run");
    const torn = { ...last, checkpoint: last.checkpoint.slice(0, 40) };
    await records.write([{ store: "runs", key: ["run", last.save % 2], value: torn }]);
    expect((await keeper.load())!.checkpoint.iteration).toBe(5);
    expect(notices.join()).toMatch(/one before it/);
    await keeper.save(async () => stateAt(6));
    expect((await keeper.load())!.checkpoint.iteration).toBe(6);
  });

  it("says once that there is no room, and saves again when there is", async () => {
    const records = memoryRecords();
    let full = true;
    const small: Records = {
      ...records,
      write: async (changes) => (full ? Promise.reject(new StorageFull()) : records.write(changes)),
    };
    const { keeper, notices } = await opened(small);
    for (const iteration of [1, 2]) expect(await keeper.save(async () => stateAt(iteration))).toBe(false);
    expect(notices).toEqual([expect.stringMatching(/storage is full.*goes on without being kept/)]);
    full = false;
    expect(await keeper.save(async () => stateAt(3))).toBe(true);
    expect((await keeper.load())!.checkpoint.iteration).toBe(3);
  });
});

async function opened(records: Records) {
  const runs = createRunStore(records);
  const notices: string[] = [];
  return { runs, notices, keeper: await openKeeper(runs, "run", (text) => void notices.push(text)) };
}

function stateAt(iteration: number) {
  const weight = { shape: [2], data: Float32Array.of(iteration, 0.1) };
  const checkpoint: Checkpoint = {
    ...{ iteration, seed: 1, batch: 2, variant: "wasm-simd", program: "p", steps: { opt: iteration } },
    tensors: new Map([["weights/g/w", weight]]),
  };
  const history = { iterations: new Float64Array(0), losses: {}, gradients: {}, imagesPerSecond: 0 };
  return { document: `document ${iteration}`, checkpoint, history };
}
