/** The objectives of a GAN in numbers: what each player's loss is at chance, and how hard a lost generator is pulled. */
import { example } from "../../core/kind/arithmetic.ts";
import type { Arithmetic } from "../../core/kind/kind.ts";

export type Objective =
  "minimax" | "non-saturating" | "least-squares" | "wasserstein" | "hinge" | "relativistic-average";

/** Two lines of the discriminator's loss; its target of real scores is 1, or less with smoothed labels. */
export function discriminatorArithmetic(objective: Objective, target: number): readonly Arithmetic[] {
  const { formula, loss, chance, right } = discriminators[objective];
  const aimed = target === 1 ? undefined : smoothed[objective];
  const at = (quantity: string, [real, fake]: Scores) =>
    example(quantity, aimed ?? formula, { real, fake, ...(aimed && { t: target }) }, loss(real, fake, target));
  return [at("loss at chance", chance(target)), at("loss when it sees through", right)];
}

/** The generator's loss where the discriminator is undecided, and its slope where a fake is seen through. */
export function generatorArithmetic(objective: Objective): readonly Arithmetic[] {
  const { formula, loss, chance, slope, derivative, real = {} } = generators[objective];
  return [
    example("loss at chance", formula, { ...real, fake: chance }, loss(chance)),
    example("slope at a fake seen through", slope, { ...real, fake: seenThrough }, derivative(seenThrough)),
  ];
}

/** The score of a fake that the discriminator is almost certain of: σ(−4) is 0.018. */
const seenThrough = -4;

type Scores = readonly [real: number, fake: number];
interface Discriminator {
  readonly formula: string;
  loss(real: number, fake: number, target: number): number;
  /** The scores of a discriminator that cannot tell. */
  chance(target: number): Scores;
  readonly right: Scores;
}
interface Generator {
  readonly formula: string;
  loss(fake: number): number;
  readonly chance: number;
  readonly slope: string;
  derivative(fake: number): number;
  /** Where the loss compares with data: the score of data in the example. */
  readonly real?: { readonly real: 0 };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** −ln σ(−x) = ln(1 + eˣ) */
const softplus = (x: number): number => Math.log1p(Math.exp(x));

const logistic: Discriminator = {
  formula: "−ln σ(real) − ln(1 − σ(fake))",
  loss: (real, fake, t) => softplus(real) - t * real + softplus(fake),
  chance: () => [0, 0],
  right: [2, -2],
};
const discriminators: Record<Objective, Discriminator> = {
  minimax: logistic,
  "non-saturating": logistic,
  "least-squares": {
    formula: "(real − 1)² + fake²",
    loss: (real, fake, t) => (real - t) ** 2 + fake ** 2,
    chance: (t) => [t / 2, t / 2],
    right: [1, 0],
  },
  wasserstein: {
    formula: "fake − real",
    loss: (real, fake) => fake - real,
    chance: () => [0, 0],
    right: [2, -2],
  },
  hinge: {
    formula: "max(0, 1 − real) + max(0, 1 + fake)",
    loss: (real, fake) => Math.max(0, 1 - real) + Math.max(0, 1 + fake),
    chance: () => [0, 0],
    right: [2, -2],
  },
  "relativistic-average": {
    formula: "−ln σ(real − fake) − ln(1 − σ(fake − real))",
    loss: (real, fake, t) => softplus(real - fake) - t * (real - fake) + softplus(fake - real),
    chance: () => [0, 0],
    right: [2, -2],
  },
};

const smoothedLogistic = "−t·ln σ(real) − (1 − t)·ln(1 − σ(real)) − ln(1 − σ(fake))";
/** The formulas of those that have a target. */
const smoothed: Readonly<Partial<Record<Objective, string>>> = {
  minimax: smoothedLogistic,
  "non-saturating": smoothedLogistic,
  "least-squares": "(real − t)² + fake²",
  "relativistic-average": "−t·ln σ(real − fake) − (1 − t)·ln(1 − σ(real − fake)) − ln(1 − σ(fake − real))",
};

const raised: Generator = { formula: "−fake", loss: (fake) => -fake, chance: 0, slope: "−1", derivative: () => -1 };
const generators: Record<Objective, Generator> = {
  minimax: {
    formula: "ln(1 − σ(fake))",
    loss: (fake) => -softplus(fake),
    chance: 0,
    slope: "−σ(fake)",
    derivative: (fake) => -sigmoid(fake),
  },
  "non-saturating": {
    formula: "−ln σ(fake)",
    loss: (fake) => softplus(-fake),
    chance: 0,
    slope: "σ(fake) − 1",
    derivative: (fake) => sigmoid(fake) - 1,
  },
  "least-squares": {
    formula: "(fake − 1)²",
    loss: (fake) => (fake - 1) ** 2,
    chance: 0.5,
    slope: "2·(fake − 1)",
    derivative: (fake) => 2 * (fake - 1),
  },
  wasserstein: raised,
  hinge: raised,
  "relativistic-average": {
    formula: "−ln σ(fake − real) − ln(1 − σ(real − fake))",
    loss: (fake) => 2 * softplus(-fake),
    chance: 0,
    slope: "−2·σ(real − fake)",
    derivative: (fake) => -2 * sigmoid(-fake),
    real: { real: 0 },
  },
};
