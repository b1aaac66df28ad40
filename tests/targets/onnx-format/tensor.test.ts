import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHalfBits, toHalfBits } from "../../../src/targets/onnx/float16.ts";
import { OnnxFormatError } from "../../../src/targets/onnx/format-error.ts";
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
} from "../../../src/targets/onnx/gen/onnx_pb.ts";
import {
  decodeTensor,
  elementTypeOf,
  elementTypeOfData,
  encodeTensor,
  type ElementType,
  type TensorData,
} from "../../../src/targets/onnx/tensor.ts";

const examples: Record<ElementType, TensorData> = {
  float32: Float32Array.of(1.5, -0, Infinity, NaN, 1e-45, 3),
  float64: Float64Array.of(0.1, -0, -Infinity, NaN, 5e-324, 3),
  float16: Float32Array.of(1.5, -0, Infinity, NaN, 2 ** -24, 65504),
  int8: Int8Array.of(-128, 127, 0, 1, -1, 2),
  int16: Int16Array.of(-32768, 32767, 0, 1, -1, 2),
  int32: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1, -1, 2),
  int64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n, -1n, 2n),
  uint8: Uint8Array.of(0, 255, 1, 2, 3, 4),
  uint16: Uint16Array.of(0, 65535, 1, 2, 3, 4),
  uint32: Uint32Array.of(0, 2 ** 32 - 1, 1, 2, 3, 4),
  uint64: BigUint64Array.of(0n, 2n ** 64n - 1n, 1n, 2n, 3n, 4n),
  bool: Uint8Array.of(0, 1, 1, 0, 1, 0),
};

const everyType = Object.entries(examples) as [ElementType, TensorData][];

describe("encodeTensor and decodeTensor", () => {
  it.each(everyType)("return the same %s values", (type, data) => {
    const proto = encodeTensor("w", { type, dims: [2, 3], data });
    expect(elementTypeOf(proto.dataType)).toBe(type);
    expect(decodeTensor(proto)).toEqual({ type, dims: [2, 3], data });
  });

  it("keep a scalar, whose dims are empty, and a tensor of no values", () => {
    const scalar = encodeTensor("s", { type: "float32", dims: [], data: Float32Array.of(7) });
    expect(decodeTensor(scalar)).toEqual({ type: "float32", dims: [], data: Float32Array.of(7) });
    const none = encodeTensor("n", { type: "int64", dims: [0, 3], data: new BigInt64Array(0) });
    expect(decodeTensor(none)).toEqual({ type: "int64", dims: [0, 3], data: new BigInt64Array(0) });
  });

  it("read raw bytes that lie at an odd address, into memory of their own", () => {
    const file = new Uint8Array(13);
    file.set(new Uint8Array(Float32Array.of(1, 2, 3).buffer), 1);
    const rawData = file.subarray(1);
    const { data } = decodeTensor(create(TensorProtoSchema, { dims: [3n], dataType: DataType.FLOAT, rawData }));
    file.fill(0);
    expect(data).toEqual(Float32Array.of(1, 2, 3));
  });

  it("write a view's values alone, not the whole buffer behind it", () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(decodeTensor(encodeTensor("w", { type: "float32", dims: [2], data })).data).toEqual(Float32Array.of(1, 2));
  });

  it.each([
    ["float32", { floatData: [1, -2] }, Float32Array.of(1, -2)],
    ["float64", { doubleData: [1, -2] }, Float64Array.of(1, -2)],
    ["float16", { int32Data: [0x3c00, 0xc000] }, Float32Array.of(1, -2)],
    ["int8", { int32Data: [1, -2] }, Int8Array.of(1, -2)],
    ["int16", { int32Data: [1, -2] }, Int16Array.of(1, -2)],
    ["int32", { int32Data: [1, -2] }, Int32Array.of(1, -2)],
    ["int64", { int64Data: [1n, -2n] }, BigInt64Array.of(1n, -2n)],
    ["uint8", { int32Data: [1, 254] }, Uint8Array.of(1, 254)],
    ["uint16", { int32Data: [1, 65534] }, Uint16Array.of(1, 65534)],
    ["uint32", { uint64Data: [1n, 4294967294n] }, Uint32Array.of(1, 4294967294)],
    ["uint64", { uint64Data: [1n, 2n ** 64n - 2n] }, BigUint64Array.of(1n, 2n ** 64n - 2n)],
    ["bool", { int32Data: [1, 0] }, Uint8Array.of(1, 0)],
  ] as const)("read %s from the typed list that ONNX keeps it in", (type, lists, data) => {
    const { dataType } = encodeTensor("", { type, dims: [0], data: examples[type].subarray(0, 0) });
    const proto = create(TensorProtoSchema, {
      dims: [2n],
      dataType,
      ...Object.fromEntries(Object.entries(lists).map(([key, values]) => [key, [...values]])),
    });
    expect(decodeTensor(proto)).toEqual({ type, dims: [2], data });
  });

  const raw = new Uint8Array(8);
  it.each([
    ["too few bytes", { dims: [3n], rawData: raw }, /"w": 8 bytes cannot fill float32 \[3\], which takes 12/],
    ["bytes that are no whole number of values", { dims: [2n], rawData: raw.subarray(1) }, /7 bytes cannot fill/],
    ["too few values", { dims: [3n], floatData: [1] }, /1 values cannot fill float32 \[3\]/],
    ["a negative dimension", { dims: [-1n], floatData: [1] }, /\[-1\] are no dimensions/],
    ["dimensions past any memory", { dims: [2n ** 40n, 2n ** 40n] }, /no dimensions/],
    ["a gigabyte that is not there", { dims: [2n ** 28n], rawData: raw }, /8 bytes cannot fill/],
    ["strings", { dims: [1n], dataType: DataType.STRING, stringData: [raw] }, /STRING values are not read/],
    ["bfloat16", { dims: [4n], dataType: DataType.BFLOAT16, rawData: raw }, /BFLOAT16 values are not read/],
    ["a type of a later IR version", { dims: [1n], dataType: 22, rawData: raw }, /type 22 values are not read/],
    ["segments", { dims: [2n], rawData: raw, segment: { begin: 0n, end: 1n } }, /segments/],
    [
      "values in a second file",
      { dims: [2n], dataLocation: DataLocation.EXTERNAL, externalData: [{ key: "location", value: "w.bin" }] },
      /second file \("w.bin"\)/,
    ],
  ] as const)("refuse to read %s", (_, fields, message) => {
    const proto = create(
      TensorProtoSchema,
      structuredClone({ name: "w", dataType: DataType.FLOAT, ...fields }) as object,
    );
    expect(() => decodeTensor(proto)).toThrow(OnnxFormatError);
    expect(() => decodeTensor(proto)).toThrow(message);
  });

  it("refuse to write what does not fill its dims or is in another array", () => {
    const data = Float32Array.of(1, 2);
    expect(() => encodeTensor("w", { type: "float32", dims: [3], data })).toThrow(/2 values cannot fill \[3\]/);
    expect(() => encodeTensor("w", { type: "float32", dims: [-1, -2], data })).toThrow(RangeError);
    expect(() => encodeTensor("w", { type: "int32", dims: [2], data })).toThrow(/int32 values come as Int32Array/);
    expect(() => encodeTensor("w", { type: "float16", dims: [1], data: Uint16Array.of(1) })).toThrow(/Float32Array/);
  });

  it("take the element type from an array's class", () => {
    const types = Object.values(examples).map(elementTypeOfData);
    expect(types).toEqual(Object.keys(examples).map((t) => (t === "float16" ? "float32" : t === "bool" ? "uint8" : t)));
  });
});

