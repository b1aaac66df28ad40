import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { model, node, opsets, tensor, valueInfo, type Opset } from "../../../src/targets/onnx/build.ts";
import { OnnxFormatError } from "../../../src/targets/onnx/format-error.ts";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
} from "../../../src/targets/onnx/gen/onnx_pb.ts";
import {
  attribute,
  decodeModel,
  decodeTensorProto,
  encodeModel,
  operators,
  opsetOf,
  valueType,
} from "../../../src/targets/onnx/model.ts";
import { decodeTensor } from "../../../src/targets/onnx/tensor.ts";
import { tinyModel } from "./tiny-model.ts";

const producer = { name: "ganvas", version: "0.1.0" };
const empty = { name: "g", nodes: [], inputs: [], outputs: [], opset: 17, producer } as const;

function golden(opset: Opset): string {
  return fileURLToPath(new URL(`./golden/tiny-opset-${opset}.onnx`, import.meta.url));
}

describe("a model that was built", () => {
  it.each(opsets)("has the committed bytes at opset %i", (opset) => {
    const bytes = encodeModel(tinyModel(opset));
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(golden(opset), bytes);
    expect(Buffer.from(bytes).equals(readFileSync(golden(opset)))).toBe(true);
  });

  it("reads back with every part it was given", () => {
    const read = decodeModel(encodeModel(tinyModel(17)));
    expect(opsetOf(read)).toBe(17);
    expect([read.producerName, read.producerVersion]).toEqual(["ganvas", "0.1.0"]);
    expect(read.docString).toBe("Conv, BatchNormalization, LeakyRelu, Flatten, Gemm");
    expect(read.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ["model_author", "GANvas"],
      ["ganvas.purpose", "a test of the format"],
    ]);
    expect(read.graph.input.map(valueType)).toEqual([{ name: "image", type: "float32", dims: ["N", 2, 6, 5] }]);
    expect(read.graph.output.map(valueType)).toEqual([{ name: "score", type: "float32", dims: ["N", 4] }]);
    expect(read.graph.valueInfo.map(valueType)[1]).toEqual({ name: "main.3", type: "float32", dims: ["N", 24] });
    expect(read.graph.node.map((entry) => entry.name)[0]).toBe("/main/0/Conv");
    expect(operators(read)).toEqual(["BatchNormalization", "Conv", "Flatten", "Gemm", "LeakyRelu"]);
  });

  it("states the IR version that came with its operator set", () => {
    const irs = opsets.map((opset) => [opset, Number(model({ ...empty, opset }).irVersion)]);
    expect(Object.fromEntries(irs)).toEqual({
      13: 7,
      14: 7,
      15: 8,
      16: 8,
      17: 8,
      18: 8,
      19: 9,
      20: 9,
      21: 10,
    });
  });
});

