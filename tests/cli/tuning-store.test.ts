// The file that keeps what was measured on a device.

import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fileTuningStore } from "../../src/cli/tuning-store.ts";

describe("what was measured on a device", () => {
  const fresh = async () => path.join(await mkdtemp(path.join(os.tmpdir(), "ganvas-")), "folder", "tuning.json");

  it("is found by the next program, each device's own, and no other file is left", async () => {
    const file = await fresh();
    expect(await fileTuningStore(file).read("a GPU")).toBeUndefined();
    await fileTuningStore(file).write("a GPU", "[1]");
    await fileTuningStore(file).write("another", "[2]");
    await fileTuningStore(file).write("a GPU", "[3]");
    expect(await fileTuningStore(file).read("a GPU")).toBe("[3]");
    expect(await fileTuningStore(file).read("another")).toBe("[2]");
    expect(await readdir(path.dirname(file))).toEqual(["tuning.json"]);
  });

  it("is measured anew where the file is damaged", async () => {
    const file = await fresh();
    await fileTuningStore(file).write("a GPU", "[1]");
    for (const damaged of ["{", "[]", "null", '{"a GPU": 1}']) {
      await writeFile(file, damaged);
      expect(await fileTuningStore(file).read("a GPU"), damaged).toBeUndefined();
    }
    await fileTuningStore(file).write("a GPU", "[2]");
    expect(await fileTuningStore(file).read("a GPU")).toBe("[2]");
  });
});
