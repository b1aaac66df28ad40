/**
 * Data sets that are numbers alone, so that a document can be timed where nothing has been built or downloaded. A name says all:
 * "generated/3x64x64" is colour images of 64×64, and with "/pairs" behind it each has a second one to become.
 */
import type { DataSetLookup } from "../../core/kind/kind.ts";
import { factsOf, type DataSet, type Images } from "../../datasets/types.ts";
import { draw } from "../../runtime/philox.ts";

/** The data set of that name with so many rows, always the same ones; null where the name is of another kind. */
export function generatedSet(name: string, rows = 1024): DataSet | null {
  const match = /^generated\/(\d+)x(\d+)x(\d+)(\/pairs)?$/.exec(name);
  if (!match) return null;
  const [channels, height, width] = match.slice(1, 4).map(Number);
  const images = (what: string): Images => ({
    item: { type: "image", shape: [channels, height, width] },
    data: bytes(`${name} ${what}`, rows * channels * height * width),
  });
  return {
    name,
    title: "Generated images",
    count: rows,
    ...images("images"),
    ...(match[4] ? { target: images("targets") } : {}),
    licence: "none needed",
    source: "generated",
  };
}

/** What the analysis asks of them; one row is enough to answer. */
export const generatedFacts: DataSetLookup = (name) => {
  const set = generatedSet(name, 1);
  return set && { ...factsOf(set), count: 1024 };
};

/** Evenly distributed bytes. */
const bytes = (name: string, count: number): Uint8Array => {
  const words = draw(0, name, { iteration: 0 }).uint32(Math.ceil(count / 4));
  return new Uint8Array(words.buffer, 0, count);
};
