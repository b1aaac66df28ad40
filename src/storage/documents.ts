/** Documents as they are now, and versions of each that can be gone back to. */
import type { Change, Records } from "./records.ts";
import { leastMissed } from "./thinning.ts";

export interface DocumentSummary {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface StoredDocument extends DocumentSummary {
  readonly text: string;
  /** A picture of it for lists. */
  readonly preview?: Blob;
}

export interface Version {
  /** Milliseconds since 1970; names the version within its document. */
  readonly saved: number;
  /** "Before the template was opened"; empty for one that was kept because time had passed. */
  readonly label: string;
}

export interface DocumentStore {
  /** The last changed first, without texts. */
  list(): Promise<DocumentSummary[]>;
  get(id: string): Promise<StoredDocument | null>;
  put(document: StoredDocument): Promise<void>;
  /** With its versions and its run. */
  delete(id: string): Promise<void>;
  preview(id: string): Promise<Blob | null>;
  /** The latest first. */
  versions(id: string): Promise<Version[]>;
  version(id: string, saved: number): Promise<string | null>;
  /** Keeps a version, unless the latest has the same text. At most 50 stay: old ones grow sparse. */
  addVersion(id: string, version: Version & { readonly text: string }): Promise<void>;
}

export function createDocumentStore(records: Records): DocumentStore {
  const versionKeys = async (id: string) => (await records.keys("versions", [id])).map((key) => Number(key[1]));
  return {
    async list() {
      const all = (await records.list("documents", [])).map(({ value }) => value as StoredDocument);
      return all.map(({ id, name, modified }) => ({ id, name, modified })).sort((a, b) => b.modified - a.modified);
    },
    async get(id) {
      const document = (await records.get("documents", [id])) as StoredDocument | undefined;
      return document ? { ...document, ...previewOf(await records.get("previews", [id])) } : null;
    },
    async put({ preview, ...document }) {
      const kept: Change[] = preview ? [{ store: "previews", key: [document.id], value: preview }] : [];
      await records.write([{ store: "documents", key: [document.id], value: document }, ...kept]);
    },
    async delete(id) {
      const within = async (store: "versions" | "runs" | "snapshots") =>
        (await records.keys(store, [id])).map((key): Change => ({ store, key }));
      const all = await Promise.all((["versions", "runs", "snapshots"] as const).map(within));
      await records.write([{ store: "documents", key: [id] }, { store: "previews", key: [id] }, ...all.flat()]);
    },
    preview: async (id) => ((await records.get("previews", [id])) as Blob | undefined) ?? null,
    async versions(id) {
      const all = (await records.list("versions", [id])).map(({ value }) => value as Version);
      return all.map(({ saved, label }) => ({ saved, label })).sort((a, b) => b.saved - a.saved);
    },
    version: async (id, saved) =>
      ((await records.get("versions", [id, saved])) as { text: string } | undefined)?.text ?? null,
    async addVersion(id, version) {
      const times = await versionKeys(id);
      const latest = times.length > 0 ? await records.get("versions", [id, Math.max(...times)]) : undefined;
      if ((latest as { text: string } | undefined)?.text === version.text) return;
      const added: Change = { store: "versions", key: [id, version.saved], value: version };
      const dropped = leastMissed([...times, version.saved], mostVersions, (before) => version.saved - before + 1); // old ones grow sparse;
      await records.write([added, ...dropped.map((saved): Change => ({ store: "versions", key: [id, saved] }))]);
    },
  };
}

const previewOf = (preview: unknown): Pick<StoredDocument, "preview"> => (preview instanceof Blob ? { preview } : {});

const mostVersions = 50;