describe("attributes", () => {
  const value = tensor("value", [2], BigInt64Array.of(1n, 2n));
  const written = node("Op", ["x", "", "z"], ["y"], {
    axis: -1,
    mode: "nearest",
    pads: [0, 1, 2, 3],
    none: [],
    names: ["a", "ä"],
    alpha: { float: 0.5 },
    scales: { floats: [1, 2.5] },
    value: { tensor: value },
    absent: undefined,
  });

  it("come back by type", () => {
    const read = attribute(written);
    expect(read.int("axis")).toBe(-1);
    expect(read.string("mode")).toBe("nearest");
    expect(read.ints("pads")).toEqual([0, 1, 2, 3]);
    expect(read.ints("none", [7])).toEqual([]);
    expect(read.strings("names")).toEqual(["a", "ä"]);
    expect(read.float("alpha")).toBe(0.5);
    expect(read.floats("scales")).toEqual([1, 2.5]);
    expect(read.tensor("value")).toEqual(value);
    expect(written.input).toEqual(["x", "", "z"]);
  });

  it("are left out where undefined, so that the fallback holds", () => {
    const read = attribute(written);
    expect([read.has("axis"), read.has("absent")]).toEqual([true, false]);
    expect(read.int("absent", 3)).toBe(3);
    expect(read.ints("absent", [1, 1])).toEqual([1, 1]);
    expect(read.string("absent", "NOTSET")).toBe("NOTSET");
  });

  it("say where they are missing or of another type", () => {
    const read = attribute(node("Conv", [], [], { strides: 2, group: { float: 1 } }, "/main/0/Conv"));
    expect(() => read.ints("pads")).toThrow(OnnxFormatError);
    expect(() => read.ints("pads")).toThrow('node "/main/0/Conv" (Conv): pads is absent, wanted INTS.');
    expect(() => read.ints("strides", [1])).toThrow("strides is INT, wanted INTS");
    expect(() => read.int("group", 1)).toThrow("group is FLOAT, wanted INT");
  });

  it("saturate where an integer is past what a number holds exactly", () => {
    const ints = [2n ** 63n - 1n, -(2n ** 63n), 5n];
    const end = create(NodeProtoSchema, {
      attribute: [create(AttributeProtoSchema, { name: "ends", type: AttributeType.INTS, ints })],
    });
    expect(attribute(end).ints("ends")).toEqual([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 5]);
  });

  it("refuse a real number where ONNX would be told of an integer", () => {
    expect(() => node("LeakyRelu", ["x"], ["y"], { alpha: 0.2 })).toThrow("write { float: 0.2 }");
  });
});

describe("valueType", () => {
  const typed = (type: object) => create(ValueInfoProtoSchema, { name: "v", type });

  it("tells a free size from a named one, and an unknown rank from a scalar", () => {
    const shape = {
      dim: [{ value: { case: "dimParam", value: "" } }, {}, { value: { case: "dimParam", value: "N" } }],
    };
    const of = (value: object) => valueType(typed({ value: { case: "tensorType", value: { elemType: 7, ...value } } }));
    expect(of({ shape })).toEqual({ name: "v", type: "int64", dims: [null, null, "N"] });
    expect(of({})).toEqual({ name: "v", type: "int64", dims: null });
    expect(of({ shape: {} })).toEqual({ name: "v", type: "int64", dims: [] });
  });

  it("refuses what is no tensor of numbers", () => {
    expect(() => valueType(typed({ value: { case: "sequenceType", value: {} } }))).toThrow(/sequenceType, but only/);
    expect(() => valueType(typed({ value: { case: "tensorType", value: { elemType: 8 } } }))).toThrow(/element type 8/);
    expect(() => valueType(create(ValueInfoProtoSchema, { name: "v" }))).toThrow(/"v": is without a type/);
  });
});

describe("operators and opsetOf", () => {
  it("look into subgraphs and functions, and name the domain of what is not ONNX's own", () => {
    const branch = create(GraphProtoSchema, { node: [node("Relu", ["x"], ["y"])] });
    const choice = node("If", ["c"], ["y"]);
    choice.attribute.push(create(AttributeProtoSchema, { name: "then_branch", type: AttributeType.GRAPH, g: branch }));
    const fused = { ...node("FusedConv", [], []), domain: "com.microsoft" };
    const built = model({ ...empty, nodes: [choice, fused, { ...node("Add", [], []), domain: "ai.onnx" }] });
    const inner = create(FunctionProtoSchema, { node: [node("Tanh", [], [])] });
    const withFunction = create(ModelProtoSchema, { graph: built.graph, functions: [inner] });
    expect(operators(withFunction)).toEqual(["Add", "If", "Relu", "Tanh", "com.microsoft.FusedConv"]);
  });

  it("find the default domain under both of its names, or say that it is not imported", () => {
    const of = (domain: string) => create(ModelProtoSchema, { opsetImport: [{ domain, version: 13n }] });
    expect([opsetOf(of("")), opsetOf(of("ai.onnx"))]).toEqual([13, 13]);
    expect(() => opsetOf(of("ai.onnx.ml"))).toThrow(/domains found: ai\.onnx\.ml/);
  });
});

