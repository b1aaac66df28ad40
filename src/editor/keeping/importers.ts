/** What a file is, told by its name and its first bytes, and which network a file of weights is meant for. */

export type FileKind = "document" | "figure" | "image" | "onnx" | "safetensors" | "data";

/** Names of what can be opened, for the file chooser. */
export const openable =
  ".json,.svg,.png,.onnx,.safetensors,.zip,.npy,.npz,.idx,.gz,.jpg,.jpeg,.webp,.gif,.bmp,image/*,application/json";

/** What can be dropped, as a sentence. */
export const openableWords =
  "Documents (.gan.json), figures with a document in them (.svg, .png), ONNX files, weights (.safetensors), and data " +
  "(images, .zip, .npy, .npz, IDX) can be opened.";

/** @param head at least the first 16 bytes. Null where it is none of what can be opened. */
export function recognize(name: string, head: Uint8Array): FileKind | null {
  const lower = name.toLowerCase();
  const starts = (...bytes: readonly number[]) => bytes.every((byte, at) => head[at] === byte);
  const text = new TextDecoder().decode(head).trimStart();
  if (starts(0x89, 0x50, 0x4e, 0x47)) return "figure"; // PNG: a figure, or an image
  if (lower.endsWith(".svg")) return "figure";
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)) return "data"; // zip and npz, npy
  if (/\.(zip|npy|npz)$/.test(lower) || /(idx[13]|ubyte)(\.gz)?$/.test(lower)) return "data";
  if (starts(0xff, 0xd8, 0xff) || starts(0x47, 0x49, 0x46, 0x38) || /\.(jpe?g|gif|webp|bmp|avif)$/.test(lower))
    return "image";
  if (lower.endsWith(".onnx")) return "onnx";
  if (lower.endsWith(".safetensors")) return "safetensors";
  if (lower.endsWith(".json") || text.startsWith("{")) return "document";
  return null;
}

export type Shapes = ReadonlyMap<string, readonly number[]>;

/**
 * Names and shapes of a safetensors file (8 bytes of length, then JSON); null where it is none. The worker reads the rest.
 */
export function shapesIn(bytes: Uint8Array): Shapes | null {
  if (bytes.length < 8) return null;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return null;
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { shape?: unknown }
    >;
    const tensors = Object.entries(header).filter(([name]) => name !== "__metadata__");
    return new Map(tensors.map(([name, { shape }]) => [name, Array.isArray(shape) ? (shape as number[]) : []]));
  } catch {
    return null;
  }
}

/**
 * The network that most of these weights fit by name and shape; the one that the file is named after where several fit
 * alike. Null where none fits.
 */
export function networkFor(weights: Shapes, networks: ReadonlyMap<string, Shapes>, fileName: string): string | null {
  const fitting = [...networks].map(([name, own]) => {
    const fit = [...weights].filter(([path, shape]) => String(own.get(path)) === String(shape)).length;
    return { name, fit: fit + (fit > 0 && fileName.toLowerCase().includes(name.toLowerCase()) ? 0.5 : 0) };
  });
  const best = fitting.reduce((most, each) => (each.fit > most.fit ? each : most), { name: "", fit: 0 });
  return best.fit > 0 ? best.name : null;
}
