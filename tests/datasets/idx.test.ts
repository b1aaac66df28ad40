import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { imageSetOfIdx, readIdx } from "../../src/datasets/idx.ts";
import { idx, problemOf } from "./helpers.ts";

const images = idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const labels = idx([2], [3, 0]);

describe("IDX", () => {
  it("reads images and labels", () => {
    const set = imageSetOfIdx({ bytes: images, name: "images" }, { bytes: labels, name: "labels" });
    expect(set).toMatchObject({ count: 2, item: { type: "image", shape: [1, 2, 3] }, classes: ["0", "1", "2", "3"] });
    expect([...set.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...set.labels!]).toEqual([3, 0]);
  });

  it("reads through gzip, in one member or two", () => {
    expect(readIdx(gzipSync(images), "images.gz")).toEqual(readIdx(images, "images"));
    const members = [images.subarray(0, 9), images.subarray(9)].map((part) => gzipSync(part));
    expect(readIdx(Uint8Array.from(members.flatMap((part) => [...part])), "images.gz").data).toEqual(
      readIdx(images, "images").data,
    );
  });

  it("says how many bytes a truncated file has and how many are wanted", async () => {
    const cut = images.subarray(0, 20);
    expect(await problemOf("idx-truncated", () => readIdx(cut, "images"))).toEqual({
      name: "images",
      found: 20,
      wanted: 28,
    });
    expect(await problemOf("idx-truncated", () => readIdx(gzipSync(cut), "images.gz"))).toMatchObject({
      found: 20,
      wanted: 28,
    });
    expect(await problemOf("idx-truncated", () => readIdx(images.subarray(0, 9), "images"))).toMatchObject({
      found: 9,
      wanted: 16,
    });
  });

  it("says the same of a file whose gzip stream breaks off", async () => {
    const noise = Uint8Array.from({ length: 40_000 }, (_, i) => (i * i * 31 + (i >> 3)) % 256);
    const packed = gzipSync(idx([400, 10, 10], noise));
    const facts = await problemOf("idx-truncated", () => readIdx(packed.subarray(0, packed.length / 2), "images.gz"));
    expect(facts.wanted).toBe(40_016);
    expect(facts.found).toBeLessThan(40_016);
  });

  it.each([
    ["an empty file", new Uint8Array(0), /too few/],
    ["a file of another kind", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0), /two zero bytes/],
    ["values that are not bytes", Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0), /0x0d/],
    ["no axes", Uint8Array.of(0, 0, 8, 0), /0 axes/],
    ["bytes after the end", Uint8Array.of(...images, 1), /1 bytes more/],
  ])("refuses %s", async (_, bytes, reason) => {
    expect((await problemOf("data-malformed", () => readIdx(bytes, "file"))).reason).toMatch(reason);
  });

  it("refuses labels that do not belong to the images, and a file of labels as images", async () => {
    const file = (bytes: Uint8Array, name: string) => ({ bytes, name });
    const three = file(idx([3], [1, 1, 1]), "labels");
    expect((await problemOf("data-malformed", () => imageSetOfIdx(file(images, "images"), three))).reason).toMatch(
      /3 labels for the 2 images/,
    );
    expect((await problemOf("data-malformed", () => imageSetOfIdx(three, null))).reason).toMatch(/1 axis/);
    await problemOf("dataset-empty", () => imageSetOfIdx(file(idx([0, 28, 28], []), "images"), null));
  });
});