describe("decodeModel", () => {
  const bytes = encodeModel(tinyModel(17));

  it.each([
    ["nothing", new Uint8Array(0), /no graph/],
    ["text", new TextEncoder().encode("<!doctype html>"), /cannot be parsed/],
    ["a ZIP archive", Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0), /cannot be parsed/],
    ["a model without a graph", toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n })), /no graph/],
    [
      "a graph without an IR version",
      toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: {} })),
      /IR version/,
    ],
    [
      "a model without an operator set",
      toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, graph: {} })),
      /no operator set/,
    ],
  ])("refuses %s", (_, file, message) => {
    expect(() => decodeModel(file)).toThrow(OnnxFormatError);
    expect(() => decodeModel(file)).toThrow(message);
  });

  it("refuses a model that was cut anywhere before its operator set, which stands last but for the metadata", () => {
    const whole = encodeModel(create(ModelProtoSchema, { ...tinyModel(17), metadataProps: [] }));
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeModel(whole.subarray(0, length))).toThrow(OnnxFormatError);
    }
    expect(operators(decodeModel(whole))).toHaveLength(5);
  });

  it("throws nothing but OnnxFormatError for damaged files, its tensors and types included", () => {
    const flip = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) });
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 8 }), (flips) => {
        const damaged = bytes.slice();
        for (const { at, bit } of flips) damaged[at]! ^= 1 << bit;
        try {
          const read = decodeModel(damaged);
          operators(read);
          opsetOf(read);
          read.graph.input.map(valueType);
          read.graph.initializer.map(decodeTensor);
          for (const entry of read.graph.node) attribute(entry).ints("pads", []);
        } catch (error) {
          if (!(error instanceof OnnxFormatError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses graphs within graphs past any sense instead of exhausting the stack", () => {
    let graph: Uint8Array = new Uint8Array(0);
    const wrapped = (field: number, inner: Uint8Array) =>
      Uint8Array.of((field << 3) | 2, ...varint(inner.length), ...inner);
    for (let depth = 0; depth < 400; depth++) graph = wrapped(1, wrapped(5, wrapped(6, graph)));
    expect(() => decodeModel(wrapped(7, graph))).toThrow(OnnxFormatError);
  });

  it("reads from a Buffer in the middle of a pool", () => {
    const pool = Buffer.alloc(bytes.length + 5);
    pool.set(bytes, 3);
    const read = decodeModel(pool.subarray(3, 3 + bytes.length));
    expect(Buffer.from(encodeModel(read)).equals(bytes)).toBe(true);
    expect(Buffer.isBuffer(read.graph.initializer[0]!.rawData)).toBe(false);
  });

  it("keeps the fields of a later IR version and writes them back", () => {
    const metadata = [0x4a, 6, 0x0a, 1, 0x6b, 0x12, 1, 0x76]; // NodeProto.metadata_props (9) of IR 10: {k: v}
    const relu = toBinary(NodeProtoSchema, node("Relu", ["x"], ["y"]));
    const later = [...relu, ...metadata];
    const graph = [0x0a, later.length, ...later];
    const file = Uint8Array.of(0x08, 10, 0x3a, graph.length, ...graph, 0x42, 2, 0x10, 21);
    const read = decodeModel(file);
    expect(operators(read)).toEqual(["Relu"]);
    expect([...encodeModel(read)]).toEqual([...file]);
  });

  it("refuses half a tensor file", () => {
    expect(() => decodeTensorProto(Uint8Array.of(0x08))).toThrow(OnnxFormatError);
  });
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

describe("valueInfo", () => {
  it("writes free sizes, fixed sizes, and other types than float32", () => {
    expect(valueType(valueInfo("labels", ["N"], "int64"))).toEqual({ name: "labels", type: "int64", dims: ["N"] });
    expect(valueType(valueInfo("flag", [], "bool"))).toEqual({ name: "flag", type: "bool", dims: [] });
  });
});
