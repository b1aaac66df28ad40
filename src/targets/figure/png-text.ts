/**
 * Text inside PNG files: an iTXt chunk with the keyword "ganvas" (PNG specification, third edition, 11.3.3.4). It stands
 * after the header, uncompressed, so that copying programs keep it and a reader needs no more than the first bytes.
 */

/** The PNG with this text in it, in place of one that was there. Throws a RangeError where `png` is no PNG. */
export function embedInPng(png: Uint8Array, documentText: string): Uint8Array {
  const chunks = chunksOf(png);
  if (chunks?.[0]?.type !== "IHDR") throw new RangeError("the bytes are no PNG");
  const text = new TextEncoder().encode(documentText);
  const kept = chunks.filter(({ type, data }) => !(type === "iTXt" && startsWith(data, head)));
  const bytes = kept.map(({ bytes }) => bytes);
  return joined([signature, bytes[0], chunk("iTXt", joined([head, text])), ...bytes.slice(1)]);
}

/** The text of a PNG that holds one; null where there is none, or it is damaged or compressed. */
export function readFromPng(png: Uint8Array): string | null {
  const held = chunksOf(png)?.find(({ type, data }) => type === "iTXt" && startsWith(data, head));
  if (!held || held.crc !== crc32(held.bytes.subarray(4, -4))) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(held.data.subarray(head.length));
  } catch {
    return null; // not UTF-8
  }
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Keyword, not compressed by method 0, and neither language nor translated keyword. */
const head = new TextEncoder().encode("ganvas\0\0\0\0\0");

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly crc: number;
  /** The whole chunk: length, type, data, CRC. */
  readonly bytes: Uint8Array;
}

/** All chunks up to where the file ends or is cut off; null without a PNG's signature. */
function chunksOf(png: Uint8Array): Chunk[] | null {
  if (!startsWith(png, signature)) return null;
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: Chunk[] = [];
  for (let at = signature.length; at + 12 <= png.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > png.length) break;
    chunks.push({
      type: String.fromCharCode(...png.subarray(at + 4, at + 8)),
      data: png.subarray(at + 8, end - 4),
      crc: view.getUint32(end - 4),
      bytes: png.subarray(at, end),
    });
    at = end;
  }
  return chunks;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, -4)));
  return bytes;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** Of type and data, as ISO 3309 and PNG's annex D have it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, at) => bytes[at] === byte);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
