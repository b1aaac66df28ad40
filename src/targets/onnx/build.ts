/**
 * The words an exporter writes ONNX in: node, tensor, value, model. Nothing here knows an operator or a network; what
 * is built is checked by ONNX Runtime and by the ONNX checker, not by these functions.
 */
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./gen/onnx_pb.ts";
import { codeOf, elementTypeOfData, encodeTensor, type ElementType, type TensorData } from "./tensor.ts";

/**
 * Plain numbers are ONNX integers, for an attribute's type is part of its operator's contract: `axis: 1` is an INT,
 * `alpha: { float: 1 }` a FLOAT. An undefined value leaves the attribute out, so that its default holds.
 */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorProto };

/** One operator call. An optional input that is left out in the middle is written as "". */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
  name = "",
): NodeProto {
  const attribute = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [attributeProto(key, value)],
  );
  return create(NodeProtoSchema, { opType: op, input: [...inputs], output: [...outputs], attribute, name });
}

/**
 * A constant, for `initializers` or for an attribute. The type follows from the array's class unless it is given:
 * "float16" rounds a Float32Array, "bool" takes a Uint8Array. See `encodeTensor` for who owns the bytes.
 */
export function tensor(
  name: string,
  dims: readonly number[],
  data: TensorData,
  type: ElementType = elementTypeOfData(data),
): TensorProto {
  return encodeTensor(name, { type, dims, data });
}

/** The type of a graph's input, output or inner value. A dimension that is a string is a free size, such as "N". */
export function valueInfo(
  name: string,
  dims: readonly (number | string)[],
  type: ElementType = "float32",
): ValueInfoProto {
  const dim = dims.map((size) => ({
    value:
      typeof size === "string"
        ? ({ case: "dimParam", value: size } as const)
        : ({ case: "dimValue", value: BigInt(size) } as const),
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: codeOf(type), shape: { dim } } } },
  });
}

/** The IR version that came with each operator set; a reader of the set reads that IR. */
const irVersions = { 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 } as const;

export type Opset = keyof typeof irVersions;

/** The operator sets that can be written, oldest first. */
export const opsets: readonly Opset[] = Object.keys(irVersions).map(Number) as Opset[];

export interface ModelParts {
  /** The graph's name. */
  readonly name: string;
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
  /** Types of inner values: what a viewer shows along the wires. */
  readonly values?: readonly ValueInfoProto[];
  readonly opset: Opset;
  readonly producer: { readonly name: string; readonly version: string };
  readonly metadata?: Readonly<Record<string, string>>;
  readonly docString?: string;
}

/** A whole model in the default operator domain. The document string stands on the model, where viewers look for it. */
export function model(parts: ModelParts): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: BigInt(irVersions[parts.opset]),
    opsetImport: [{ domain: "", version: BigInt(parts.opset) }],
    producerName: parts.producer.name,
    producerVersion: parts.producer.version,
    docString: parts.docString,
    metadataProps: Object.entries(parts.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: create(GraphProtoSchema, {
      name: parts.name,
      node: [...parts.nodes],
      initializer: [...(parts.initializers ?? [])],
      input: [...parts.inputs],
      output: [...parts.outputs],
      valueInfo: [...(parts.values ?? [])],
    }),
  });
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: integer(name, value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: utf8.encode(value) });
  }
  if ("float" in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ("floats" in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  }
  if ("tensor" in value) return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: value.tensor });
  if (isStrings(value)) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRINGS,
      strings: value.map((text) => utf8.encode(text)),
    });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeType.INTS,
    ints: value.map((entry) => integer(name, entry)),
  });
}

const utf8 = new TextEncoder();

/** An empty list counts as integers: no operator has an optional list of strings that would be written empty. */
function isStrings(values: readonly number[] | readonly string[]): values is readonly string[] {
  return typeof values[0] === "string";
}

function integer(name: string, value: number): bigint {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`attribute ${name}: ${value} is no integer; write { float: ${value} } for a real number`);
  }
  return BigInt(value);
}
