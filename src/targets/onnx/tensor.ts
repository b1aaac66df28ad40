/**
 * TensorProto to typed array and back. An element type has the name that ONNX Runtime gives it; half-precision values
 * are handed out and taken in as Float32Array, booleans as Uint8Array of 0 and 1, 64-bit integers as bigints.
 *
 * Strings, complex, bfloat16, 8-bit float and 4-bit types are refused: no weight or image of a network here has them.
 */
import { create } from "@bufbuild/protobuf";
import { fromHalfBits, toHalfBits } from "./float16.ts";
import { OnnxFormatError } from "./format-error.ts";
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type TensorProto,
} from "./gen/onnx_pb.ts";

const elementTypes = {
  float32: { code: DataType.FLOAT, stored: Float32Array, list: "floatData" },
  float64: { code: DataType.DOUBLE, stored: Float64Array, list: "doubleData" },
  float16: { code: DataType.FLOAT16, stored: Uint16Array, list: "int32Data" },
  int8: { code: DataType.INT8, stored: Int8Array, list: "int32Data" },
  int16: { code: DataType.INT16, stored: Int16Array, list: "int32Data" },
  int32: { code: DataType.INT32, stored: Int32Array, list: "int32Data" },
  int64: { code: DataType.INT64, stored: BigInt64Array, list: "int64Data" },
  uint8: { code: DataType.UINT8, stored: Uint8Array, list: "int32Data" },
  uint16: { code: DataType.UINT16, stored: Uint16Array, list: "int32Data" },
  uint32: { code: DataType.UINT32, stored: Uint32Array, list: "uint64Data" },
  uint64: { code: DataType.UINT64, stored: BigUint64Array, list: "uint64Data" },
  bool: { code: DataType.BOOL, stored: Uint8Array, list: "int32Data" },
} as const;

export type ElementType = keyof typeof elementTypes;

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** `data` holds the product of `dims` elements in row-major order; float16 as Float32Array, bool as Uint8Array. */
export interface NumericTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/**
 * A tensor as ONNX stores it. The bytes are a view of `data`, not a copy (except for float16): change nothing in it
 * until the model is encoded. Throws a RangeError or TypeError where dims or type do not fit the data.
 */
export function encodeTensor(name: string, tensor: NumericTensor): TensorProto {
  const { type, dims, data } = tensor;
  const wanted = elementCount(dims);
  if (wanted !== data.length) {
    throw new RangeError(`tensor "${name}": ${data.length} values cannot fill [${dims.join(", ")}]`);
  }
  const stored = storedForm(name, type, data);
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: elementTypes[type].code,
    rawData: new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength),
  });
}

/** The values of a TensorProto in fresh memory, from `raw_data` or from the typed lists. Throws OnnxFormatError. */
export function decodeTensor(proto: TensorProto): NumericTensor {
  const place = `tensor "${proto.name}"`;
  if (proto.dataLocation === DataLocation.EXTERNAL) {
    const file = proto.externalData.find((entry) => entry.key === "location")?.value;
    throw new OnnxFormatError(
      `${place}: its values are in a second file${file ? ` ("${file}")` : ""}. Save the model as a single file.`,
    );
  }
  if (proto.segment) throw new OnnxFormatError(`${place}: is stored in segments; save the model with whole tensors.`);
  const type = elementTypeOf(proto.dataType);
  if (!type) throw new OnnxFormatError(`${place}: ${nameOfCode(proto.dataType)} values are not read here.`);
  const dims = proto.dims.map(Number);
  const wanted = elementCount(dims);
  if (wanted === undefined) throw new OnnxFormatError(`${place}: [${dims.join(", ")}] are no dimensions of a tensor.`);
  const stored = proto.rawData.length > 0 ? fromRaw(place, type, proto, wanted) : fromList(place, type, proto, wanted);
  return { type, dims, data: publicForm(type, stored) };
}

/** The element type of a TensorProto.DataType code, where it is one that is read and written here. */
export function elementTypeOf(code: number): ElementType | undefined {
  return elementTypeNames.find((type) => elementTypes[type].code === code);
}

/** The TensorProto.DataType code of an element type. */
export function codeOf(type: ElementType): number {
  return elementTypes[type].code;
}

/** The type that an array says by its class alone: what is Float32Array is float32, Uint8Array uint8. */
export function elementTypeOfData(data: TensorData): ElementType {
  const type = elementTypeNames.find((name) => name !== "float16" && data instanceof elementTypes[name].stored);
  if (!type) throw new TypeError(`${Object.prototype.toString.call(data)} is no array of tensor values`);
  return type;
}

const elementTypeNames = Object.keys(elementTypes) as ElementType[];

function storedForm(name: string, type: ElementType, data: TensorData): TensorData {
  const wanted = type === "float16" ? Float32Array : elementTypes[type].stored;
  if (!(data instanceof wanted)) {
    throw new TypeError(`tensor "${name}": ${type} values come as ${wanted.name}, not as ${data.constructor.name}`);
  }
  return type === "float16" ? toHalfBits(data as Float32Array) : data;
}

function publicForm(type: ElementType, stored: TensorData): TensorData {
  if (type === "float16") return fromHalfBits(stored as Uint16Array);
  if (type === "bool") return (stored as Uint8Array).map((value) => (value === 0 ? 0 : 1));
  return stored;
}

/** The raw bytes lie anywhere in the file, and a typed array wants an aligned address: hence the copy. */
function fromRaw(place: string, type: ElementType, proto: TensorProto, wanted: number): TensorData {
  const { stored } = elementTypes[type];
  const bytes = new Uint8Array(proto.rawData);
  if (bytes.length !== wanted * stored.BYTES_PER_ELEMENT) {
    throw new OnnxFormatError(
      `${place}: ${bytes.length} bytes cannot fill ${type} [${proto.dims.join(", ")}], ` +
        `which takes ${wanted * stored.BYTES_PER_ELEMENT}. Is the file complete?`,
    );
  }
  return new stored(bytes.buffer);
}

function fromList(place: string, type: ElementType, proto: TensorProto, wanted: number): TensorData {
  const { stored, list } = elementTypes[type];
  const values: readonly (number | bigint)[] = proto[list];
  if (values.length !== wanted) {
    throw new OnnxFormatError(`${place}: ${values.length} values cannot fill ${type} [${proto.dims.join(", ")}].`);
  }
  if (stored === BigInt64Array || stored === BigUint64Array) return stored.from(values as bigint[]);
  return (stored as Float32ArrayConstructor).from(values, Number) as TensorData;
}

/** Undefined where a dimension is negative or the count is past what an array can hold. */
function elementCount(dims: readonly number[]): number | undefined {
  let count = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) return undefined;
    count *= dim;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}

function nameOfCode(code: number): string {
  return Object.entries(DataType).find(([, value]) => value === code)?.[0] ?? `type ${code}`;
}
