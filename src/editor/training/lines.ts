/**
 * Who is who in charts: each loss and each optimizer belongs to the networks that it trains, and a network has one hue and one
 * dash wherever it is drawn. What scores the critic decides who is the critic, not a name.
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

/** Lines for the losses of these nodes. */
export const lossLines = (analysis: Analysis, keys: Iterable<string>): readonly Line[] =>
  linesOf(analysis, keys, (player) => player.loss);

/** Lines for what these optimizers measure. */
export const optimizerLines = (analysis: Analysis, keys: Iterable<string>): readonly Line[] =>
  linesOf(analysis, keys, (player) => player.optimizer);

interface Player {
  readonly optimizer: string;
  readonly loss: string | null;
  readonly trains: readonly string[];
  readonly critic: boolean;
}

function linesOf(
  analysis: Analysis,
  keys: Iterable<string>,
  keyOf: (player: Player) => string | null,
): readonly Line[] {
  const hueOf = huesOf(analysis);
  const all = players(analysis.training);
  const used = new Map<Hue, number>();
  const lines = [...keys].map((key): Line => {
    const trains = all.filter((player) => keyOf(player) === key).flatMap((player) => player.trains);
    const hue = hueOf.get(trains[0] ?? "") ?? "--image";
    const again = used.get(hue) ?? 0;
    used.set(hue, again + 1);
    const label = trains.length > 0 ? [...new Set(trains)].join(", ") : key.replaceAll("_", " ");
    return { key, label, hue, dash: dashes[(hues.indexOf(hue) + again) % dashes.length] };
  });
  const twice = (label: string) => lines.filter((line) => line.label === label).length > 1;
  return lines.map((line) => (twice(line.label) ? { ...line, label: line.key.replaceAll("_", " ") } : line));
}

function players({ nodes }: Analysis["training"]): readonly Player[] {
  return [...nodes.values()].flatMap((node): Player[] => {
    if (node.role !== "sink") return [];
    const loss = node.inputs[0]?.node ?? null;
    const scorer = loss === null ? undefined : nodes.get(loss);
    const critic = scorer?.role === "function" && (scorer.kind.critic?.(scorer.params) ?? false);
    return [{ optimizer: node.id, loss, trains: node.kind.trains(node.params), critic }];
  });
}
