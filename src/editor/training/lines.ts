/**
 * Who is who in charts: each loss and each optimizer belongs to the networks that it trains, and a network has one hue and one
 * dash wherever it is drawn. Who scores the samples is the critic, whatever it is called.
 */
import type { Analysis } from "../../core/analysis/analyze.ts";

/** Tokens of style/tokens.css, the critic's first. */
const hues = ["--loss", "--vector", "--image", "--label", "--tokens"] as const;
export type Hue = (typeof hues)[number];

/** Lengths of line and gap in CSS pixels: hue alone tells no one apart who cannot see it. */
const dashes: readonly (readonly number[])[] = [[], [10, 3], [3, 3], [10, 3, 2, 3], [1, 3]];

export interface Line {
  /** The node that computes the loss, or the optimizer. */
  readonly key: string;
  /** "discriminator": the network where the line is its only one, else the node's name. */
  readonly label: string;
  readonly hue: Hue;
  readonly dash: readonly number[];
  /** True for a loss that only counts within another. */
  readonly part: boolean;
}

/** How a network looks in charts, by name: critics first, then in the order of the training graph. */
export function huesOf({ training, networks }: Analysis): ReadonlyMap<string, Hue> {
  const found = new Map<string, Hue>();
  const critics: string[] = [];
  const others: string[] = [];
  for (const { critic, trains } of players(training)) (critic ? critics : others).push(...trains);
  const names = new Set([...critics, ...others, ...networks.keys()]);
  const start = critics.length > 0 ? 0 : 1;
  let at = start;
  for (const name of names) found.set(name, hues[at++ % hues.length]);
  return found;
}

/** Lines for the losses of these nodes; those that are parts of others come last. */
export const lossLines = (analysis: Analysis, keys: Iterable<string>): readonly Line[] =>
  linesOf(analysis, keys, (player) => player.losses);

/** Lines for what these optimizers measure. */
export const optimizerLines = (analysis: Analysis, keys: Iterable<string>): readonly Line[] =>
  linesOf(analysis, keys, (player) => [player.optimizer]);

interface Player {
  readonly optimizer: string;
  /** What it makes small, then the losses that this is made of. */
  readonly losses: readonly string[];
  readonly trains: readonly string[];
  readonly critic: boolean;
}

function linesOf(
  analysis: Analysis,
  keys: Iterable<string>,
  keysOf: (player: Player) => readonly string[],
): readonly Line[] {
  const hueOf = huesOf(analysis);
  const all = players(analysis.training);
  const used = new Map<Hue, number>();
  const found = [...keys].map((key) => {
    const whole = all.filter((player) => keysOf(player)[0] === key).flatMap(({ trains }) => trains);
    const within = all.filter((player) => keysOf(player).includes(key)).flatMap(({ trains }) => trains);
    return { key, whole, within, part: whole.length === 0 && within.length > 0 };
  });
  const ordered = [...found].sort((a, b) => Number(a.part) - Number(b.part));
  const lines = ordered.map(({ key, whole, within, part }): Line => {
    const hue = hueOf.get((part ? within : whole)[0] ?? "") ?? "--image";
    const again = used.get(hue) ?? 0;
    used.set(hue, again + 1);
    const label = whole.length > 0 ? [...new Set(whole)].join(", ") : key.replaceAll("_", " ");
    return { key, label, hue, part, dash: dashes[(hues.indexOf(hue) + again) % dashes.length] };
  });
  const twice = (label: string) => lines.filter((line) => line.label === label).length > 1;
  return lines.map((line) => (twice(line.label) ? { ...line, label: line.key.replaceAll("_", " ") } : line));
}

function players({ nodes, sample }: Analysis["training"]): readonly Player[] {
  const scorers = new Set(
    [...nodes.values()].flatMap((node) =>
      node.role === "call" && node.inputs.some((input) => sample !== null && input.node === sample) ? node.network : [],
    ),
  );
  /** A loss and, through what only adds and weighs, the losses below it. */
  const lossesOf = (id: string | null): readonly string[] => {
    const node = id === null ? undefined : nodes.get(id);
    if (node?.role !== "function") return [];
    const below = node.inputs.filter(({ type }) => type?.type === "loss").flatMap((input) => lossesOf(input.node));
    return [node.id, ...below];
  };
  return [...nodes.values()].flatMap((node): Player[] => {
    if (node.role !== "sink") return [];
    const trains = node.kind.trains(node.params);
    const critic = trains.some((network) => scorers.has(network));
    return [{ optimizer: node.id, losses: lossesOf(node.inputs[0]?.node ?? null), trains, critic }];
  });
}
