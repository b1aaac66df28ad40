import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { dataSetOfArrays, pickArrays } from "../../src/datasets/arrays.ts";
import { readNpy, readNpz, writeNpy, type NpyArray, type NpyData } from "../../src/datasets/npy.ts";
import { problemOf } from "./helpers.ts";

const rows = (data: NpyData, shape: readonly number[]): NpyArray => readNpy(writeNpy(data, shape), "rows.npy");

/** A version 1 file with this header and these bytes of values. */
function npy(header: string, values: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.of(
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    1,
    0,
    text.length & 255,
    text.length >> 8,
    ...text,
    ...new Uint8Array(values),
  );
}

describe(".npy", () => {
  it.each<[string, NpyData, readonly number[]]>([
    ["<f4", Float32Array.of(1.5, -0, NaN, Infinity, 1e-45, 3), [2, 3]],
    ["<f8", Float64Array.of(Math.PI), [1]],
    ["|u1", Uint8Array.of(0, 255), [2, 1, 1]],
    ["<i4", Int32Array.of(-5), []],
    ["<i8", BigInt64Array.of(-(2n ** 63n), 7n), [2]],
    ["<f4", new Float32Array(0), [0, 3]],
  ])("returns %s as it was written", (dtype, data, shape) => {
    expect(readNpy(writeNpy(data, shape), "a.npy")).toEqual({ dtype, shape, data });
  });

  it("keeps booleans", () => {
    expect(readNpy(writeNpy(Uint8Array.of(1, 0), [2], "|b1"), "a.npy")).toEqual({
      dtype: "|b1",
      shape: [2],
      data: Uint8Array.of(1, 0),
    });
  });

  it("puts the values at a multiple of 64 bytes, also after a long header", () => {
    for (const shape of [[6], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 6]])
      expect((writeNpy(new Float32Array(6), shape).length - 24) % 64).toBe(0);
  });

  it("reads what lies at any place in a larger buffer, and version 2", () => {
    const bytes = writeNpy(Float32Array.of(1, 2), [2]);
    const shifted = Buffer.concat([Buffer.of(9), bytes]).subarray(1);
    expect(readNpy(shifted, "a.npy").data).toEqual(Float32Array.of(1, 2));
    const second = Uint8Array.of(...bytes.subarray(0, 6), 2, 0, ...bytes.subarray(8, 10), 0, 0, ...bytes.subarray(10));
    expect(readNpy(second, "a.npy").data).toEqual(Float32Array.of(1, 2));
  });

  it("writes the very bytes of numpy.save", () => {
    const saved = (shape: string, descr: string, values: NpyData) => {
      const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + "\n";
      return Buffer.concat([
        Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"),
        Buffer.from(text),
        Buffer.from(values.buffer),
      ]);
    };
    const floats = Float32Array.of(0, 1, 2, 3, 4, 5);
    expect(Buffer.from(writeNpy(floats, [2, 3]))).toEqual(saved("(2, 3)", "<f4", floats));
    expect(Buffer.from(writeNpy(Uint8Array.of(1, 0), [2], "|b1"))).toEqual(saved("(2,)", "|b1", Uint8Array.of(1, 0)));
    expect(Buffer.from(writeNpy(BigInt64Array.of(7n), []))).toEqual(saved("()", "<i8", BigInt64Array.of(7n)));
  });

  it("reads what numpy.savez_compressed has written", () => {
    const arrays = readNpz(Buffer.from(savez, "base64"), "out.npz");
    expect(arrays.get("x")).toEqual({ dtype: "<f8", shape: [1, 2], data: Float64Array.of(1.5, 2) });
    expect(arrays.get("y")).toEqual({ dtype: "<i8", shape: [1], data: BigInt64Array.of(4n) });
  });

  it.each([
    ["another file", new Uint8Array(20), /does not begin/],
    ["a cut header", writeNpy(new Float32Array(2), [2]).subarray(0, 30), /within its header/],
    [
      "missing values",
      writeNpy(new Float32Array(2), [2]).subarray(0, -1),
      /7 bytes of values where <f4 of shape \(2\) takes 8/,
    ],
    ["big-endian values", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", 8), />f4.*astype/],
    ["Fortran order", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", 8), /ascontiguousarray/],
    ["Python objects", npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 8), /\|O/],
    ["records", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8), /lacks/],
  ])("refuses %s", async (_, bytes, reason) => {
    expect((await problemOf("data-malformed", () => readNpy(bytes, "a.npy"))).reason).toMatch(reason);
  });
});

