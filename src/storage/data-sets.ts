/** A person's own data sets: the rows, and beside them the few facts that a page asks for without reading the rows. */
import type { DataSet } from "../datasets/types.ts";
import { factsOf } from "../datasets/types.ts";
import type { Records } from "./records.ts";

/** What an analysis asks ({@link factsOf}), and what a list shows. */
export type DataSetFactsRecord = ReturnType<typeof factsOf> & {
  /** "own/cats", as a Dataset node names it. */
  readonly name: string;
  readonly title: string;
  readonly classNames: readonly string[];
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly added: number;
};

export interface DataSetStore {
  /** In the order of names. */
  list(): Promise<DataSetFactsRecord[]>;
  facts(name: string): Promise<DataSetFactsRecord | null>;
  rows(name: string): Promise<DataSet | null>;
  /** Takes the place of one with the same name. */
  put(set: DataSet): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Data sets of a person's own are called so, and no built-in one is. */
export const ownPrefix = "own/";

export function createDataSetStore(records: Records): DataSetStore {
  return {
    list: async () => (await records.list("dataSets", [])).map(({ value }) => value as DataSetFactsRecord),
    facts: async (name) => ((await records.get("dataSets", [name])) as DataSetFactsRecord | undefined) ?? null,
    rows: async (name) => ((await records.get("rows", [name])) as DataSet | undefined) ?? null,
    put(set) {
      const { name, title } = set;
      const facts: DataSetFactsRecord = {
        ...factsOf(set),
        name,
        title,
        classNames: set.classes ?? [],
        bytes: set.data.byteLength,
        added: Date.now(),
      };
      return records.write([
        { store: "dataSets", key: [name], value: facts },
        { store: "rows", key: [name], value: set },
      ]);
    },
    delete: (name) =>
      records.write([
        { store: "dataSets", key: [name] },
        { store: "rows", key: [name] },
      ]),
  };
}
