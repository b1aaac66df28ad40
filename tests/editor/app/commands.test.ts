/** The one list of commands: no two share a key, and the keys that every editor has are there. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Command } from "../../../src/editor/app/commands.ts";

let commands: readonly Command[];
beforeAll(async () => {
  vi.stubGlobal("navigator", { userAgent: "test" });
  ({ commands } = await import("../../../src/editor/app/commands.ts"));
});

describe("commands", () => {
  it("have ids of their own, and no two share a key", () => {
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
    const keys = commands.flatMap((command) => command.keys);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });
  it.each([
    ["Ctrl+Z", "undo"],
    ["Ctrl+Y", "redo"],
    ["Ctrl+Shift+Z", "redo"],
    ["Ctrl+S", "save"],
    ["Ctrl+O", "open"],
    ["Ctrl+Enter", "train"],
    [".", "iterate"],
    [",", "step"],
    ["?", "keys"],
  ])("%s is %s", (key, id) => expect(commands.find(({ keys }) => keys.includes(key))?.id).toBe(id));
  it("never bind Tab or Esc", () => {
    expect(commands.flatMap(({ keys }) => keys).filter((key) => /Tab|Escape/.test(key))).toEqual([]);
  });
});
