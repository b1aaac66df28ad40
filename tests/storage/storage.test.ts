/** What the browser keeps, over records in memory: IndexedDB's own part is tested in a browser, in tests/worker. */
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/session/protocol.ts";
import { leastMissed } from "../../src/storage/thinning.ts";
import { memoryRecords } from "../../src/storage/records.ts";
import { openStorage, type SavedRun } from "../../src/storage/storage.ts";

describe("the storage without IndexedDB", () => {
  it("says that nothing is kept, and works until the page is closed", async () => {
    const { notice, documents } = await openStorage();
    expect(notice).toMatch(/keeps nothing/);
    await documents.put({ id: "a", name: "A", text: "{}", modified: 1 });
    await documents.put({ id: "b", name: "B", text: "[]", modified: 2 });
    expect(await documents.list()).toEqual([
      { id: "b", name: "B", modified: 2 },
      { id: "a", name: "A", modified: 1 },
    ]);
    expect(await documents.get("a")).toEqual({ id: "a", name: "A", text: "{}", modified: 1 });
    expect(await documents.get("c")).toBeNull();
  });

  it("deletes a document with its versions and its run, and no other's", async () => {
    const { documents, runs } = await openStorage();
    for (const id of ["a", "ab"]) {
      await documents.put({ id, name: id, text: id, modified: 1 });
      await documents.addVersion(id, { saved: 1, label: "", text: id });
      await runs.save(id, saved(1), [snapshot(0)], []);
    }
    await documents.delete("a");
    expect([await documents.get("a"), await documents.versions("a"), await runs.slots("a")]).toEqual([null, [], []]);
    expect([await documents.version("ab", 1), await runs.slots("ab")]).toEqual(["ab", [saved(1)]]);
    expect(await runs.snapshots("ab")).toEqual([snapshot(0)]);
  });
});

describe("versions of a document", () => {
  it("are kept when the text has changed, the latest first", async () => {
    const { documents } = await openStorage();
    for (const [time, text] of [
      [1, "one"],
      [2, "one"],
      [3, "two"],
    ] as const)
      // prettier-ignore
      await documents.addVersion("a", { saved: time, label: `at ${time}`, text });
    expect(await documents.versions("a")).toEqual([
      { saved: 3, label: "at 3" },
      { saved: 1, label: "at 1" },
    ]);
    expect(await documents.version("a", 1)).toBe("one");
  });

  it("are 50 at most, sparse where they are old", async () => {
    const { documents } = await openStorage();
    for (let time = 1; time <= 300; time++)
      await documents.addVersion("a", { saved: time * 60_000, label: "", text: String(time) });
    const times = (await documents.versions("a")).map((version) => version.saved / 60_000);
    expect([times.length, times[0], times.at(-1)]).toEqual([50, 300, 1]);
    expect(times.filter((time) => time > 250).length).toBeGreaterThan(times.filter((time) => time <= 250).length / 2);
  });

  it("never lose the first and the last", () => {
    expect(leastMissed([1, 2, 3, 100], 2, () => 1).sort()).toEqual([2, 3]);
    expect(leastMissed([1, 2], 0, () => 1)).toEqual([]);
  });
});

describe("runs", () => {
  it("are written to two slots in turn, with their snapshots", async () => {
    const { runs } = await openStorage();
    await runs.save("a", saved(1), [snapshot(0), snapshot(10)], []);
    await runs.save("a", saved(2), [snapshot(20)], [10]);
    await runs.save("a", saved(3), [], []);
    expect(await runs.slots("a")).toEqual([saved(3), saved(2)]);
    expect((await runs.snapshots("a")).map(({ iteration }) => iteration)).toEqual([0, 20]);
    await runs.clear("a");
    expect([await runs.slots("a"), await runs.snapshots("a")]).toEqual([[], []]);
  });
});

describe("data sets", () => {
  it("tell their facts without their rows", async () => {
    const { dataSets } = await openStorage();
    const item = { type: "image", shape: [1, 2, 2] } as const;
    const rows = { name: "own/dots", title: "dots", count: 2, item, licence: "", source: "" };
    await dataSets.put({ ...rows, data: new Uint8Array(8), labels: Uint8Array.of(0, 1), classes: ["a", "b"] });
    expect(await dataSets.list()).toMatchObject([
      { name: "own/dots", item, classes: 2, count: 2, classNames: ["a", "b"], bytes: 8 },
    ]);
    expect((await dataSets.rows("own/dots"))!.data).toEqual(new Uint8Array(8));
    await dataSets.delete("own/dots");
    expect([await dataSets.facts("own/dots"), await dataSets.rows("own/dots")]).toEqual([null, null]);
  });
});

describe("records in memory", () => {
  it("are copies, in the order of their keys", async () => {
    const records = memoryRecords();
    const value = { list: [1] };
    await records.write([10, 9, 1].map((time) => ({ store: "versions", key: ["a", time], value })));
    value.list.push(2);
    expect(await records.keys("versions", ["a"])).toEqual([["a", 1], ["a", 9], ["a", 10]]); // prettier-ignore
    expect(await records.get("versions", ["a", 9])).toEqual({ list: [1] });
    await records.write([{ store: "versions", key: ["a", 9] }]);
    expect(await records.get("versions", ["a", 9])).toBeUndefined();
  });
});

const saved = (save: number): SavedRun => ({
  ...{ save, iteration: save * 10, document: "{}", checkpoint: Uint8Array.of(save) },
  history: { iterations: new Float64Array(0), losses: {}, gradients: {}, imagesPerSecond: 0 },
});

const snapshot = (iteration: number): Snapshot => ({
  iteration,
  sheet: { count: 0, type: "vector", shape: [1], pixels: null, points: new Float32Array(0), scores: null },
  field: null,
  spread: null,
});

describe("files of weights", () => {
  it("are kept by what is in them, as long as a document or a former state of one names them", async () => {
    const { documents, weights } = await openStorage();
    const [a, b] = [Uint8Array.from([1, 2, 3]), Uint8Array.from([4])];
    const [first, second] = [await weights.put(a), await weights.put(b)];
    expect(first).toBe("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"); // sha256sum of the same bytes
    expect(await weights.put(a)).toBe(first);
    expect([...(await weights.list())].sort()).toEqual([first, second].sort());
    expect(await weights.bytes(first)).toEqual(a);
    await documents.put({ id: "x", name: "X", text: `{"sha256":"${first}"}`, modified: 1 });
    await documents.put({ id: "y", name: "Y", text: "{}", modified: 1 });
    await documents.addVersion("y", { saved: 1, label: "", text: `{"sha256":"${second}"}` });
    await weights.sweep();
    expect((await weights.list()).length).toBe(2);
    await documents.delete("y");
    await weights.sweep();
    expect([await weights.list(), await weights.bytes(second)]).toEqual([[first], null]);
  });
});
