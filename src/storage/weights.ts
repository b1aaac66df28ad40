/** Files of weights that documents name, each once, by the SHA-256 of its bytes. */
import { sha256Of } from "../core/document/weights-file.ts";
import type { Records } from "./records.ts";

export interface WeightFileStore {
  /** Each by its SHA-256. */
  list(): Promise<readonly string[]>;
  bytes(sha256: string): Promise<Uint8Array | null>;
  /** @returns its SHA-256 */
  put(bytes: Uint8Array): Promise<string>;
  /** Forgets files that no kept document names, nor a former state of one. */
  sweep(): Promise<void>;
}

export function createWeightFileStore(records: Records): WeightFileStore {
  return {
    list: async () => (await records.keys("weights", [])).map(([sha256]) => String(sha256)),
    bytes: async (sha256) => ((await records.get("weights", [sha256])) as Uint8Array | undefined) ?? null,
    async put(bytes) {
      const sha256 = await sha256Of(bytes);
      await records.write([{ store: "weights", key: [sha256], value: bytes }]);
      return sha256;
    },
    async sweep() {
      const keys = await records.keys("weights", []);
      if (keys.length === 0) return;
      const kept = [...(await records.list("documents", [])), ...(await records.list("versions", []))];
      const texts = kept.map(({ value }) => (value as { readonly text: string }).text);
      const unnamed = keys.filter(([sha256]) => !texts.some((text) => text.includes(String(sha256))));
      await records.write(unnamed.map((key) => ({ store: "weights", key })));
    },
  };
}
