/** Files of a person's own that are no pictures: those are decoded by the browser, in worker.test.ts. */
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { DatasetProblem } from "../../src/datasets/problems.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { readOwnData } from "../../src/worker/own-data.ts";
import { idx } from "../datasets/helpers.ts";

const blob = (bytes: Uint8Array): Blob => new Blob([bytes as Uint8Array<ArrayBuffer>]);
const read = (files: Readonly<Record<string, Uint8Array>>, resize: readonly [number, number] | null = null) =>
  readOwnData(
    {
      ...{ name: "mine", resize, grayscale: false },
      files: Object.entries(files).map(([path, bytes]) => ({ path, bytes: blob(bytes) })),
    },
    () => {},
  );

describe("a person's own files", () => {
  it("may be a .npy of vectors", async () => {
    const { set, skipped } = await read({ "points.npy": writeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]) });
    expect(set).toMatchObject({ name: "own/mine", title: "mine", count: 2, item: { type: "vector", shape: [2] } });
    expect([...set.data, skipped]).toEqual([1, 2, 3, 4, 0]);
  });

  it("may be an .npz with labels", async () => {
    const npz = zipSync({
      "x.npy": writeNpy(Float32Array.of(1, 2), [2, 1]),
      "y.npy": writeNpy(Float32Array.of(0, 1), [2]),
    });
    expect((await read({ "set.npz": npz })).set).toMatchObject({ count: 2, classes: ["0", "1"] });
  });

  it("may be IDX images with their labels beside them, and be resized", async () => {
    const images = idx([2, 2, 2], [0, 0, 0, 0, 200, 200, 200, 200]);
    const files = { "train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": idx([2], [1, 0]) };
    const { set } = await read(files, [4, 4]);
    expect(set).toMatchObject({ count: 2, item: { shape: [1, 4, 4] }, classes: ["0", "1"] });
    expect([...new Set(set.data.slice(16))]).toEqual([200]);
  });

  it("are refused where they hold no image", async () => {
    const files = { "set.zip": zipSync({ "notes.txt": Uint8Array.of(1) }) };
    await expect(read(files)).rejects.toBeInstanceOf(DatasetProblem);
    await expect(read({ "set.zip": Uint8Array.of(1, 2, 3) })).rejects.toThrow(/no zip archive/);
  });
});
