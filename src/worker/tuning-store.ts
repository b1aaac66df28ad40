/** What was measured on this machine's devices, kept among the settings of the page. */
import type { TuningStore } from "../runtime/webgpu/tuning.ts";
import { openStorage, type SettingsStore } from "../storage/storage.ts";

export function settingsTuningStore(settings: () => Promise<SettingsStore> = ownSettings): TuningStore {
  return {
    async read(key) {
      const text = await (await settings()).get(key);
      return typeof text === "string" ? text : undefined;
    },
    write: async (key, text) => (await settings()).set(key, text),
  };
}

/** Opened when a device is first measured, and then kept open. */
function ownSettings(): Promise<SettingsStore> {
  return (opened ??= openStorage().then(({ settings }) => settings));
}

let opened: Promise<SettingsStore> | undefined;
