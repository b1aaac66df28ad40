/** The files in a zip archive, without the ones that operating systems add. */
import { unzipSync } from "fflate";
import { malformed } from "./problems.ts";

export interface ZipEntry {
  /** With "/" between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** More than this, unpacked, is refused: it would not fit into a page's memory, and a few bytes of zip can claim it. */
export const largestZip = 4 * 2 ** 30;

/** Entries in the order of their paths. @param name the archive, for messages. @throws DatasetProblem data-malformed */
export function readZip(bytes: Uint8Array, name: string): readonly ZipEntry[] {
  let size = 0;
  const wanted = ({ name: path, originalSize }: { name: string; originalSize: number }) => {
    if (!isWanted(path)) return false;
    size += originalSize;
    if (size > largestZip) throw malformed(name, "unpacked it would take more than 4 GB");
    return true;
  };
  const files = unpack(bytes, wanted, name);
  return Object.keys(files)
    .sort()
    .map((path) => ({ path, bytes: files[path] }));
}

/** What lies in an archive, by path; nothing is unpacked. @throws DatasetProblem data-malformed */
export function pathsInZip(bytes: Uint8Array, name: string): readonly string[] {
  const paths: string[] = [];
  unpack(bytes, ({ name: path }) => (isWanted(path) && paths.push(path), false), name);
  return paths.sort();
}

/** Files that a person put there: no folders, no hidden files, no resource forks. */
export const isWanted = (path: string): boolean =>
  !path.endsWith("/") &&
  path.split("/").every((part) => !part.startsWith(".") && part !== "__MACOSX" && part !== "Thumbs.db");

function unpack(bytes: Uint8Array, filter: (file: { name: string; originalSize: number }) => boolean, name: string) {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof Error && error.name === "DatasetProblem") throw error;
    throw malformed(
      name,
      `it is no zip archive, or a damaged one (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
