/**
 * The safetensors file format (https://github.com/huggingface/safetensors): eight bytes of header length, a JSON header
 * that names each tensor's dtype, shape and place, then the values. Weights for PyTorch and from it, in one file that
 * runs no code when it is opened.
 *
 * The reader trusts nothing: whatever the bytes are, it returns tensors or throws a SafetensorsError, and allocates only
 * in proportion to the file's length.
 */
import { fromHalfBits } from "../onnx/float16.ts";

/** Dtypes as the header spells them; F16 and BF16 are held as bits, which `toFloat32` widens. */
const dtypes = {
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export type SafetensorsDtype = keyof typeof dtypes;

export type SafetensorsData = InstanceType<(typeof dtypes)[SafetensorsDtype]>;

/** `data` holds the product of `shape` elements in row-major order, in the array class of its dtype. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data: SafetensorsData;
}

export interface SafetensorsEntry extends SafetensorsTensor {
  readonly name: string;
}

/** What makes bytes no safetensors file, or entries none that can be written. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}

/**
 * The bytes of a file. The same tensors give the same bytes in whatever order they come: wide dtypes first, which keeps
 * every tensor aligned, and by name within a dtype. The header is padded so that the values begin at a multiple of 8.
 * Throws SafetensorsError for a repeated or unusable name and for data that does not fit its dtype and shape.
 */
export function writeSafetensors(
  entries: Iterable<SafetensorsEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...entries].sort((a, b) => width(b.dtype) - width(a.dtype) || compare(a.name, b.name));
  const names = new Set<string>();
  const fields: string[] = [];
  const keys = Object.keys(metadata).sort(compare);
  if (keys.length > 0) {
    fields.push(`"${metadataKey}":{${keys.map((key) => `${jsonText(key)}:${jsonText(metadata[key]!)}`).join(",")}}`);
  }
  let end = 0;
  for (const entry of ordered) {
    checkEntry(entry);
    if (names.has(entry.name)) throw new SafetensorsError(`tensor "${entry.name}": is given twice.`);
    names.add(entry.name);
    const begin = end;
    end += entry.data.byteLength;
    const shape = entry.shape.join(",");
    fields.push(
      `${jsonText(entry.name)}:{"dtype":"${entry.dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw new SafetensorsError(`header: ${headerLength} bytes of names and metadata; readers accept ${longestHeader}.`);
  }
  const file = new Uint8Array(8 + headerLength + end).fill(space, 8 + json.length, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  let at = 8 + headerLength;
  for (const { data } of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

export interface SafetensorsFile {
  /** In the order of their values in the file, each in memory of its own. */
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads a file. Throws SafetensorsError, and nothing else, for bytes that break any rule of the format. */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, values } = splitFile(bytes);
  const { metadata, places } = readHeader(header);
  const tensors = new Map<string, SafetensorsTensor>();
  let end = 0;
  for (const { name, dtype, shape, begin, end: next } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== end) {
      const fault = begin < end ? "overlaps the tensor before it" : "leaves a hole before it";
      throw new SafetensorsError(`tensor "${name}": begins at byte ${begin} and ${fault}, which ends at ${end}.`);
    }
    if (next > values.length) {
      throw new SafetensorsError(
        `tensor "${name}": ends at byte ${next} of ${values.length}. The file is cut short; download it again.`,
      );
    }
    tensors.set(name, { dtype, shape, data: new dtypes[dtype](new Uint8Array(values.subarray(begin, next)).buffer) });
    end = next;
  }
  if (end !== values.length) {
    throw new SafetensorsError(`file: ${values.length - end} bytes after the last tensor belong to none.`);
  }
  return { tensors, metadata };
}

/** The values of a tensor of real numbers: F32 as they are, F16 and BF16 widened, F64 rounded. Integers are refused. */
export function toFloat32({ dtype, data }: SafetensorsTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (data instanceof Uint16Array && dtype === "F16") return fromHalfBits(data);
  if (data instanceof Uint16Array && dtype === "BF16") {
    return new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer);
  }
  throw new SafetensorsError(`${dtype} values are no real numbers; wanted F32, F64, F16 or BF16.`);
}

const metadataKey = "__metadata__";
const longestHeader = 100_000_000; // the reference reader's limit
const space = 0x20;

interface Place {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function splitFile(bytes: Uint8Array): { header: string; values: Uint8Array } {
  if (bytes.length < 8)
    throw new SafetensorsError(`file: ${bytes.length} bytes, too short to state a header's length.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > BigInt(longestHeader)) {
    throw new SafetensorsError(
      `header: states ${length} bytes, more than ${longestHeader}. This is no safetensors file.`,
    );
  }
  const end = 8 + Number(length);
  if (end > bytes.length) {
    throw new SafetensorsError(`header: states ${length} bytes, of which the file holds ${bytes.length - 8}.`);
  }
  if (bytes[8] !== 0x7b || length === 0n) throw new SafetensorsError(`header: does not begin with "{".`);
  try {
    const header = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, end));
    return { header, values: bytes.subarray(end) };
  } catch (cause) {
    throw new SafetensorsError("header: is not UTF-8 text.", { cause });
  }
}

