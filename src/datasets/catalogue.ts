/** The built-in data sets, in the order in which they are listed. What is known of them without reading anything. */
import { toyRows, toys, type ToyName } from "./toys.ts";
import type { ImageItem, VectorItem } from "./types.ts";

export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Stored ones are files in data/; generated ones are drawn from a random source. */
  readonly kind: "stored" | "generated";
  readonly item: ImageItem | VectorItem;
  /** The second image of each row; null where rows are single. */
  readonly target: ImageItem | null;
  /** Rows of the split that training takes. */
  readonly count: number;
  /** Rows that are kept from training. */
  readonly heldOut: number;
  /** How many classes the labels name; null without labels. */
  readonly classes: number | null;
  /** The values as they are stored: bytes of images; null for toys, which have no bounds. */
  readonly range: readonly [number, number] | null;
  readonly licence: string;
}

export const builtIn: readonly CatalogueEntry[] = [
  {
    name: "mnist",
    title: "MNIST",
    summary: "Handwritten digits, white on black; 60,000 to train and 10,000 to test",
    kind: "stored",
    item: { type: "image", shape: [1, 28, 28] },
    target: null,
    count: 60_000,
    heldOut: 10_000,
    classes: 10,
    range: [0, 255],
    licence: "CC BY-SA 3.0",
  },
  {
    ...coloured("fluent-pairs", "Fluent emoji pairs", "MIT"),
    summary: "Line art and the same emoji in colour, for image-to-image translation",
    target: { type: "image", shape: [3, 64, 64] },
    count: 1462,
    heldOut: 132,
  },
  {
    ...coloured("twemoji", "Twemoji", "CC BY 4.0"),
    summary: "Flat emoji; with noto, which draws the same things otherwise, for unpaired translation",
    count: 1524,
    heldOut: 147,
  },
  {
    ...coloured("noto", "Noto Emoji", "Apache 2.0"),
    summary: "Shaded emoji; with twemoji, which draws the same things otherwise, for unpaired translation",
    count: 1524,
    heldOut: 147,
  },
  generated("toy-gaussian", "The lecture's smallest example: one Gaussian on a line"),
  generated("toy-mixture", "Several Gaussians on a line, as the simplest test of mode dropping"),
  generated("toy-ring", "Eight narrow Gaussians on a circle"),
  generated("toy-grid", "Twenty-five narrow Gaussians in a square"),
  generated("toy-moons", "Two half circles that reach into each other"),
  generated("toy-swiss-roll", "A spiral: one connected, curved mode"),
  generated("toy-pinwheel", "Five bent arms around the origin"),
];

/** The entry of a name, or null. */
export const findBuiltIn = (name: string): CatalogueEntry | null =>
  builtIn.find((entry) => entry.name === name) ?? null;

/** What the analysis of a document asks: enough of a built-in data set to type the ports of a Dataset node, or null. */
export function builtInFacts(
  name: string,
): Pick<CatalogueEntry, "item" | "target" | "classes" | "count" | "heldOut"> | null {
  const entry = findBuiltIn(name);
  if (!entry) return null;
  const { item, target, classes, count, heldOut } = entry;
  return { item, target, classes, count, heldOut };
}

/** What the data sets of emoji have in common. */
function coloured(name: string, title: string, licence: string) {
  return {
    ...{ name, title, licence },
    kind: "stored",
    item: { type: "image", shape: [3, 64, 64] },
    target: null,
    classes: null,
    range: [0, 255],
  } as const;
}

function generated(name: ToyName, summary: string): CatalogueEntry {
  const { title, features, fields, classes } = toys[name];
  const defaults = Object.fromEntries(Object.entries(fields).map(([field, { default: value }]) => [field, value]));
  return {
    name,
    title,
    summary,
    kind: "generated",
    item: { type: "vector", shape: [features] },
    target: null,
    count: toyRows,
    heldOut: 0,
    classes: (classes as (params: Record<string, number>) => number | null)(defaults),
    range: null,
    licence: "none needed",
  };
}
