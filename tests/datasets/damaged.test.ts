import fc from "fast-check";
import { gzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { dataSetOfArrays, pickArrays } from "../../src/datasets/arrays.ts";
import { imageSetOfIdx } from "../../src/datasets/idx.ts";
import { readNpy, readNpz, writeNpy } from "../../src/datasets/npy.ts";
import { DatasetProblem } from "../../src/datasets/problems.ts";
import type { DataSet } from "../../src/datasets/types.ts";
import { sizeOfItem } from "../../src/datasets/types.ts";
import { idx } from "./helpers.ts";

const images = idx(
  [6, 4, 4],
  Uint8Array.from({ length: 96 }, (_, i) => (i * 37) % 256),
);
const rows = writeNpy(Float32Array.from({ length: 24 }, (_, i) => i / 24), [6, 2, 2]); // prettier-ignore
const npz = zipSync({ "x.npy": rows, "y.npy": writeNpy(Int32Array.of(0, 1, 2, 0, 1, 2), [6]) });

const readers: readonly [string, Uint8Array, (bytes: Uint8Array) => DataSet][] = [
  ["IDX", images, (bytes) => imageSetOfIdx({ bytes, name: "file" }, null)],
  ["gzipped IDX", gzipSync(images), (bytes) => imageSetOfIdx({ bytes, name: "file" }, null)],
  [".npy", rows, (bytes) => dataSetOfArrays("file", readNpy(bytes, "file"), null)],
  [".npz", npz, (bytes) => readArrays(bytes)],
];

describe.each(readers)("a damaged %s file", (_, whole, read) => {
  it("is read as a data set of its size, or refused as what it is: never another error", () => {
    const damages = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(damages, fc.integer({ min: 0, max: whole.length }), fc.boolean(), (changes, length, cut) => {
        const bytes = whole.slice(0, cut ? length : whole.length);
        for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
        try {
          const set = read(bytes);
          expect(set.data.length).toBe(set.count * sizeOfItem(set.item));
          expect(set.data.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof DatasetProblem)) throw error;
        }
      }),
      { numRuns: 1500, seed: 1 },
    );
  });
});

function readArrays(bytes: Uint8Array): DataSet {
  const { rows, labels } = pickArrays("file", readNpz(bytes, "file"), "train");
  return dataSetOfArrays("file", rows, labels);
}
