/** What was measured on this machine's devices, kept between runs in one file of the user's cache folder. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TuningStore } from "../runtime/webgpu/tuning.ts";

/** A store in a file, which is made when something is first written. A damaged file counts as empty. */
export function fileTuningStore(file: string = path.join(cacheFolder(), "ganvas", "tuning.json")): TuningStore {
  return {
    read: async (key) => (await textsIn(file)).get(key),
    async write(key, text) {
      const texts = (await textsIn(file)).set(key, text);
      await mkdir(path.dirname(file), { recursive: true });
      // Whoever reads meanwhile finds the former file, whole.
      const fresh = `${file}.${process.pid}`;
      await writeFile(fresh, JSON.stringify(Object.fromEntries(texts), null, 2));
      await rename(fresh, file);
    },
  };
}

async function textsIn(file: string): Promise<Map<string, string>> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(file, "utf8")) as object);
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return new Map();
  }
}

function cacheFolder(): string {
  if (process.platform === "win32") return process.env.LOCALAPPDATA ?? path.join(os.homedir(), "AppData", "Local");
  if (process.platform === "darwin") return path.join(os.homedir(), "Library", "Caches");
  return process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
}
