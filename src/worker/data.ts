/**
 * Data sets for a document's sources: built-in ones from the files beside the page or from their formula, a person's own from
 * the browser's storage. Rows stay in memory from one document to the next.
 */
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import type { FactsOf } from "../core/analysis/catalogue.ts";
import type { DataSetLookup } from "../core/kind/kind.ts";
import type { Program } from "../core/program/types.ts";
import { builtInFacts, findBuiltIn } from "../datasets/catalogue.ts";
import { DatasetProblem } from "../datasets/problems.ts";
import { resized } from "../datasets/resize.ts";
import { readStored } from "../datasets/stored.ts";
import { drawToy, isToy } from "../datasets/toys.ts";
import { splitOf, type DataSet, type Split } from "../datasets/types.ts";
import { kindOf, sources } from "../kinds/index.ts";
import { draw } from "../runtime/philox.ts";
import type { DataSetStore } from "../storage/storage.ts";

export interface Data {
  /** What an analysis asks: built-in data sets, and a person's own as they are now. */
  lookup(): Promise<DataSetLookup>;
  /** Rows by source, at the size that each asks for. Throws a UserError at the source. */
  rowsFor(program: Program): Promise<ReadonlyMap<string, DataSet>>;
  /** One data set by its name. Throws a UserError where there is none. */
  rows(name: string): Promise<DataSet>;
  /** Forgets the rows of a data set that has changed. */
  forget(name: string): void;
}

export interface DataOptions {
  readonly own: DataSetStore;
  /** Where the built-in data sets lie: the address of data/. */
  readonly base: URL;
  /** Told what takes long, 0 … 1 where it is known. */
  preparing(what: string, part: number | null): void;
}

export function createData({ own, base, preparing }: DataOptions): Data {
  const loaded = new Map<string, Promise<DataSet>>();
  /** Of each data set the size that was asked for last: an edited document mostly asks for it again. */
  const sized = new Map<string, { readonly of: DataSet; readonly set: DataSet }>();

  function rows(name: string): Promise<DataSet> {
    const known = loaded.get(name);
    if (known) return known;
    const loading = load(name);
    loaded.set(name, loading);
    loading.catch(() => loaded.delete(name));
    return loading;
  }

  async function load(name: string): Promise<DataSet> {
    if (isToy(name)) return drawToy(name, draw(0, name, { iteration: 0 }));
    const entry = findBuiltIn(name);
    if (!entry) {
      preparing(`Reading ${name}`, null);
      const set = await own.rows(name);
      if (set) return set;
      throw new DatasetProblem("dataset-unknown", { name, near: null });
    }
    const what = `Reading ${entry.title}`;
    preparing(what, 0);
    const folder = new URL(`${name}/`, base);
    return readStored(name, "train", async (file) => {
      const response = await fetch(new URL(file, folder));
      if (!response.ok) throw new DatasetProblem("dataset-missing", { name, path: folder.pathname });
      return bytesOf(response, (part) => preparing(what, part));
    });
  }

  function atSize(name: string, of: DataSet, size: readonly [number, number]): DataSet {
    const known = sized.get(name);
    const [height, width] = known?.set.item.shape.slice(1) ?? [];
    if (known?.of === of && height === size[0] && width === size[1]) return known.set;
    preparing(`Resizing ${of.title}`, null);
    const set = resized(of, size);
    sized.set(name, { of, set });
    return set;
  }

  return {
    rows: (name) => at({}, () => rows(name)),
    forget(name) {
      loaded.delete(name);
      sized.delete(name);
    },
    async lookup() {
      const known = new Map((await own.list()).map((facts) => [facts.name, facts]));
      return (name) => builtInFacts(name) ?? known.get(name) ?? null;
    },
    async rowsFor({ training }) {
      const found = new Map<string, DataSet>();
      for (const { id, kind, params } of training?.sources ?? []) {
        const name = kindOf(sources, kind).dataSet?.(params);
        if (name === undefined) continue;
        const size = params.resize as [number, number] | null | undefined;
        found.set(
          id,
          await at({ graph: "training", node: id, param: "name" }, async () => {
            const set = splitOf(await rows(name), params.split as Split);
            return size ? atSize(name, set, size) : set;
          }),
        );
      }
      return found;
    },
  };
}

/** A problem with data becomes the person's to mend, at this place. */
export async function at<T>(place: Parameters<typeof diagnose>[1], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatasetProblem)) throw error;
    throw new UserError(diagnose(error.code, place, error.facts as FactsOf<typeof error.code>));
  }
}

/** A response's bytes, told of as they come. */
async function bytesOf(response: Response, progress: (part: number) => void): Promise<Uint8Array> {
  const length = Number(response.headers.get("content-length"));
  if (!response.body || length < 2 ** 20) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let [read, told] = [0, 0];
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    read += next.value.length;
    if (read - told < length / 50) continue;
    progress(Math.min(1, read / length));
    told = read;
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
