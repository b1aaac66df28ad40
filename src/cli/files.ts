/** Files that are never half-written: what is to be a file is written beside it, made durable, and takes its place by rename. */
import { mkdirSync, openSync, closeSync, fsyncSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export function writeAtomically(file: string, content: Uint8Array | string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.part`;
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  try {
    const handle = openSync(draft, "w");
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at, bytes.length - at);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The package's own folder, from src/cli and from dist/cli alike. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
