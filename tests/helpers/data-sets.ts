/** What tests know of data sets: enough to type the ports of every template, without reading any file. */
import type { DataSetFacts, DataSetLookup } from "../../src/core/kind/kind.ts";
import { image, vector } from "../../src/core/kind/ports.ts";

const alone = { target: null, heldOut: 0 };

const facts: Readonly<Record<string, DataSetFacts>> = {
  mnist: { item: image(1, 28, 28), classes: 10, count: 60_000, ...alone },
  "fashion-mnist": { item: image(1, 28, 28), classes: 10, count: 5_000, ...alone },
  "toy-gaussian": { item: vector(1), classes: null, count: null, ...alone },
  "toy-ring": { item: vector(2), classes: 8, count: null, ...alone },
  "fluent-pairs": { item: image(3, 64, 64), target: image(3, 64, 64), classes: null, count: 1462, heldOut: 132 },
  twemoji: { item: image(3, 64, 64), target: null, classes: null, count: 1524, heldOut: 147 },
  noto: { item: image(3, 64, 64), target: null, classes: null, count: 1524, heldOut: 147 },
};

export const dataSets: DataSetLookup = (name) => (Object.hasOwn(facts, name) ? facts[name] : null);
