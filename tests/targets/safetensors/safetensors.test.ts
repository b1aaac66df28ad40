import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  readSafetensors,
  SafetensorsError,
  toFloat32,
  writeSafetensors,
  type SafetensorsEntry,
} from "../../../src/targets/safetensors/safetensors.ts";

const weight: SafetensorsEntry = {
  name: "main.0.weight",
  dtype: "F32",
  shape: [2, 3],
  data: Float32Array.of(1, -2, 0.5, 3e-8, Infinity, -0),
};
const bias: SafetensorsEntry = { name: "main.0.bias", dtype: "F32", shape: [1], data: Float32Array.of(7) };
const steps: SafetensorsEntry = { name: "steps", dtype: "I64", shape: [], data: BigInt64Array.of(-3n) };
const mask: SafetensorsEntry = { name: "mask", dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) };
const none: SafetensorsEntry = { name: "none", dtype: "F16", shape: [0, 4], data: new Uint16Array(0) };

/** A file with the header as it is spelled, for what the writer would never write. */
function fileOf(header: string | Uint8Array, values = 0, statedLength?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + text.length + values);
  new DataView(file.buffer).setBigUint64(0, statedLength ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

function headerText(file: Uint8Array): string {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  return new TextDecoder().decode(file.subarray(8, 8 + length));
}

const f32 = (from: number, to: number, shape = [(to - from) / 4]) =>
  `{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[${from},${to}]}`;

describe("writeSafetensors", () => {
  it("writes the length, the header and the values as the format's description lays them out", () => {
    const file = writeSafetensors([bias], { format: "pt" });
    const json =
      '{"__metadata__":{"format":"pt"},"main.0.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.padEnd(96);
    expect(headerText(file)).toBe(json);
    expect([...file.subarray(0, 8)]).toEqual([96, 0, 0, 0, 0, 0, 0, 0]);
    expect([...file.subarray(8 + 96)]).toEqual([0, 0, 0xe0, 0x40]);
  });

  it("begins the values at a multiple of 8 and puts every tensor at a multiple of its element's width", () => {
    for (let length = 1; length <= 16; length++) {
      const file = writeSafetensors([mask, { ...weight, name: "n".repeat(length) }, steps]);
      const header = headerText(file);
      expect(header.length % 8).toBe(0);
      const places = JSON.parse(header) as Record<string, { data_offsets: [number, number] }>;
      expect(places["steps"]!.data_offsets).toEqual([0, 8]);
      expect(places["n".repeat(length)]!.data_offsets).toEqual([8, 32]);
      expect(places["mask"]!.data_offsets).toEqual([32, 35]);
    }
  });

  it("gives the same bytes in whatever order tensors and metadata come", () => {
    const all = [weight, bias, steps, mask, none];
    const one = writeSafetensors(all, { seed: "1", author: "A" });
    expect(writeSafetensors([...all].reverse(), { author: "A", seed: "1" })).toEqual(one);
  });

  it("takes views into larger arrays, at any alignment the array allows", () => {
    const pool = Float32Array.of(9, 9, 1, 2, 9);
    const file = writeSafetensors([{ name: "w", dtype: "F32", shape: [2], data: pool.subarray(2, 4) }]);
    expect(readSafetensors(file).tensors.get("w")!.data).toEqual(Float32Array.of(1, 2));
  });

  it("writes a file of no tensors", () => {
    expect(readSafetensors(writeSafetensors([]))).toEqual({ tensors: new Map(), metadata: {} });
  });

  it.each<[string, SafetensorsEntry[], RegExp]>([
    ["a name given twice", [bias, bias], /main\.0\.bias.*twice/],
    ["the reserved name", [{ ...bias, name: "__metadata__" }], /reserved/],
    ["a name that is no Unicode text", [{ ...bias, name: "a\ud800" }], /Unicode/],
    ["more values than the shape holds", [{ ...weight, shape: [2, 2] }], /6 values cannot fill \[2, 2\]/],
    ["a negative shape", [{ ...bias, shape: [-1, -1] }], /cannot fill/],
    ["another array than the dtype's", [{ ...bias, data: Int32Array.of(7) }], /F32 values come as Float32Array/],
  ])("refuses %s", (_, entries, message) => {
    expect(() => writeSafetensors(entries)).toThrow(SafetensorsError);
    expect(() => writeSafetensors(entries)).toThrow(message);
  });
});

describe("readSafetensors", () => {
  it("returns what was written, to the bit, each tensor in memory of its own", () => {
    const entries = [weight, bias, steps, mask, none];
    const file = writeSafetensors(entries, { author: "Ärger \u{1f600}", "": "empty" });
    const { tensors, metadata } = readSafetensors(file);
    expect(metadata).toEqual({ author: "Ärger \u{1f600}", "": "empty" });
    for (const { name, ...tensor } of entries) expect(tensors.get(name)).toEqual(tensor);
    expect(tensors.size).toBe(entries.length);
    file.fill(0);
    expect(tensors.get("main.0.weight")!.data).toEqual(weight.data);
  });

  it("reads from a view that begins at an odd byte", () => {
    const file = writeSafetensors([weight]);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(readSafetensors(shifted.subarray(3)).tensors.get(weight.name)!.data).toEqual(weight.data);
  });

  it("keeps names that JavaScript objects treat specially", () => {
    const names = ["__proto__", "constructor", "10", "2", "", "toString"];
    const file = writeSafetensors(names.map((name) => ({ ...bias, name })));
    expect([...readSafetensors(file).tensors.keys()]).toEqual([...names].sort());
  });

  it("reads a header without padding, with white space, and in any order of tensors", () => {
    const file = fileOf(` { "b" : ${f32(4, 8)} ,\n "a":${f32(0, 4)} } `.trimStart(), 8);
    expect([...readSafetensors(file).tensors.keys()]).toEqual(["a", "b"]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(0), /too short/],
    ["half a length", new Uint8Array(7), /too short/],
    ["a header longer than the file", fileOf("{}", 0, 3n), /states 3 bytes, of which the file holds 2/],
    ["a header of 2^64 - 1 bytes", fileOf("{}", 0, 2n ** 64n - 1n), /no safetensors file/],
    ["a header past the limit", fileOf("{}", 0, 100_000_001n), /more than 100000000/],
    ["no header", fileOf("", 8), /begin with "\{"/],
    ["a header that begins with a space", fileOf(" {}"), /begin with "\{"/],
    ["a list", fileOf("[]"), /begin with "\{"/],
    ["bad JSON", fileOf("{,}"), /not JSON/],
    ["a second JSON value", fileOf("{}{}"), /not JSON/],
    ["no UTF-8", fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22)), /UTF-8/],
    ["metadata that is no object", fileOf('{"__metadata__":["a"]}'), /object of strings/],
    ["metadata with a number", fileOf('{"__metadata__":{"a":1}}'), /object of strings/],
    ["a tensor that is no object", fileOf('{"a":null}'), /no JSON object/],
    ["an unknown dtype", fileOf(`{"a":${f32(0, 4).replace("F32", "F8_E4M3")}}`, 4), /"F8_E4M3", wanted one of F64/],
    ["a dtype from Object's prototype", fileOf(`{"a":${f32(0, 4).replace("F32", "toString")}}`, 4), /"toString"/],
    ["a fractional shape", fileOf(`{"a":${f32(0, 4, [0.5, 2])}}`, 4), /whole numbers/],
    ["a negative shape", fileOf(`{"a":${f32(0, 4, [-1, -1])}}`, 4), /whole numbers/],
    ["a shape whose product overflows", fileOf(`{"a":${f32(0, 0, [2 ** 52, 2 ** 52])}}`), /takes .* bytes, but has 0/],
    ["offsets that fall", fileOf(`{"a":${f32(4, 0, [1])}}`, 4), /rising order/],
    ["one offset", fileOf('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}'), /rising order/],
    ["a shape that does not fill its place", fileOf(`{"a":${f32(0, 8, [1])}}`, 8), /takes 4 bytes, but has 8/],
    ["missing values", fileOf(`{"a":${f32(0, 8)}}`, 7), /ends at byte 8 of 7.*cut short/],
    ["values past the end", fileOf(`{"a":${f32(0, 4)}}`, 5), /1 bytes after the last tensor/],
    ["overlapping tensors", fileOf(`{"a":${f32(0, 8)},"b":${f32(4, 12)}}`, 12), /"b".*overlaps/],
    ["two tensors in one place", fileOf(`{"a":${f32(0, 4)},"b":${f32(0, 4)}}`, 4), /"b".*overlaps/],
    ["a hole", fileOf(`{"a":${f32(0, 4)},"b":${f32(8, 12)}}`, 12), /"b".*hole/],
    ["a name that is no Unicode text", fileOf(`{"\\ud800":${f32(0, 4)}}`, 4), /Unicode/],
    ["a name that occurs twice", fileOf(`{"a":${f32(0, 4)},"\\u0061":${f32(0, 4)}}`, 4), /"a" occurs twice/],
    [
      "a field that occurs twice",
      fileOf('{"a":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      /"dtype" occurs twice/,
    ],
  ])("refuses %s", (_, file, message) => {
    expect(() => readSafetensors(file)).toThrow(SafetensorsError);
    expect(() => readSafetensors(file)).toThrow(message);
  });

  it("does not take braces, quotes and colons inside names for structure", () => {
    const names = ['{"a":1}', '"', "\\", '\\":', "}{", "a\n:"];
    const file = writeSafetensors(names.map((name) => ({ ...bias, name })));
    expect(new Set(readSafetensors(file).tensors.keys())).toEqual(new Set(names));
  });

  it("reads a header of a megabyte of nesting or of one name without exhausting the stack", () => {
    const deep = "[".repeat(1e6);
    expect(() => readSafetensors(fileOf(`{"a":${deep}`))).toThrow(SafetensorsError);
    const nested = `{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`;
    expect(() => readSafetensors(fileOf(nested))).toThrow(SafetensorsError);
    const name = '\\"'.repeat(5e5);
    expect(readSafetensors(fileOf(`{"${name}":${f32(0, 4)}}`, 4)).tensors.size).toBe(1);
  });
});