describe("arrays as a data set", () => {
  it("takes bytes [N, H, W] and [N, C, H, W] as images, and moves channels that come last", () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
    expect(dataSetOfArrays("a", rows(bytes, [2, 3, 4]), null)).toMatchObject({
      count: 2,
      item: { shape: [1, 3, 4] },
      data: bytes,
    });
    expect(dataSetOfArrays("a", rows(bytes, [2, 3, 2, 2]), null)).toMatchObject({
      item: { shape: [3, 2, 2] },
      data: bytes,
    });
    const last = dataSetOfArrays("a", rows(bytes, [2, 2, 2, 3]), null);
    expect(last.item.shape).toEqual([3, 2, 2]);
    expect([...last.data.subarray(0, 12)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  });

  it("takes numbers [N] and [N, F] as vectors", () => {
    expect(dataSetOfArrays("a", rows(Float64Array.of(1, 2, 3), [3]), null)).toMatchObject({
      count: 3,
      item: { type: "vector", shape: [1] },
    });
    expect(dataSetOfArrays("a", rows(BigInt64Array.of(1n, 2n), [1, 2]), null).data).toEqual(Float32Array.of(1, 2));
  });

  it("finds the range of images made of numbers", async () => {
    const bytes = (...values: number[]) => [
      ...dataSetOfArrays("a", rows(Float32Array.from(values), [1, 1, values.length]), null).data,
    ];
    expect(bytes(0, 0.5, 1)).toEqual([0, 128, 255]);
    expect(bytes(-1, 0, 1)).toEqual([0, 128, 255]);
    expect(bytes(0, 128, 255)).toEqual([0, 128, 255]);
    expect((await problemOf("data-malformed", () => bytes(0, 300))).reason).toMatch(/0 to 300/);
    expect((await problemOf("data-malformed", () => bytes(0, NaN))).reason).toMatch(/value 1 is NaN/);
  });

  it("picks rows and labels of a split by their usual names", async () => {
    const file = (data: NpyData, shape: readonly number[]) => writeNpy(data, shape);
    const npz = zipSync({
      "x_train.npy": file(Float32Array.of(1, 2), [2, 1]), "y_train.npy": file(BigInt64Array.of(1n, 0n), [2]),
      "x_test.npy": file(Float32Array.of(3), [1, 1]),
    }); // prettier-ignore
    const train = pickArrays("a.npz", readNpz(npz, "a.npz"), "train");
    expect(dataSetOfArrays("a.npz", train.rows, train.labels)).toMatchObject({
      count: 2,
      labels: Int32Array.of(1, 0),
      classes: ["0", "1"],
    });
    expect(pickArrays("a.npz", readNpz(npz, "a.npz"), "test")).toMatchObject({
      rows: { data: Float32Array.of(3) },
      labels: null,
    });
    const other = readNpz(
      zipSync({ "a.npy": file(Float32Array.of(1), [1]), "b.npy": file(Float32Array.of(1), [1]) }),
      "b.npz",
    );
    expect((await problemOf("data-malformed", () => pickArrays("b.npz", other, "train"))).reason).toMatch(
      /its arrays are a, b/,
    );
  });

  it("refuses labels that are no classes, shapes that are no rows, and nothing", async () => {
    const two = rows(Float32Array.of(1, 2), [2, 1]);
    for (const labels of [Float32Array.of(0.5, 1), Int32Array.of(-1, 1), BigInt64Array.of(2n ** 40n, 1n)])
      expect((await problemOf("data-malformed", () => dataSetOfArrays("a", two, rows(labels, [2])))).reason).toMatch(
        /label 0/,
      );
    expect(
      (await problemOf("data-malformed", () => dataSetOfArrays("a", two, rows(Int32Array.of(1), [1])))).reason,
    ).toMatch(/\(2,\) is wanted/);
    expect(
      (await problemOf("data-malformed", () => dataSetOfArrays("a", rows(new Uint8Array(16), [1, 2, 2, 4]), null)))
        .reason,
    ).toMatch(/1, 2, 2, 4/);
    await problemOf("dataset-empty", () => dataSetOfArrays("a", rows(new Float32Array(0), [0, 3]), null));
  });
});

/** numpy.savez_compressed(out, x=numpy.array([[1.5, 2]]), y=numpy.array([4])), NumPy 2.4.6. */
const savez =
  "UEsDBC0AAAAIAAAAIQBVWwmT//////////8FABQAeC5ucHkBABAAkAAAAAAAAABOAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9U" +
  "UpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6CkaaOgq1CmQDLgYw+GEPoRkcAFBLAwQtAAAACAAAACEAWpT0Fv//////////BQAUAHkubnB5AQAQAIgA" +
  "AAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGOpo6CrUKFAAuFgYIAABQ" +
  "SwECLQMtAAAACAAAACEAVVsJk04AAACQAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAACAAAACEAWpT0FkgAAACIAAAABQAAAAAAAAAA" +
  "AAAAgAGFAAAAeS5ucHlQSwUGAAAAAAIAAgBmAAAABAEAAAAA";
