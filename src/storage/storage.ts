/**
 * What the browser keeps of a person's work: documents and their former states, runs, data sets of their own, weights, settings. Page
 * and worker open it each for itself. Writes throw StorageFull where there is no room; reads give null for what is not there.
 */
import { createDataSetStore, type DataSetStore } from "./data-sets.ts";
import { createDocumentStore, type DocumentStore } from "./documents.ts";
import { memoryRecords, openDatabase, type Records } from "./records.ts";
import { createRunStore, type RunStore } from "./runs.ts";
import { createWeightFileStore, type WeightFileStore } from "./weights.ts";

export { StorageFull } from "./records.ts";
export type { DataSetFactsRecord, DataSetStore } from "./data-sets.ts";
export type { DocumentStore, DocumentSummary, StoredDocument, Version } from "./documents.ts";
export type { WeightFileStore } from "./weights.ts";
export type { RunLock, RunStore, SavedRun } from "./runs.ts";

export interface Storage {
  /** A sentence to show where nothing outlives the page; null where all is kept. */
  readonly notice: string | null;
  readonly documents: DocumentStore;
  readonly runs: RunStore;
  readonly dataSets: DataSetStore;
  readonly weights: WeightFileStore;
  readonly settings: SettingsStore;
  close(): void;
}

/** Small values by name: key bindings, theme, sizes of panels. */
export interface SettingsStore {
  get(name: string): Promise<unknown>;
  /** Undefined forgets it. */
  set(name: string, value: unknown): Promise<void>;
}

/** Never throws: where IndexedDB is not to be had, memory takes its place and `notice` says so. */
export async function openStorage(name = "ganvas"): Promise<Storage> {
  try {
    return storageOf(await openDatabase(name), null);
  } catch {
    return storageOf(memoryRecords(), forgetful);
  }
}

const forgetful =
  "This browser keeps nothing for this page (private mode, or storage is switched off): save files before you close it.";

function storageOf(records: Records, notice: string | null): Storage {
  return {
    notice,
    documents: createDocumentStore(records),
    runs: createRunStore(records),
    dataSets: createDataSetStore(records),
    weights: createWeightFileStore(records),
    settings: {
      get: (setting) => records.get("settings", [setting]),
      set: (setting, value) => records.write([{ store: "settings", key: [setting], value }]),
    },
    close: records.close,
  };
}
