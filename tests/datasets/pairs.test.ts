import { describe, expect, it } from "vitest";
import { gather, gatherTargets } from "../../src/datasets/gather.ts";
import { dataSetOfImages, type DecodedImage, type ImageFile } from "../../src/datasets/folder.ts";
import { resized } from "../../src/datasets/resize.ts";
import { factsOf, splitOf } from "../../src/datasets/types.ts";
import { imageSet, problemOf } from "./helpers.ts";

/** A file of a decoder that takes its first two bytes as height and width, and the rest as grey pixels. */
const file = (path: string, height: number, width: number, pixels: readonly number[]): ImageFile => ({
  path,
  read: async () => Uint8Array.of(height, width, ...pixels),
});
const decode = async (bytes: Uint8Array): Promise<DecodedImage> => {
  if (bytes.length < 2) throw new Error("no header");
  return { height: bytes[0], width: bytes[1], channels: 1, data: bytes.subarray(2) };
};
const read = (files: readonly ImageFile[], options: object) => dataSetOfImages("pictures", files, decode, options);

describe("pairs side by side", () => {
  const pairs = "side-by-side";

  it("are the left and the right half of each picture", async () => {
    const set = await read([file("1.png", 2, 4, [1, 2, 3, 4, 5, 6, 7, 8]), file("2.png", 2, 4, [9, 9, 8, 8, 9, 9, 8, 8])], { pairs }); // prettier-ignore
    expect(set).toMatchObject({ count: 2, item: { shape: [1, 2, 2] }, data: Uint8Array.of(1, 2, 5, 6, 9, 9, 9, 9) });
    expect(set.target).toEqual({
      item: { type: "image", shape: [1, 2, 2] },
      data: Uint8Array.of(3, 4, 7, 8, 8, 8, 8, 8),
    });
    expect(factsOf(set)).toEqual({ item: set.item, target: set.item, classes: null, count: 2, heldOut: 0 });
  });

  it("are halved before each half is resized", async () => {
    const set = await read([file("1.png", 2, 4, [1, 1, 9, 9, 1, 1, 9, 9])], { pairs, resize: [1, 1] });
    expect([set.data[0], set.target!.data[0]]).toEqual([1, 9]);
  });

  it("have an even width", async () => {
    const facts = await problemOf("data-malformed", () => read([file("1.png", 1, 3, [1, 2, 3])], { pairs }));
    expect(facts).toEqual({
      name: "pictures/1.png",
      reason: "it is 3 pixels wide, which has no two halves; a pair is two pictures side by side",
    });
  });
});

describe("pairs in two folders", () => {
  const pairs = "folders";

  it.each([
    ["A", "B"],
    ["input", "target"],
    ["Input", "Target"],
  ])("are pictures of one name in %s and %s, at any depth and in any format", async (first, second) => {
    const set = await read(
      [
        file(`data/${first}/train/2.png`, 1, 1, [20]),
        file(`data/${first}/train/1.png`, 1, 1, [10]),
        file(`data/${second}/train/1.jpg`, 1, 2, [11, 12]),
        file(`data/${second}/train/2.jpg`, 1, 2, [21, 22]),
      ],
      { pairs },
    );
    expect(set).toMatchObject({ count: 2, data: Uint8Array.of(10, 20), item: { shape: [1, 1, 1] } });
    expect(set.target).toEqual({ item: { type: "image", shape: [1, 1, 2] }, data: Uint8Array.of(11, 12, 21, 22) });
    expect(set.classes).toBeUndefined();
  });

  it("are refused where a picture is alone, and where there are no such folders", async () => {
    const one = file("A/1.png", 1, 1, [1]);
    const lonely = [one, file("B/1.png", 1, 1, [1]), file("B/2.png", 1, 1, [1])];
    expect(await problemOf("data-malformed", () => read(lonely, { pairs }))).toEqual({
      name: "pictures",
      reason: 'B/2.png has no picture of the same name in the folder "a"',
    });
    expect(await problemOf("data-malformed", () => read([one, file("c/1.png", 1, 1, [1])], { pairs }))).toEqual({
      name: "pictures",
      reason: "pairs are looked for in two folders A and B, or input and target, and its pictures lie in A, c",
    });
  });

  it("lose both pictures where one is damaged and may be skipped", async () => {
    const damaged = { path: "A/1.png", read: async () => new Uint8Array(0) };
    const files = [damaged, file("A/2.png", 1, 1, [2]), file("B/1.png", 1, 1, [3]), file("B/2.png", 1, 1, [4])];
    const set = await read(files, { pairs, skip: () => {} });
    expect([set.count, [...set.data], [...set.target!.data]]).toEqual([1, [2], [4]]);
  });
});

describe("a set with targets", () => {
  const target = { item: { type: "image", shape: [1, 2, 2] }, data: Uint8Array.from([0, 51, 102, 153, 204, 255, 0, 51]) } as const; // prettier-ignore
  const set = { ...imageSet(2, [3, 2, 2]), target, heldOut: { ...imageSet(1, [3, 2, 2]), target } };

  it("gives those of the asked rows, in the asked range and channels", () => {
    const rows = Uint32Array.of(1);
    const [a, b, c, d] = gatherTargets(set, rows, { range: [0, 1] });
    [204, 255, 0, 51].forEach((byte, at) => expect([a, b, c, d][at]).toBeCloseTo(byte / 255, 6));
    expect(gatherTargets(set, rows, { range: [0, 1], channels: 3 })).toHaveLength(12);
    expect(gather(set, rows, { range: [0, 1], channels: 1 })).toHaveLength(4);
  });

  it("is resized with them, and with what is held out", () => {
    const small = resized(set, [1, 1]);
    expect([small.item.shape, small.target!.item.shape]).toEqual([[3, 1, 1], [1, 1, 1]]); // prettier-ignore
    expect([small.target!.data.length, small.heldOut!.data.length, small.heldOut!.target!.data.length]).toEqual([2, 3, 1]); // prettier-ignore
    expect(small.target!.data[0]).toBe(77);
  });

  it("gives the rows of a split, all where it has none", () => {
    expect(splitOf(set, "test")).toBe(set.heldOut);
    expect(splitOf(set, "train")).toBe(set);
    expect(splitOf(imageSet(1, [1, 1, 1]), "test").count).toBe(1);
  });
});
