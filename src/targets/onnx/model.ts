/**
 * ONNX bytes to a model and back, and the questions an importer asks of one: which operators, which operator set, which
 * attribute with which default. Graphs are handed out as the generated types state them; nothing is interpreted here.
 */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { OnnxFormatError } from "./format-error.ts";
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  TensorProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./gen/onnx_pb.ts";
import { elementTypeOf, type ElementType } from "./tensor.ts";

/** A model that was found to have what every model must: a graph and an operator set. */
export type OnnxModel = ModelProto & { graph: GraphProto };

/** The bytes of an .onnx file. Fields are written in the order of their numbers, so equal models give equal bytes. */
export function encodeModel(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

/** Reads an .onnx file, also one of a later IR version, whose new fields are kept. Throws OnnxFormatError. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const model = parsed("model", () => fromBinary(ModelProtoSchema, plainView(bytes)));
  if (!model.graph) throw new OnnxFormatError("model: holds no graph. The file is no ONNX model, or a part of one.");
  if (model.irVersion <= 0n) throw new OnnxFormatError("model: states no IR version. The file is no ONNX model.");
  if (model.opsetImport.length === 0) {
    throw new OnnxFormatError("model: names no operator set. The file is cut short, or older than IR version 3.");
  }
  return model as OnnxModel;
}

/** Reads one tensor on its own, as the .pb files beside ONNX's operator tests hold it. Throws OnnxFormatError. */
export function decodeTensorProto(bytes: Uint8Array): TensorProto {
  return parsed("tensor", () => fromBinary(TensorProtoSchema, plainView(bytes)));
}

/** The version of the default operator set. Throws OnnxFormatError where the model uses other domains alone. */
export function opsetOf(model: ModelProto): number {
  const imported = model.opsetImport.find(({ domain }) => isDefaultDomain(domain));
  if (!imported) {
    const found = model.opsetImport.map(({ domain }) => domain).join(", ") || "none";
    throw new OnnxFormatError(`model: imports no version of ONNX's own operators (domains found: ${found}).`);
  }
  return Number(imported.version);
}

/** The distinct operators in graph, subgraphs and functions, sorted; those of other domains as "domain.Op". */
export function operators(model: ModelProto): string[] {
  const found = new Set<string>();
  const visit = (nodes: readonly NodeProto[]): void => {
    for (const node of nodes) {
      found.add(isDefaultDomain(node.domain) ? node.opType : `${node.domain}.${node.opType}`);
      for (const { g, graphs } of node.attribute) for (const inner of g ? [g, ...graphs] : graphs) visit(inner.node);
    }
  };
  visit(model.graph?.node ?? []);
  for (const { node } of model.functions) visit(node);
  return [...found].sort();
}

/** A graph's input or output: a size is a number, a name, or null where nothing is stated. */
export interface ValueType {
  readonly name: string;
  readonly type: ElementType;
  /** Null where not even the rank is stated. */
  readonly dims: readonly (number | string | null)[] | null;
}

/** Throws OnnxFormatError for what is no tensor of a readable element type. */
export function valueType(info: ValueInfoProto): ValueType {
  const { name } = info;
  const value = info.type?.value;
  if (value?.case !== "tensorType") {
    throw new OnnxFormatError(
      `value "${name}": is ${value?.case ?? "without a type"}, but only tensors are read here.`,
    );
  }
  const type = elementTypeOf(value.value.elemType);
  if (!type) throw new OnnxFormatError(`value "${name}": its element type ${value.value.elemType} is not read here.`);
  const dims = value.value.shape?.dim.map(({ value: size }) => {
    if (size.case === "dimValue") return Number(size.value);
    return size.case === "dimParam" && size.value !== "" ? size.value : null;
  });
  return { name, type, dims: dims ?? null };
}

export interface Attributes {
  has(name: string): boolean;
  /** Past 2^53 an integer saturates, as "to the very end" is meant where it occurs. */
  int(name: string, fallback?: number): number;
  ints(name: string, fallback?: readonly number[]): readonly number[];
  float(name: string, fallback?: number): number;
  floats(name: string, fallback?: readonly number[]): readonly number[];
  string(name: string, fallback?: string): string;
  strings(name: string, fallback?: readonly string[]): readonly string[];
  tensor(name: string, fallback?: TensorProto): TensorProto;
}

/**
 * A node's attributes by type. Each accessor throws OnnxFormatError where the attribute has another type, or is absent
 * and no fallback is given.
 */
export function attribute(node: NodeProto): Attributes {
  const find = (name: string) => node.attribute.find((entry) => entry.name === name);
  const read = <T>(
    name: string,
    type: AttributeType,
    value: (entry: AttributeProto) => T | undefined,
    fallback: T | undefined,
  ): T => {
    const entry = find(name);
    const result = entry?.type === type ? value(entry) : entry ? undefined : fallback;
    if (result !== undefined) return result;
    const found = entry ? `is ${typeName(entry.type)}` : "is absent";
    throw new OnnxFormatError(`node "${node.name}" (${node.opType}): ${name} ${found}, wanted ${typeName(type)}.`);
  };
  return {
    has: (name) => find(name) !== undefined,
    int: (name, fallback) => read(name, AttributeType.INT, ({ i }) => saturated(i), fallback),
    ints: (name, fallback) => read(name, AttributeType.INTS, ({ ints }) => ints.map(saturated), fallback),
    float: (name, fallback) => read(name, AttributeType.FLOAT, ({ f }) => f, fallback),
    floats: (name, fallback) => read(name, AttributeType.FLOATS, ({ floats }) => floats, fallback),
    string: (name, fallback) => read(name, AttributeType.STRING, ({ s }) => utf8.decode(s), fallback),
    strings: (name, fallback) =>
      read(name, AttributeType.STRINGS, ({ strings }) => strings.map((text) => utf8.decode(text)), fallback),
    tensor: (name, fallback) => read(name, AttributeType.TENSOR, ({ t }) => t, fallback),
  };
}

const utf8 = new TextDecoder();

function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new OnnxFormatError(
      `${what}: the bytes cannot be parsed (${(cause as Error).message}). Is the file complete?`,
      {
        cause,
      },
    );
  }
}

/** Read from a Node Buffer, every bytes field would be a Buffer, whose `slice` is a view where an array's is a copy. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isDefaultDomain(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

function saturated(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}

function typeName(code: AttributeType): string {
  return Object.entries(AttributeType).find(([, value]) => value === code)?.[0] ?? `type ${code}`;
}
