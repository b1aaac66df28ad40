/** What is known of a person's own data sets, beside the built-in ones: the analysis asks at once, so it is read ahead. */
import type { DataSetLookup } from "../../core/kind/kind.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import type { DataSetFactsRecord, Storage } from "../../storage/storage.ts";

export interface OwnData {
  readonly lookup: DataSetLookup;
  /** Reads the list again. */
  refresh(): Promise<readonly DataSetFactsRecord[]>;
}

export function createOwnData(storage: Storage): OwnData {
  let known = new Map<string, DataSetFactsRecord>();
  return {
    lookup: (name) => builtInFacts(name) ?? known.get(name) ?? null,
    async refresh() {
      const list = await storage.dataSets.list();
      known = new Map(list.map((facts) => [facts.name, facts]));
      return list;
    },
  };
}
