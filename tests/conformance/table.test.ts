// docs/conformance.md speaks of every kind: where one is missing, run npm run conformance.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functions, layers, vocabulary } from "../../src/kinds/index.ts";

const text = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
const [network, training] = text.split("\n## ").slice(1);
const rowsOf = (section: string) => [...section.matchAll(/^\| (\w+) +\|/gm)].map(([, name]) => name).filter((name) => name !== "kind"); // prettier-ignore

describe("the table of the conformance loop", () => {
  it("has a row for each layer and each function, and no other", () => {
    expect(rowsOf(network)).toEqual([...layers.keys()].sort());
    expect(rowsOf(training)).toEqual([...functions.keys()].sort());
  });

  it("says of every other kind where it is proven", () => {
    for (const [section, kinds] of [
      [network, vocabulary.network],
      [training, vocabulary.training],
    ] as const)
      // prettier-ignore
      for (const name of kinds.keys()) expect(section).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
