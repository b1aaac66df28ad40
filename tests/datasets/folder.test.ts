import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { dataSetOfImages, type DecodedImage, type ImageFile } from "../../src/datasets/folder.ts";
import { resized, resizer } from "../../src/datasets/resize.ts";
import { readZip } from "../../src/datasets/zip.ts";
import { drawToy } from "../../src/datasets/toys.ts";
import { draw } from "../../src/runtime/philox.ts";
import { imageSet, problemOf } from "./helpers.ts";

/** A file of a decoder that takes its first three bytes as height, width and channels, and the rest as pixels. */
const file = (path: string, height: number, width: number, channels = 1, value = 7): ImageFile => ({
  path,
  read: async () => Uint8Array.of(height, width, channels, ...new Uint8Array(height * width * channels).fill(value)),
});
const decode = async (bytes: Uint8Array): Promise<DecodedImage> => {
  const [height, width, channels] = bytes;
  if (height === undefined) throw new Error("no header\nand more");
  return { height, width, channels, data: bytes.subarray(3) };
};
const read = (files: readonly ImageFile[], options = {}) => dataSetOfImages("pictures", files, decode, options);

describe("images of a folder", () => {
  it("come in the order of their paths, without hidden files and other files", async () => {
    const files = [
      file("b.png", 2, 2, 1, 2),
      file("notes.txt", 2, 2),
      file("a.JPG", 2, 2, 1, 1),
      file("__MACOSX/c.png", 2, 2),
      file(".d.png", 2, 2),
    ];
    const set = await read(files);
    expect(set).toMatchObject({ count: 2, item: { shape: [1, 2, 2] }, data: Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2) });
    expect(set.labels).toBeUndefined();
  });

  it("have the folders' names as classes, a folder around all of them aside", async () => {
    for (const outer of ["", "animals/", "a/b/"]) {
      const set = await read([
        file(`${outer}dog/1.png`, 1, 1),
        file(`${outer}cat/deep/2.png`, 1, 1),
        file(`${outer}dog/0.png`, 1, 1),
      ]);
      expect(set.classes).toEqual(["cat", "dog"]);
      expect([...set.labels!]).toEqual([0, 1, 1]);
    }
  });

  it("are fewer without the damaged ones where these may be skipped, with the others' classes", async () => {
    const damaged = { path: "a/2.png", read: async () => new Uint8Array(0) };
    const skipped: string[] = [];
    const done: string[] = [];
    const options = {
      skip: (problem: Error) => void skipped.push(problem.message),
      progress: (files: number, of: number) => void done.push(`${files} of ${of}`),
    };
    const set = await read([file("a/1.png", 1, 1), damaged, file("b/3.png", 1, 1)], options);
    expect(set).toMatchObject({ count: 2, classes: ["a", "b"], labels: Int32Array.of(0, 1) });
    expect(skipped).toEqual([expect.stringMatching(/pictures\/a\/2\.png.*no header/)]);
    expect(done).toEqual(["3 of 3"]);
    await problemOf("dataset-empty", () => read([damaged], options));
    await problemOf("data-malformed", () => read([damaged]));
  });

  it("have no classes in one folder, or where some lie beside the folders", async () => {
    expect((await read([file("a/1.png", 1, 1), file("a/2.png", 1, 1)])).classes).toBeUndefined();
    expect((await read([file("a/1.png", 1, 1), file("b/1.png", 1, 1), file("2.png", 1, 1)])).classes).toBeUndefined();
  });

  it("of different sizes are refused with the sizes that were found", async () => {
    const files = [file("1.png", 2, 3), file("2.png", 4, 4), file("3.png", 2, 3), file("4.png", 5, 1)];
    const { sizes } = await problemOf("images-mixed-sizes", () => read(files));
    expect(sizes).toEqual(["2×3: 2 images", "4×4: 1 image", "5×1: 1 image"]);
    const many = Array.from({ length: 9 }, (_, i) => file(`${i}.png`, 1, i + 1));
    expect((await problemOf("images-mixed-sizes", () => read(many))).sizes.at(-1)).toBe("and 4 other sizes");
  });

  it("of different sizes become equal by resize", async () => {
    const set = await read([file("1.png", 2, 3), file("2.png", 9, 4), file("3.png", 6, 6)], { resize: [4, 6] });
    expect(set).toMatchObject({ count: 3, item: { shape: [1, 4, 6] }, data: new Uint8Array(72).fill(7) });
  });

  it("become coloured where one is, or grey when asked", async () => {
    const files = [file("1.png", 1, 1, 1, 90), { path: "2.png", read: async () => Uint8Array.of(1, 1, 3, 255, 0, 10) }];
    expect(await read(files)).toMatchObject({
      item: { shape: [3, 1, 1] },
      data: Uint8Array.of(90, 90, 90, 255, 0, 10),
    });
    expect(await read(files, { grayscale: true })).toMatchObject({
      item: { shape: [1, 1, 1] },
      data: Uint8Array.of(90, 77),
    });
  });

  it("are white where they are transparent", async () => {
    const colour = { path: "1.png", read: async () => Uint8Array.of(1, 2, 4, 10, 20, 30, 255, 10, 20, 30, 0) };
    expect((await read([colour])).data).toEqual(Uint8Array.of(10, 255, 20, 255, 30, 255));
    const grey = { path: "1.png", read: async () => Uint8Array.of(1, 1, 2, 100, 51) };
    expect((await read([grey])).data).toEqual(Uint8Array.of(224));
  });

  it("are missing, or one of them is damaged", async () => {
    expect(await problemOf("dataset-empty", () => read([file("notes.txt", 1, 1)]))).toEqual({ name: "pictures" });
    const broken = { path: "sub/2.png", read: async () => new Uint8Array(0) };
    const facts = await problemOf("data-malformed", () => read([file("1.png", 1, 1), broken]));
    expect(facts).toEqual({ name: "pictures/sub/2.png", reason: "it cannot be decoded as an image (no header)" });
  });
});

