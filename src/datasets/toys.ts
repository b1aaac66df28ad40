/**
 * Data sets that are formulas: distributions in one or two dimensions whose modes can be counted and plotted. A toy's rows
 * follow from its parameters and the random source alone. Each says in which order it asks that source, because other
 * implementations must ask in the same order to draw the same rows.
 */
import type { RandomSource, VectorSet } from "./types.ts";

export interface ToyField {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer?: true;
  readonly help: string;
}
type ToyFields = Readonly<Record<string, ToyField>>;
type ToyParams<Fields extends ToyFields> = { readonly [Name in keyof Fields]: number };

interface Drawn {
  /** count · features numbers. */
  readonly data: Float32Array;
  readonly labels?: Uint8Array;
}

export interface Toy<Fields extends ToyFields = ToyFields> {
  readonly title: string;
  readonly features: 1 | 2;
  readonly fields: Fields;
  /** How many labels there are; null where rows have none. */
  classes(params: ToyParams<Fields>): number | null;
  draw(count: number, params: ToyParams<Fields>, random: RandomSource): Drawn;
  /** Where its modes lie and their standard deviation, for counting how many are covered; null where it has none. */
  modes(params: ToyParams<Fields>): { readonly centres: readonly (readonly number[])[]; readonly std: number } | null;
}

export const toyRows = 10_000;

export type ToyName = keyof typeof toys;
export const isToy = (name: string): name is ToyName => Object.hasOwn(toys, name);

/**
 * @param params by field; what is left out takes its default
 * @throws RangeError for a value out of its field's bounds, or an unknown field
 */
export function drawToy(
  name: ToyName,
  random: RandomSource,
  params: Readonly<Record<string, number>> = {},
  count = toyRows,
): VectorSet {
  const toy: Toy = toys[name];
  const all = toyParams(name, params);
  const { data, labels } = toy.draw(count, all, random);
  const classes = toy.classes(all);
  const set: VectorSet = {
    name,
    title: toy.title,
    count,
    item: { type: "vector", shape: [toy.features] },
    data,
    licence: "none needed",
    source: "generated",
  };
  return labels && classes !== null
    ? { ...set, labels, classes: Array.from({ length: classes }, (_, k) => String(k)) }
    : set;
}

/** The modes of a toy, [F] each; null for one without modes. */
export const toyModes = (name: ToyName, params: Readonly<Record<string, number>> = {}) =>
  (toys[name] as Toy).modes(toyParams(name, params));

function toyParams(name: ToyName, given: Readonly<Record<string, number>>): Record<string, number> {
  const { fields }: Toy = toys[name];
  for (const [param, value] of Object.entries(given)) {
    const field = Object.hasOwn(fields, param) ? fields[param] : null;
    if (!field) throw new RangeError(`${name} has no parameter ${param}; it has ${Object.keys(fields).join(", ")}`);
    if (!(value >= field.min && value <= field.max) || (field.integer && !Number.isInteger(value)))
      throw new RangeError(
        `${name}: ${param} is ${value}; ${field.integer ? "a whole number" : "a number"} in ${field.min}..${field.max} is wanted`,
      );
  }
  return Object.fromEntries(Object.entries(fields).map(([param, field]) => [param, given[param] ?? field.default]));
}

const toy = <const Fields extends ToyFields>(definition: Toy<Fields>): Toy<Fields> => definition;
const length = (value: number, help: string): ToyField => ({ default: value, min: 0, max: 1000, help });
const howMany = (value: number, help: string) => ({ default: value, min: 1, max: 100, integer: true, help }) as const;

const gaussian = toy({
  title: "Gaussian in one dimension",
  features: 1,
  fields: {
    mean: { default: 3, min: -1000, max: 1000, help: "Where it is centred" },
    std: length(1, "Its standard deviation"),
  },
  classes: () => null,
  modes: ({ mean, std }) => ({ centres: [[mean]], std }),
  /** normal(count). */
  draw: (count, { mean, std }, random) => ({ data: random.normal(count).map((z) => mean + std * z) }),
});

const mixture = toy({
  title: "Mixture of Gaussians in one dimension",
  features: 1,
  fields: {
    modes: howMany(3, "How many Gaussians, equally likely"),
    spacing: length(4, "From one mean to the next; their middle is 0"),
    std: length(0.5, "The standard deviation of each"),
  },
  classes: ({ modes }) => modes,
  modes: (params) => ({ centres: mixtureCentres(params), std: params.std }),
  draw: (count, params, random) => aroundCentres(count, mixtureCentres(params), params.std, random),
});
const mixtureCentres = ({ modes, spacing }: { modes: number; spacing: number }) =>
  Array.from({ length: modes }, (_, k) => [(k - (modes - 1) / 2) * spacing]);

const ring = toy({
  title: "Ring of Gaussians",
  features: 2,
  fields: {
    modes: howMany(8, "How many Gaussians on the circle"),
    radius: length(1, "The circle's radius"),
    std: length(0.01, "The standard deviation of each, in both directions"),
  },
  classes: ({ modes }) => modes,
  modes: (params) => ({ centres: ringCentres(params), std: params.std }),
  draw: (count, params, random) => aroundCentres(count, ringCentres(params), params.std, random),
});
/** Counter-clockwise from (radius, 0). */
const ringCentres = ({ modes, radius }: { modes: number; radius: number }) =>
  Array.from({ length: modes }, (_, k) => [
    radius * Math.cos((2 * Math.PI * k) / modes),
    radius * Math.sin((2 * Math.PI * k) / modes),
  ]);