function readHeader(text: string): { metadata: Record<string, string>; places: Place[] } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError(`header: is not JSON (${(cause as Error).message}).`, { cause });
  }
  if (!isRecord(header)) throw new SafetensorsError("header: is not a JSON object.");
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new SafetensorsError(`header: the key "${repeated}" occurs twice.`);
  const places: Place[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === metadataKey) metadata = readMetadata(value);
    else places.push(readPlace(name, value));
  }
  return { metadata, places };
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw new SafetensorsError(`header: ${metadataKey} must be an object of strings.`);
  }
  return value as Record<string, string>;
}

function readPlace(name: string, value: unknown): Place {
  const at = `tensor "${name}"`;
  if (!isUnicode(name)) throw new SafetensorsError(`${at}: the name is no valid Unicode text.`);
  if (!isRecord(value)) throw new SafetensorsError(`${at}: is described by no JSON object.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    throw new SafetensorsError(
      `${at}: has dtype ${JSON.stringify(dtype)}, wanted one of ${Object.keys(dtypes).join(", ")}.`,
    );
  }
  if (!isSizes(shape)) throw new SafetensorsError(`${at}: its shape is not a list of whole numbers from 0 up.`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new SafetensorsError(`${at}: its data_offsets are not two whole numbers in rising order.`);
  }
  const [begin, end] = offsets as [number, number];
  const wanted = elementCount(shape) * width(dtype);
  if (end - begin !== wanted) {
    throw new SafetensorsError(`${at}: ${dtype} [${shape.join(", ")}] takes ${wanted} bytes, but has ${end - begin}.`);
  }
  return { name, dtype, shape, begin, end };
}

function checkEntry({ name, dtype, shape, data }: SafetensorsEntry): void {
  const at = `tensor "${name}"`;
  if (name === metadataKey) throw new SafetensorsError(`${at}: the name is reserved for the file's metadata.`);
  if (!isDtype(dtype)) throw new SafetensorsError(`${at}: dtype ${JSON.stringify(dtype)} is not known to the format.`);
  if (!(data instanceof dtypes[dtype])) {
    throw new SafetensorsError(`${at}: ${dtype} values come as ${dtypes[dtype].name}.`);
  }
  if (!isSizes(shape) || elementCount(shape) !== data.length) {
    throw new SafetensorsError(`${at}: ${data.length} values cannot fill [${shape.join(", ")}].`);
  }
}

/**
 * JSON.parse keeps the last of two equal keys, other readers the first: a file could show each its own weights. So keys
 * are looked for once more, in text that is known to be JSON: strings before a colon, compared within their braces.
 */
function repeatedKey(json: string): string | undefined {
  const objects: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === "{") objects.push(new Set());
    else if (json[at] === "}") objects.pop();
    else if (json[at] === '"') {
      const start = at++;
      while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
      let next = at + 1;
      while (" \t\n\r".includes(json[next]!)) next++;
      if (json[next] !== ":") continue;
      const keys = objects.at(-1)!;
      const key: string = JSON.parse(json.slice(start, at + 1));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === "string" && Object.hasOwn(dtypes, value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

function width(dtype: SafetensorsDtype): number {
  return dtypes[dtype].BYTES_PER_ELEMENT;
}

function jsonText(text: string): string {
  if (!isUnicode(text)) throw new SafetensorsError(`name ${JSON.stringify(text)}: is no valid Unicode text.`);
  return JSON.stringify(text);
}

/** A lone surrogate has no UTF-8 form and would come back as another name. */
function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** By code unit, so that the order is the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
