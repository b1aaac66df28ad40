/**
 * NumPy's array files: .npy (versions 1 to 3, little-endian or byte-sized values, C order) both ways, and .npz, a zip of
 * them, in. The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { malformed } from "./problems.ts";
import { readZip } from "./zip.ts";

export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export interface NpyArray {
  /** [] is a scalar. */
  readonly shape: readonly number[];
  /** NumPy's spelling: "<f4", "|u1", "|b1". Booleans are bytes, 0 or 1. */
  readonly dtype: Dtype;
  readonly data: NpyData;
}

const types = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "|i1": Int8Array,
  "|u1": Uint8Array,
  "|b1": Uint8Array,
  "<i2": Int16Array,
  "<u2": Uint16Array,
  "<i4": Int32Array,
  "<u4": Uint32Array,
  "<i8": BigInt64Array,
  "<u8": BigUint64Array,
} as const;

export type Dtype = keyof typeof types;

/** The values are copied. @param name the file, for messages. @throws DatasetProblem data-malformed */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte))
    throw malformed(name, "it does not begin as a .npy file does");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw malformed(name, `its .npy version is ${version}; versions 1 to 3 are read`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : bytes.length < start ? Infinity : view.getUint32(8, true);
  if (start + length > bytes.length) throw malformed(name, "it ends within its header");
  const { dtype, shape } = readHeader(new TextDecoder().decode(bytes.subarray(start, start + length)), name);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const wanted = size * types[dtype].BYTES_PER_ELEMENT;
  const found = bytes.length - start - length;
  if (found !== wanted)
    throw malformed(
      name,
      `it has ${found} bytes of values where ${dtype} of shape (${shape.join(", ")}) takes ${wanted}`,
    );
  const copy = new Uint8Array(bytes.subarray(start + length)); // aligned
  return { shape, dtype, data: new types[dtype](copy.buffer, 0, size) };
}

/**
 * The bytes of a .npy file, version 1; values begin at a multiple of 64 bytes, as NumPy's do.
 * @param shape the product of its extents is the length of `data`
 * @param dtype needed only for booleans ("|b1"); otherwise it follows from the array
 */
export function writeNpy(data: NpyData, shape: readonly number[], dtype: Dtype = dtypeOf(data)): Uint8Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== data.length)
    throw new RangeError(`shape (${shape.join(", ")}) has ${size} values, the array ${data.length}`);
  if (!(data instanceof types[dtype])) throw new TypeError(`${data.constructor.name} cannot be written as ${dtype}`);
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${extents}), }`;
  const header = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(header + data.byteLength);
  bytes.set(magic);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, header - 10, true);
  bytes.set(new TextEncoder().encode(text.padEnd(header - 11) + "\n"), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header);
  return bytes;
}

/** The arrays of a .npz file by name ("x", not "x.npy"). @throws DatasetProblem data-malformed */
export function readNpz(bytes: Uint8Array, name: string): ReadonlyMap<string, NpyArray> {
  const files = readZip(bytes, name).filter(({ path }) => path.endsWith(".npy"));
  return new Map(files.map(({ path, bytes }) => [path.slice(0, -4), readNpy(bytes, `${name}/${path}`)]));
}

/** \x93NUMPY */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

function dtypeOf(data: NpyData): Dtype {
  const dtype = (Object.keys(types) as Dtype[]).find((candidate) => data instanceof types[candidate]);
  if (!dtype) throw new TypeError(`no NumPy type for ${data.constructor.name}`);
  return dtype;
}

/** The header is a Python dictionary, always with these three keys. */
function readHeader(text: string, name: string): { dtype: Dtype; shape: number[] } {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined)
    throw malformed(
      name,
      "its header lacks descr, fortran_order or shape, or has them in a form that is not read (records, objects)",
    );
  const dtype = /^[|<=][iu]1$/.test(descr) ? `|${descr.slice(1)}` : descr;
  if (!Object.hasOwn(types, dtype))
    throw malformed(
      name,
      `its values are ${descr}; ${Object.keys(types).join(", ")} are read, so convert it with .astype("<f4")`,
    );
  const extents = shape
    .split(",")
    .map((extent) => extent.trim())
    .filter(Boolean)
    .map(Number);
  if (fortran === "True" && extents.length > 1)
    throw malformed(name, "its values are in Fortran order; save numpy.ascontiguousarray(array)");
  return { dtype: dtype as Dtype, shape: extents };
}
