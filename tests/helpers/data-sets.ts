/** What tests know of data sets: enough to type the ports of every template, without reading any file. */
import type { DataSetFacts, DataSetLookup } from "../../src/core/kind/kind.ts";
import { image, vector } from "../../src/core/kind/ports.ts";

const facts: Readonly<Record<string, DataSetFacts>> = {
  mnist: { item: image(1, 28, 28), classes: 10, count: 60_000 },
  "fashion-mnist": { item: image(1, 28, 28), classes: 10, count: 5_000 },
  "toy-gaussian": { item: vector(1), classes: null, count: null },
  "toy-ring": { item: vector(2), classes: 8, count: null },
};

export const dataSets: DataSetLookup = (name) => (Object.hasOwn(facts, name) ? facts[name] : null);
