/** A document in a link comes back as it was; a damaged link is told from a whole one. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readAddress, sharedAddress } from "../../../src/editor/keeping/address.ts";
import { packText, unpackText } from "../../../src/editor/keeping/link.ts";

const template = readFileSync("templates/dcgan-64.gan.json", "utf8");

it.each([
  ["a template", template],
  ["nothing", ""],
  ["signs of many scripts", '{"name":"Größe 漢字 🦙"}'],
])("carries %s", async (_, text) => {
  const packed = await packText(text);
  expect(packed).toMatch(/^[A-Za-z0-9_-]*$/);
  expect(await unpackText(packed)).toBe(text);
});

it("makes a template a good deal shorter", async () => {
  expect((await packText(template)).length).toBeLessThan(template.length / 3);
});

it("gives null for what was cut off or is no link", async () => {
  const packed = await packText(template);
  expect(await unpackText(packed.slice(0, packed.length / 2))).toBeNull();
  expect(await unpackText("not a link!")).toBeNull();
});

it("refuses what unpacks to more than a document may be", async () => {
  expect(await unpackText(await packText(" ".repeat(17 * 2 ** 20)))).toBeNull();
});

it("finds its way back from the address", async () => {
  const packed = await packText("{}");
  expect(readAddress(sharedAddress(packed))).toEqual({ to: "shared", packed });
  expect(readAddress("#/d/abc")).toEqual({ to: "kept", id: "abc" });
  expect(readAddress("#/t/dcgan-mnist")).toEqual({ to: "template", name: "dcgan-mnist" });
  for (const hash of ["", "#", "#/x/1", "#/d/"]) expect(readAddress(hash)).toEqual({ to: "start" });
});
