/** Files are told by name and first bytes; weights find the network that they fit. */
import { describe, expect, it } from "vitest";
import { networkFor, recognize, shapesIn, type Shapes } from "../../../src/editor/keeping/importers.ts";

const text = (content: string) => new TextEncoder().encode(content);
const none = new Uint8Array(0);

describe("a file", () => {
  it.each([
    ["dcgan.gan.json", text("{"), "document"],
    ["notes.txt", text('\n {"format": "ganvas/1"}'), "document"],
    ["figure.svg", text("<svg"), "figure"],
    ["figure", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "figure"],
    ["photo", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "image"],
    ["Photo.WEBP", none, "image"],
    ["generator.onnx", none, "onnx"],
    ["generator.safetensors", none, "safetensors"],
    ["cats", Uint8Array.of(0x50, 0x4b, 3, 4), "data"],
    ["x.npy", none, "data"],
    ["train-images-idx3-ubyte.gz", none, "data"],
    ["song.mp3", text("ID3"), null],
  ] as const)("called %s is recognized", (name, head, kind) => expect(recognize(name, head)).toBe(kind));
});

describe("weights", () => {
  const safetensors = (header: object): Uint8Array => {
    const json = text(JSON.stringify(header));
    const bytes = new Uint8Array(8 + json.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    return bytes;
  };
  const shapes = (entries: Record<string, number[]>): Shapes => new Map(Object.entries(entries));

  it("are read as names and shapes, without the file's own notes", () => {
    const file = safetensors({
      __metadata__: { a: "b" },
      "fc.weight": { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
    });
    expect(shapesIn(file)).toEqual(shapes({ "fc.weight": [2, 3] }));
  });
  it("are none where the file is damaged", () => {
    expect(shapesIn(none)).toBeNull();
    expect(shapesIn(safetensors({ a: { shape: [1] } }).subarray(0, 12))).toBeNull();
    expect(shapesIn(text("\u0003\0\0\0\0\0\0\0nul"))).toBeNull();
  });
  it("go to the network that most of them fit", () => {
    const networks = new Map([
      ["generator", shapes({ "fc.weight": [4, 2], "fc.bias": [4] })],
      ["discriminator", shapes({ "fc.weight": [1, 4], "fc.bias": [1] })],
    ]);
    expect(networkFor(shapes({ "fc.weight": [1, 4], "fc.bias": [1] }), networks, "x.safetensors")).toBe(
      "discriminator",
    );
    expect(networkFor(shapes({ other: [1] }), networks, "x.safetensors")).toBeNull();
  });
  it("go by the file's name where several fit alike", () => {
    const same = shapes({ "fc.weight": [2, 2] });
    const networks = new Map([
      ["generator", same],
      ["discriminator", same],
    ]);
    expect(networkFor(same, networks, "discriminator.safetensors")).toBe("discriminator");
    expect(networkFor(same, networks, "weights.safetensors")).toBe("generator");
  });
});
