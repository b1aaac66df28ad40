import { beforeAll, describe, expect, it } from "vitest";
import { buildEmoji } from "../../scripts/build-emoji.mjs";
import { loadDataSet } from "../../src/cli/data.ts";
import { findBuiltIn } from "../../src/datasets/catalogue.ts";
import { isImageSet, type ImageSet, type Images } from "../../src/datasets/types.ts";

const names = ["fluent-pairs", "twemoji", "noto"] as const;
const sets = new Map<string, ImageSet>();
const size = 3 * 64 * 64;

beforeAll(async () => {
  await buildEmoji();
  for (const name of names) {
    const set = await loadDataSet(name);
    if (isImageSet(set)) sets.set(name, set);
  }
}, 240_000);

/** Where a picture is not white: 1, else 0. */
function inked({ data }: Images, row: number): Uint8Array {
  const area = size / 3;
  const planes = data.subarray(row * size, (row + 1) * size);
  return Uint8Array.from({ length: area }, (_, pixel) =>
    planes[pixel] + planes[area + pixel] + planes[2 * area + pixel] < 3 * 230 ? 1 : 0,
  );
}

/** Shared ink as a part of all ink, on average over rows whose partner is so many rows further. */
function overlap(one: Images, other: Images, rows: number, shift: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const [a, b] = [inked(one, row), inked(other, (row + shift) % rows)];
    let [shared, all] = [0, 0];
    a.forEach((ink, pixel) => {
      shared += ink & b[pixel];
      all += ink | b[pixel];
    });
    sum += shared / all;
  }
  return sum / rows;
}

describe("the data sets of emoji", () => {
  it.each(names)("%s is as the catalogue says, with rows held out", (name) => {
    const { count, item, heldOut, target } = findBuiltIn(name)!;
    const set = sets.get(name)!;
    expect(set).toMatchObject({ count, item, data: { length: count * size }, heldOut: { count: heldOut } });
    expect(set.heldOut!.data).toHaveLength(heldOut * size);
    expect(set.target?.item ?? null).toEqual(target);
    expect(set.labels).toBeUndefined();
  });

  it("number 1,594 pairs, and 1,671 emoji in each of two styles", () => {
    expect(names.map((name) => sets.get(name)!.count + sets.get(name)!.heldOut!.count)).toEqual([1594, 1671, 1671]);
  });

  it("pair line art in grey with the same drawing in colour", () => {
    const set = sets.get("fluent-pairs")!;
    const area = 64 * 64;
    const greys = (images: Images, row: number) =>
      Array.from({ length: area }, (_, pixel) => [0, 1, 2].map((c) => images.data[row * size + c * area + pixel]));
    for (const row of [0, 100, 1461]) expect(greys(set, row).every(([r, g, b]) => r === g && g === b)).toBe(true);
    const isColoured = (row: number) => greys(set.target!, row).some(([r, , b]) => Math.abs(r - b) > 60);
    expect([10, 200, 300, 400, 500, 600].filter(isColoured).length).toBeGreaterThan(2);
    for (const rows of [set, set.heldOut!]) {
      expect(overlap(rows, rows.target!, 100, 0)).toBeGreaterThan(1.5 * overlap(rows, rows.target!, 100, 37));
    }
  });

  it("hold out the same emoji in both styles", () => {
    const [one, other] = ["twemoji", "noto"].map((name) => sets.get(name)!.heldOut!);
    expect(overlap(one, other, 147, 0)).toBeGreaterThan(1.3 * overlap(one, other, 147, 37));
  });

  it("hold out pictures that training does not have", () => {
    const { data, heldOut, count } = sets.get("noto")!;
    const seen = new Set(Array.from({ length: count }, (_, row) => data.subarray(row * size, (row + 1) * size).join()));
    const again = Array.from({ length: 147 }, (_, row) => heldOut!.data.subarray(row * size, (row + 1) * size).join());
    expect(again.filter((picture) => seen.has(picture))).toHaveLength(0);
  });

  it("are not drawn a second time", async () => {
    expect(await buildEmoji()).toEqual([]);
  });
});