describe("any bytes", () => {
  const file = writeSafetensors([weight, bias, steps, mask, none], { seed: "1" });

  /** Reads, or refuses in the one way that is allowed; what is read is written again and reads the same. */
  function readsOrRefuses(bytes: Uint8Array): boolean {
    try {
      const { tensors, metadata } = readSafetensors(bytes);
      const entries = [...tensors].map(([name, tensor]) => ({ name, ...tensor }));
      expect(readSafetensors(writeSafetensors(entries, metadata)).tensors).toEqual(tensors);
      return true;
    } catch (error) {
      if (!(error instanceof SafetensorsError)) throw error;
      return false;
    }
  }

  it("refuses the file cut anywhere", () => {
    for (let length = 0; length < file.length; length++) expect(readsOrRefuses(file.subarray(0, length))).toBe(false);
    expect(readsOrRefuses(file)).toBe(true);
  });

  it("throws nothing but SafetensorsError when bits are flipped", () => {
    const flip = fc.record({ at: fc.nat(file.length - 1), bit: fc.nat(7) });
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 6 }), (flips) => {
        const damaged = file.slice();
        for (const { at, bit } of flips) damaged[at]! ^= 1 << bit;
        readsOrRefuses(damaged);
      }),
      { numRuns: 3000 },
    );
  });

  it("throws nothing but SafetensorsError for any header text and for any JSON", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.string({ unit: "binary" })), fc.nat(16), (header, values) => {
        readsOrRefuses(fileOf(`{${header}`, values));
        readsOrRefuses(fileOf(`{"a":${header}}`, values));
      }),
      { numRuns: 1500 },
    );
  });

  it("reads back whatever is written", () => {
    const entry = fc
      .tuple(fc.string({ unit: "grapheme" }), fc.array(fc.nat(3), { maxLength: 4 }))
      .filter(([name]) => name !== "__metadata__")
      .map(([name, shape]): SafetensorsEntry => {
        const count = shape.reduce((product, size) => product * size, 1);
        return { name, dtype: "F32", shape, data: Float32Array.from({ length: count }, (_, i) => i / 3) };
      });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 5 }), (entries) => {
        const { tensors } = readSafetensors(writeSafetensors(entries));
        expect(tensors.size).toBe(entries.length);
        for (const { name, ...tensor } of entries) expect(tensors.get(name)).toEqual(tensor);
      }),
      { numRuns: 300 },
    );
  });
});

describe("toFloat32", () => {
  it("widens both kinds of half precision and rounds double", () => {
    const shape = [2];
    expect(toFloat32({ dtype: "F16", shape, data: Uint16Array.of(0x3c00, 0xc500) })).toEqual(Float32Array.of(1, -5));
    expect(toFloat32({ dtype: "BF16", shape, data: Uint16Array.of(0x3f80, 0xc0a0) })).toEqual(Float32Array.of(1, -5));
    expect(toFloat32({ dtype: "F64", shape, data: Float64Array.of(0.1, 2) })).toEqual(Float32Array.of(0.1, 2));
  });

  it("refuses integers, also those that share half precision's array", () => {
    expect(() => toFloat32({ dtype: "U16", shape: [1], data: Uint16Array.of(1) })).toThrow(/U16.*wanted F32/);
  });
});
