// What was measured on a device, among the page's settings.

import { describe, expect, it } from "vitest";
import { openStorage } from "../../src/storage/storage.ts";
import { settingsTuningStore } from "../../src/worker/tuning-store.ts";

describe("what was measured on a device", () => {
  it("is kept by the device, and is not taken for a setting of another kind", async () => {
    const { settings } = await openStorage("tuning");
    const store = settingsTuningStore(() => Promise.resolve(settings));
    expect(await store.read("a GPU")).toBeUndefined();
    await store.write("a GPU", "[1]");
    expect(await settingsTuningStore(() => Promise.resolve(settings)).read("a GPU")).toBe("[1]");
    expect(await store.read("another")).toBeUndefined();
    await settings.set("another", { theme: "dark" });
    expect(await store.read("another")).toBeUndefined();
  });
});
