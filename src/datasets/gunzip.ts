/** Decompression of .gz files that keeps what could be read of a damaged one, so that a message can say how much is there. */
import { Gunzip } from "fflate";

export interface Gunzipped {
  readonly data: Uint8Array;
  /** False where the stream broke off or is no gzip from there on. */
  readonly complete: boolean;
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The sizes in a gzip trailer are not trusted: memory is taken only for what really comes out. */
export function gunzip(bytes: Uint8Array): Gunzipped {
  const chunks: Uint8Array[] = [];
  const stream = new Gunzip((chunk) => void chunks.push(chunk));
  const step = 1 << 16;
  let complete = true;
  try {
    for (let start = 0; start < bytes.length; start += step) stream.push(bytes.subarray(start, start + step));
    stream.push(new Uint8Array(0), true); // throws where more was to come
  } catch {
    complete = false;
  }
  const data = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    data.set(chunk, offset);
    offset += chunk.length;
  }
  return { data, complete };
}
