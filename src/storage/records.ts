/**
 * Named stores of records under keys, changed several at once or not at all: IndexedDB, or memory where a browser gives none.
 * What the records are is said in storage.ts.
 */
import { openDB, type IDBPDatabase } from "idb";

const storeNames = [
  ...(["documents", "previews", "versions", "runs", "snapshots"] as const),
  ...(["dataSets", "rows", "settings", "weights"] as const),
] as const;
export type StoreName = (typeof storeNames)[number];

/** [document, time]: keys are ordered by their parts, numbers before texts. */
export type Key = readonly (string | number)[];

export interface KeyedRecord {
  readonly key: Key;
  readonly value: unknown;
}

/** A record to put, or to delete where it has no value. */
export interface Change {
  readonly store: StoreName;
  readonly key: Key;
  readonly value?: unknown;
}

export interface Records {
  /** Undefined where there is none. */
  get(store: StoreName, key: Key): Promise<unknown>;
  /** Keys that begin with these parts, in order. */
  keys(store: StoreName, prefix: Key): Promise<Key[]>;
  list(store: StoreName, prefix: Key): Promise<KeyedRecord[]>;
  /** All of them or, where it throws, none. Throws StorageFull where there is no room. */
  write(changes: readonly Change[]): Promise<void>;
  close(): void;
}

/** The browser's storage has no room for what was to be kept. */
export class StorageFull extends Error {
  override readonly name = "StorageFull";
  constructor() {
    super(
      "The browser's storage is full. Delete documents or data sets that you no longer need, or free space on the disk.",
    );
  }
}

/** Throws where the browser has no IndexedDB or does not let it be used. */
export async function openDatabase(name: string): Promise<Records> {
  // a store that is added raises the version, so that databases of before get it too
  const database = await openDB(name, storeNames.length, {
    upgrade(earlier) {
      for (const store of storeNames) if (!earlier.objectStoreNames.contains(store)) earlier.createObjectStore(store);
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(), // a newer version waits elsewhere
  });
  return {
    get: (store, key) => database.get(store, [...key]),
    keys: async (store, prefix) => (await database.getAllKeys(store, beginningWith(prefix))) as Key[],
    async list(store, prefix) {
      const transaction = database.transaction(store);
      const range = beginningWith(prefix);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
      return keys.map((key, index) => ({ key: key as Key, value: values[index] as unknown }));
    },
    write: (changes) => writeAll(database, changes),
    close: () => database.close(),
  };
}

/** Lives as long as the page or worker that made it. */
export function memoryRecords(): Records {
  const stores = new Map(storeNames.map((name) => [name, new Map<string, KeyedRecord>()]));
  const list = (store: StoreName, prefix: Key): KeyedRecord[] =>
    [...stores.get(store)!.values()]
      .filter(({ key }) => prefix.every((part, index) => key[index] === part))
      .sort((a, b) => compare(a.key, b.key));
  return {
    get: async (store, key) => structuredClone(stores.get(store)!.get(JSON.stringify(key))?.value),
    keys: async (store, prefix) => list(store, prefix).map(({ key }) => key),
    list: async (store, prefix) => structuredClone(list(store, prefix)),
    async write(changes) {
      const copies = structuredClone(changes);
      for (const { store, key, value } of copies) {
        if (value === undefined) stores.get(store)!.delete(JSON.stringify(key));
        else stores.get(store)!.set(JSON.stringify(key), { key, value });
      }
    },
    close: () => {},
  };
}

/** An array sorts after every number and text, so it bounds all keys that go on from the prefix. */
const beginningWith = (prefix: Key): IDBKeyRange => IDBKeyRange.bound([...prefix], [...prefix, []]);

async function writeAll(database: IDBPDatabase, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const transaction = database.transaction([...new Set(changes.map(({ store }) => store))], "readwrite");
  try {
    for (const { store, key, value } of changes) {
      const records = transaction.objectStore(store);
      const written = value === undefined ? records.delete([...key]) : records.put(value, [...key]);
      written.catch(() => {}); // the transaction tells
    }
    await transaction.done;
  } catch (error) {
    transaction.done.catch(() => {});
    throw isQuota(error) || isQuota(transaction.error) ? new StorageFull() : error;
  }
}

const isQuota = (error: unknown): boolean => error instanceof DOMException && error.name === "QuotaExceededError";

function compare(a: Key, b: Key): number {
  for (let part = 0; part < Math.min(a.length, b.length); part++) {
    const [left, right] = [a[part], b[part]];
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
