/** `ganvas train --workers`: the built command line with real threads. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ganvas, scratch } from "./ganvas.ts";

const { folder, remove } = scratch("workers");
afterAll(remove);

const train = (name: string, run: string, ...options: string[]) =>
  ganvas(["train", name, "--batch", "8", "--backend", "wasm", "--out", path.join(folder, run), ...options]);
const state = (run: string): Buffer => readFileSync(path.join(folder, run, "checkpoint/state.safetensors"));

describe("train --workers 2", { timeout: 240_000 }, () => {
  it("trains with two, says so in the checkpoint, and resumes with two, to the bit", () => {
    const whole = train("vanilla-mnist", "whole", "--steps", "6", "--workers", "2");
    expect(whole).toMatchObject({ code: 0, err: expect.stringContaining("2 workers compute each batch") as string });
    expect(state("whole").toString("latin1")).toMatch(/wasm-(relaxed|simd)(×|\\u00d7|\xc3\x97)2/);
    expect(train("vanilla-mnist", "halves", "--steps", "3", "--workers", "2").code).toBe(0);
    const resumed = train("vanilla-mnist", "halves", "--steps", "6", "--resume");
    expect(resumed.err).toContain("2 workers compute each batch");
    expect(resumed.err).not.toContain("run-variant");
    expect(state("halves").equals(state("whole"))).toBe(true);
  });

  it("trains with one where a node needs the whole batch, and names it", () => {
    const { code, err } = train("cyclegan", "pool", "--steps", "1", "--batch", "2", "--workers", "2");
    expect(err).toContain("warning one-worker: training / pool_");
    expect(code).toBe(0);
  });

  it("refuses what is no number of workers", () => {
    expect(train("vanilla-mnist", "none", "--workers", "0")).toMatchObject({ code: 2 });
  });
});
