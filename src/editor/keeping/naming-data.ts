/** Which nodes of a document name data, and what files that come in its place are likely to be. */
import type { Edit } from "../../core/document/edits.ts";
import { asRecord } from "../../core/document/layout.ts";
import type { GanDocument } from "../../core/document/types.ts";
import type { Fields } from "../../core/kind/fields.ts";
import type { DataSetLookup } from "../../core/kind/kind.ts";
import { haveFolders, type Pairs } from "../../datasets/pairs.ts";
import { pathsInZip } from "../../datasets/zip.ts";
import { vocabulary } from "../../kinds/index.ts";
import type { IncomingData } from "./keeping.ts";

/** A parameter that holds the name of a data set. */
export interface Naming {
  readonly node: string;
  readonly param: string;
  readonly now: unknown;
}

export interface Received {
  readonly file: File;
  /** Holds the folders that it came in. */
  readonly path: string;
}

export const namingIn = ({ training }: GanDocument): readonly Naming[] =>
  Object.entries(training.nodes).flatMap(([node, { kind, params }]) =>
    Object.entries((vocabulary.training.get(kind)?.fields ?? {}) as Fields)
      .filter(([, field]) => field.of === "dataSets")
      .map(([param, field]) => ({ node, param, now: asRecord(params)[param] ?? field.default })),
  );

export const setting = (some: readonly Naming[], name: string): Edit[] =>
  some.map(({ node, param }) => ({ do: "set-param", graph: "training", node, param, value: name }));

/** In the place of pairs, files are taken for pairs of the same size. */
export async function suggestionFor(
  files: readonly Received[],
  replaced: readonly Naming[],
  lookup: DataSetLookup,
): Promise<Pick<IncomingData, "name" | "size" | "pairs">> {
  const before = replaced.map(({ now }) => lookup(String(now))).find((facts) => facts?.target);
  const pairs: Pairs = !before ? "none" : haveFolders(await pathsOf(files)) ? "folders" : "side-by-side";
  const [, height = 0, width = 0] = before?.item.shape ?? [];
  return { name: nameOf(titleOf(files)), size: height === width ? height : 0, pairs };
}

/** Of archives, the paths that are in them; what cannot be read is told when it is read as a whole. */
async function pathsOf(files: readonly Received[]): Promise<readonly string[]> {
  const paths = await Promise.all(
    files.map(async ({ file, path }) => {
      if (!/\.zip$/i.test(file.name) || file.size > largestListed) return [path];
      try {
        return pathsInZip(new Uint8Array(await file.arrayBuffer()), file.name);
      } catch {
        return [path];
      }
    }),
  );
  return paths.flat();
}

/** Bytes of an archive that the page reads just to see what is in it. */
const largestListed = 256 * 2 ** 20;

function titleOf(files: readonly Received[]): string {
  const [{ path, file }] = files;
  const folder = path.includes("/") ? path.split("/")[0] : "";
  return files.length > 1 ? folder || "pictures" : file.name.replace(/\.(gz|zip|npy|npz|idx)$/i, "");
}

/** A data set is named in documents, where a name is short and plain. */
const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40) || "data";
