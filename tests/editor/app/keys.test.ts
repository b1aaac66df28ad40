/** Which command a key means: on several layouts and systems, with the keys that a person chose. */
import { describe, expect, it } from "vitest";
import {
  holderOf,
  matching,
  printStroke,
  rebind,
  strokesOf,
  tidied,
  type Press,
} from "../../../src/editor/app/keys.ts";

const press = (key: string, code: string, held: Partial<Press> = {}): Press => ({
  ...{ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...held,
});
const ctrl = { ctrlKey: true };
const shift = { shiftKey: true };

describe("a press as a stroke", () => {
  it.each([
    ["Ctrl+Z", press("z", "KeyZ", ctrl), false],
    ["Ctrl+Shift+Z", press("Z", "KeyZ", { ...ctrl, ...shift }), false],
    ["Shift+A", press("A", "KeyA", shift), false],
    ["Shift+Delete", press("Delete", "Delete", shift), false],
    ["Ctrl+Enter", press("Enter", "Enter", ctrl), false],
    ["?", press("?", "Slash", shift), false],
    [".", press(".", "Period"), false],
    [",", press(",", "Comma"), false],
    ["1", press("1", "Digit1"), false],
    ["Ctrl+Z", press("z", "KeyZ", { metaKey: true }), true],
  ])("reads %s", (stroke, given, mac) => expect(strokesOf(given, mac)[0]).toBe(stroke));

  it("follows the letters of a German keyboard, whose Z lies where Y is printed elsewhere", () => {
    expect(strokesOf(press("z", "KeyY", ctrl), false)).toEqual(["Ctrl+Z"]);
  });
  it("goes by the place where a layout writes no Latin letter", () => {
    expect(strokesOf(press("я", "KeyZ", ctrl), false)).toContain("Ctrl+Z");
  });
  it("takes the digit row of a French keyboard without Shift", () => {
    expect(strokesOf(press("&", "Digit1"), false)).toEqual(["&", "1"]);
  });
  it("does not take AltGr for Ctrl and Alt", () => {
    expect(strokesOf(press("@", "KeyQ", { ...ctrl, altKey: true, altGraph: true }), false)[0]).toBe("@");
  });
  it("is nothing for a modifier alone, nor with the other system's modifier", () => {
    expect(strokesOf(press("Shift", "ShiftLeft", shift), false)).toEqual([]);
    expect(strokesOf(press("z", "KeyZ", { metaKey: true }), false)).toEqual([]);
    expect(strokesOf(press("z", "KeyZ", ctrl), true)).toEqual([]);
  });
});

it("prints strokes as the system writes them", () => {
  expect(printStroke("Ctrl+Shift+Z", false)).toBe("Ctrl+Shift+Z");
  expect(printStroke("Ctrl+Shift+Z", true)).toBe("⌘⇧Z");
  expect(printStroke("Ctrl++", false)).toBe("Ctrl++");
});

describe("keys that a person chooses", () => {
  const commands = [
    { id: "fit", keys: ["1"] },
    { id: "frame", keys: ["F"] },
    { id: "redo", keys: ["Ctrl+Y", "Ctrl+Shift+Z"] },
  ];
  const ids = (bindings: Record<string, readonly string[]>, given: Press) =>
    matching(commands, bindings, given, false).map(({ id }) => id);

  it("take the place of the command's own", () => {
    const bindings = rebind(commands, {}, "fit", "Shift+1");
    expect(ids(bindings, press("1", "Digit1"))).toEqual([]);
    expect(ids(bindings, press("!", "Digit1", shift))).toEqual(["fit"]);
  });
  it("are told to be another command's, and taken from it", () => {
    expect(holderOf(commands, {}, "F", "fit")?.id).toBe("frame");
    const bindings = rebind(commands, {}, "fit", "F");
    expect(ids(bindings, press("f", "KeyF"))).toEqual(["fit"]);
    expect(bindings).toEqual({ fit: ["F"], frame: [] });
  });
  it("leave a command its other keys", () => {
    expect(rebind(commands, {}, "fit", "Ctrl+Y").redo).toEqual(["Ctrl+Shift+Z"]);
  });
  it("are forgotten where they are the command's own again", () => {
    expect(tidied(commands, { fit: ["1"], frame: [] })).toEqual({ frame: [] });
  });
});