const grid = toy({
  title: "Grid of Gaussians",
  features: 2,
  fields: {
    side: { default: 5, min: 1, max: 10, integer: true, help: "Gaussians in a row and in a column" },
    spacing: length(2, "From one mean to the next; their middle is the origin"),
    std: length(0.05, "The standard deviation of each, in both directions"),
  },
  classes: ({ side }) => side * side,
  modes: (params) => ({ centres: gridCentres(params), std: params.std }),
  draw: (count, params, random) => aroundCentres(count, gridCentres(params), params.std, random),
});
/** Row by row from the lower left. */
const gridCentres = ({ side, spacing }: { side: number; spacing: number }) => {
  const at = (k: number) => (k - (side - 1) / 2) * spacing;
  return Array.from({ length: side * side }, (_, k) => [at(k % side), at(Math.floor(k / side))]);
};

const moons = toy({
  title: "Two moons",
  features: 2,
  fields: { std: length(0.05, "Standard deviation of the noise around the half circles") },
  classes: () => 2,
  modes: () => null,
  /** The half circles of scikit-learn's make_moons. uniform(count) the moon, uniform(count) the angle, normal(2 · count). */
  draw(count, { std }, random) {
    const labels = choices(count, 2, random);
    const angle = random.uniform(count).map((u) => Math.PI * u);
    const point = (n: number) =>
      labels[n] === 0 ? [Math.cos(angle[n]), Math.sin(angle[n])] : [1 - Math.cos(angle[n]), 0.5 - Math.sin(angle[n])];
    return { data: withNoise(count, point, std, random), labels };
  },
});

const swissRoll = toy({
  title: "Swiss roll",
  features: 2,
  fields: {
    radius: length(3, "The distance of the outer end from the middle"),
    std: length(0.05, "Standard deviation of the noise around the spiral"),
  },
  classes: () => null,
  modes: () => null,
  /** scikit-learn's spiral seen from above: angle from 1.5π to 4.5π, distance in proportion. uniform(count), normal(2 · count). */
  draw(count, { radius, std }, random) {
    const angle = random.uniform(count).map((u) => 1.5 * Math.PI * (1 + 2 * u));
    const unit = radius / (4.5 * Math.PI);
    return {
      data: withNoise(
        count,
        (n) => [unit * angle[n] * Math.cos(angle[n]), unit * angle[n] * Math.sin(angle[n])],
        std,
        random,
      ),
    };
  },
});

const pinwheel = toy({
  title: "Pinwheel",
  features: 2,
  fields: {
    arms: howMany(5, "How many arms"),
    radial_std: length(0.3, "Spread along an arm"),
    tangential_std: length(0.1, "Spread across it"),
    rate: { default: 0.25, min: -10, max: 10, help: "How strongly the arms are bent" },
    scale: length(2, "The distance of an arm's middle from the origin"),
  },
  classes: ({ arms }) => arms,
  modes: () => null,
  /**
   * Johnson et al., "Composing graphical models with neural networks" (2016): a Gaussian at (1, 0) turned by an angle that
   * grows with exp(x). uniform(count) the arm, normal(2 · count) the point.
   */
  draw(count, { arms, radial_std, tangential_std, rate, scale }, random) {
    const labels = choices(count, arms, random);
    const noise = random.normal(2 * count);
    const data = new Float32Array(2 * count);
    for (let n = 0; n < count; n++) {
      const x = 1 + radial_std * noise[2 * n];
      const y = tangential_std * noise[2 * n + 1];
      const angle = (2 * Math.PI * labels[n]) / arms + rate * Math.exp(x);
      data[2 * n] = scale * (x * Math.cos(angle) - y * Math.sin(angle));
      data[2 * n + 1] = scale * (x * Math.sin(angle) + y * Math.cos(angle));
    }
    return { data, labels };
  },
});

/** By the name that a Dataset node gives. */
export const toys = {
  "toy-gaussian": gaussian,
  "toy-mixture": mixture,
  "toy-ring": ring,
  "toy-grid": grid,
  "toy-moons": moons,
  "toy-swiss-roll": swissRoll,
  "toy-pinwheel": pinwheel,
} as const;

/** Equally likely Gaussians: uniform(count) the mode, normal(features · count) the deviation. */
function aroundCentres(
  count: number,
  centres: readonly (readonly number[])[],
  std: number,
  random: RandomSource,
): Drawn {
  const labels = choices(count, centres.length, random);
  return { data: withNoise(count, (n) => centres[labels[n]], std, random), labels };
}

const choices = (count: number, of: number, random: RandomSource) =>
  Uint8Array.from(random.uniform(count), (u) => Math.floor(u * of));

function withNoise(
  count: number,
  point: (n: number) => readonly number[],
  std: number,
  random: RandomSource,
): Float32Array {
  const features = point(0).length;
  const data = random.normal(count * features);
  for (let n = 0; n < count; n++)
    point(n).forEach((value, axis) => (data[n * features + axis] = value + std * data[n * features + axis]));
  return data;
}
