import { describe, expect, it } from "vitest";
import { drawsPerEpoch, rememberPermutations, rowsOfDraw, type BatchPlan } from "../../src/datasets/batches.ts";
import { gather, gatherLabels } from "../../src/datasets/gather.ts";
import { drawToy } from "../../src/datasets/toys.ts";
import { draw } from "../../src/runtime/philox.ts";
import { imageSet, problemOf } from "./helpers.ts";

const plan = (changes: Partial<BatchPlan> = {}): BatchPlan => ({
  name: "test",
  count: 10,
  batch: 4,
  shuffle: false,
  dropLast: true,
  ...changes,
});
const permutation = (epoch: number) => draw(55, "data", { iteration: epoch }).permutation(10);
const rowsOf = (plan: BatchPlan, draws: number) =>
  Array.from({ length: draws }, (_, n) => [...rowsOfDraw(plan, n, permutation).rows]);

describe("the rows of a draw", () => {
  it("come as they lie without shuffling, the last batch left out or smaller", () => {
    expect(rowsOf(plan(), 3)).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3]]); // prettier-ignore
    expect(rowsOf(plan({ dropLast: false }), 4)).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], [0, 1, 2, 3]]); // prettier-ignore
  });

  it("go through every row once an epoch, in another order each time", () => {
    const drawn = rowsOf(plan({ shuffle: true, dropLast: false }), 6);
    const epochs = [drawn.slice(0, 3).flat(), drawn.slice(3).flat()];
    for (const rows of epochs) expect([...rows].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[0]).toEqual([...permutation(0)]);
  });

  it("drop other rows each epoch where the last batch is dropped and rows are shuffled", () => {
    const drawn = rowsOf(plan({ shuffle: true }), 4);
    expect(drawn.slice(0, 2).flat()).toEqual([...permutation(0)].slice(0, 8));
    expect(drawn.slice(2).flat()).toEqual([...permutation(1)].slice(0, 8));
  });

  it("depend on the number of the draw alone", () => {
    const shuffled = plan({ shuffle: true, dropLast: false });
    const forwards = rowsOf(shuffled, 9);
    for (const n of [8, 0, 5, 2]) expect([...rowsOfDraw(shuffled, n, permutation).rows]).toEqual(forwards[n]);
  });

  it("say in which epoch they are", () => {
    expect([0, 1, 2, 3, 4].map((n) => rowsOfDraw(plan(), n, permutation).epoch)).toEqual([0, 0, 1, 1, 2]);
    expect([0, 2, 3].map((n) => rowsOfDraw(plan({ dropLast: false }), n, permutation).epoch)).toEqual([0, 0, 1]);
  });

  it("are 468 draws an epoch of MNIST in batches of 128, as in the lab", () => {
    expect(drawsPerEpoch(plan({ count: 60_000, batch: 128 }))).toBe(468);
    expect(drawsPerEpoch(plan({ count: 60_000, batch: 128, dropLast: false }))).toBe(469);
  });

  it("cannot fill a batch that is larger than the data, but may be fewer", async () => {
    expect(await problemOf("batch-too-large", () => rowsOfDraw(plan({ batch: 11 }), 0, permutation))).toEqual({
      name: "test",
      batch: 11,
      count: 10,
    });
    expect(rowsOf(plan({ batch: 11, dropLast: false }), 1)[0]).toHaveLength(10);
  });

  it("ask for each epoch's order once while the epochs go on", () => {
    const asked: number[] = [];
    const remembered = rememberPermutations((epoch) => (asked.push(epoch), permutation(epoch)));
    for (const epoch of [0, 0, 1, 0, 1, 2, 1, 2]) expect(remembered(epoch)).toEqual(permutation(epoch));
    expect(asked).toEqual([0, 1, 2]);
  });
});

describe("gathering", () => {
  const rows = Uint32Array.of(3, 0, 3);

  it.each([[1, 2, 5], [3, 4, 2], [4, 1, 3]] as const)("gives images of %i×%i×%i as NHWC in the range that is asked for", (c, h, w) => {
    const set = imageSet(4, [c, h, w]);
    for (const [low, high] of [[0, 1], [-1, 1], [0, 255]] as const) {
      const values = gather(set, rows, { range: [low, high] });
      const naive: number[] = [];
      for (const row of rows)
        for (let y = 0; y < h; y++)
          for (let x = 0; x < w; x++)
            for (let channel = 0; channel < c; channel++)
              naive.push(Math.fround(low + ((high - low) * set.data[((row * c + channel) * h + y) * w + x]) / 255));
      expect([...values]).toEqual(naive);
    }
  }); // prettier-ignore

  it("gives bytes divided by 255 in float32 for 0..1, as ToTensor does, and exact ends for -1..1", () => {
    const bytes = { ...imageSet(1, [1, 16, 16]), data: Uint8Array.from({ length: 256 }, (_, byte) => byte) };
    const unit = gather(bytes, Uint32Array.of(0), { range: [0, 1] });
    expect([...unit]).toEqual(
      Array.from({ length: 256 }, (_, byte) => Math.fround(Math.fround(byte) / Math.fround(255))),
    );
    const signed = gather(bytes, Uint32Array.of(0), { range: [-1, 1] });
    expect([signed[0], signed[255]]).toEqual([-1, 1]);
  });

  it("turns grey into colour and colour into grey", async () => {
    const grey = gather(imageSet(4, [1, 1, 2]), Uint32Array.of(1), { range: [0, 255], channels: 3 });
    expect([...grey]).toEqual([2, 2, 2, 3, 3, 3]);
    const colour = { ...imageSet(1, [3, 1, 2]), data: Uint8Array.of(255, 0, 0, 0, 10, 250) };
    expect([...gather(colour, Uint32Array.of(0), { range: [0, 255], channels: 1 })]).toEqual([77, 29]);
    await problemOf("data-type", () =>
      gather(imageSet(1, [4, 1, 1]), Uint32Array.of(0), { range: [0, 1], channels: 1 }),
    );
  });

  it("leaves vectors as they are", () => {
    const set = drawToy("toy-ring", draw(1, "toy", { iteration: 0 }), {}, 5);
    expect(gather(set, rows, { range: [0, 1] })).toEqual(
      Float32Array.of(...set.data.subarray(6, 8), ...set.data.subarray(0, 2), ...set.data.subarray(6, 8)),
    );
  });

  it("gives the labels of the same rows, and refuses where there are none", () => {
    expect([...gatherLabels(imageSet(4, [1, 1, 1], Uint8Array.of(0, 1, 0, 1)), rows)]).toEqual([1, 0, 1]);
    expect(() => gatherLabels(imageSet(4, [1, 1, 1]), rows)).toThrow("no labels");
  });

  it("gathers 64 images of MNIST's size in well under a millisecond", () => {
    const set = imageSet(2000, [1, 28, 28]);
    const batch = draw(1, "rows", { iteration: 0 }).integers(64, 2000);
    const times = Array.from({ length: 100 }, () => {
      const start = performance.now();
      gather(set, batch, { range: [-1, 1] });
      return performance.now() - start;
    });
    expect(times.sort((a, b) => a - b)[50]).toBeLessThan(1);
  });
});