describe("half precision", () => {
  it("widens all 65536 values and narrows each back to its bits", () => {
    const every = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const isNaN = (bits: number) => (bits & 0x7fff) > 0x7c00;
    const expected = every.map((bits) => (isNaN(bits) ? (bits & 0x8000) | 0x7e00 : bits));
    expect(toHalfBits(fromHalfBits(every)).findIndex((bits, i) => bits !== expected[i])).toBe(-1);
  });

  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x0001, 2 ** -24],
    [0x03ff, 2 ** -14 - 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ])("reads %i as %d", (bits, value) => {
    expect(fromHalfBits(Uint16Array.of(bits))[0]).toBe(value);
  });

  it("rounds to the nearest value, ties to the even one", () => {
    const finite = fc.float({ noNaN: true, min: -65504, max: 65504 });
    const all = fromHalfBits(Uint16Array.from({ length: 0x7c00 }, (_, i) => i));
    const check = (value: number): void => {
      const bits = toHalfBits(Float32Array.of(value))[0]!;
      const at = bits & 0x7fff;
      const error = Math.abs(all[at]! - Math.abs(value));
      for (const other of [at - 1, at + 1]) {
        if (other < 0 || other >= all.length) continue;
        const rival = Math.abs(all[other]! - Math.abs(value));
        expect(error < rival || (error === rival && at % 2 === 0)).toBe(true);
      }
      expect(bits >>> 15).toBe(Object.is(Math.sign(value), -0) || value < 0 ? 1 : 0);
    };
    fc.assert(fc.property(finite, check), { numRuns: 2000 });
    for (let i = 0; i + 1 < all.length; i += 7) check((all[i]! + all[i + 1]!) / 2);
  });

  it("goes to infinity from halfway past the largest value on", () => {
    const halves = toHalfBits(Float32Array.of(65519.99, 65520, -1e30, NaN));
    expect([...fromHalfBits(halves)]).toEqual([65504, Infinity, -Infinity, NaN]);
  });
});