describe("a zip", () => {
  it("gives its files in order, without what macOS adds", () => {
    const zip = zipSync({
      "b/2.png": Uint8Array.of(2),
      "a/1.png": Uint8Array.of(1),
      "__MACOSX/a/._1.png": Uint8Array.of(0),
      "a/.DS_Store": Uint8Array.of(0),
    });
    expect(readZip(zip, "z.zip")).toEqual([{ path: "a/1.png", bytes: Uint8Array.of(1) }, { path: "b/2.png", bytes: Uint8Array.of(2) }]); // prettier-ignore
  });

  it("is refused when it is damaged, no zip, or would unpack to more than 4 GB", async () => {
    const zip = zipSync({ "a.png": new Uint8Array(1000).fill(3) });
    expect((await problemOf("data-malformed", () => readZip(zip.subarray(0, 40), "z.zip"))).reason).toMatch(
      /no zip archive/,
    );
    expect((await problemOf("data-malformed", () => readZip(Uint8Array.of(1, 2, 3), "z.zip"))).reason).toMatch(
      /no zip archive/,
    );
    const two = zipSync({ "a.png": new Uint8Array(10), "b.png": new Uint8Array(10) });
    const view = new DataView(two.buffer);
    for (let at = 0; at < two.length - 4; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0xfffffff0, true);
    expect((await problemOf("data-malformed", () => readZip(two, "z.zip"))).reason).toMatch(/4 GB/);
  });
});

describe("resizing", () => {
  it("blends neighbours as torch.nn.functional.interpolate does (bilinear, align_corners=False)", () => {
    // torch.nn.functional.interpolate(torch.tensor([[[[0., 100.], [200., 40.]]]]), size=(4, 4), mode="bilinear").round()
    const twice = resizer([2, 2], [4, 4], { antialias: false })(Uint8Array.of(0, 100, 200, 40), 1);
    expect([...twice]).toEqual([0, 25, 75, 100, 50, 59, 76, 85, 150, 126, 79, 55, 200, 160, 80, 40]);
  });

  it("takes four neighbours without antialiasing and all pixels with it", () => {
    const stripes = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === 3 || i % 8 === 4 ? 255 : 0));
    expect([...resizer([8, 8], [2, 2], { antialias: false })(stripes, 1)]).toEqual([0, 0, 0, 0]);
    const [value] = resizer([8, 8], [2, 2], { antialias: true })(stripes, 1);
    expect(value).toBeGreaterThan(40);
  });

  it("scales the shorter side and keeps the middle", () => {
    const wide = Uint8Array.from({ length: 16 }, (_, i) => 10 * (i % 8));
    expect([...resizer([2, 8], [2, 2], { antialias: true })(wide, 1)]).toEqual([30, 40, 30, 40]);
    const tall = Uint8Array.from({ length: 16 }, (_, i) => 10 * Math.floor(i / 2));
    expect([...resizer([8, 2], [2, 2], { antialias: true })(tall, 1)]).toEqual([30, 30, 40, 40]);
  });

  it("is done plane by plane, and not at all where nothing changes", async () => {
    const set = imageSet(3, [3, 5, 5]);
    expect(resized(set, [5, 5])).toBe(set);
    const large = resized(set, [10, 10]);
    expect(large.item.shape).toEqual([3, 10, 10]);
    const plane = resizer([5, 5], [10, 10], { antialias: false })(set.data.subarray(125, 150), 1);
    expect(large.data.subarray(500, 600)).toEqual(plane);
    const facts = await problemOf("data-type", () =>
      resized(drawToy("toy-ring", draw(0, "t", { iteration: 0 }), {}, 4), [8, 8]),
    );
    expect(facts.found).toBe("vector[2]");
  });
});
