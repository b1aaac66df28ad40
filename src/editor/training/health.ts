/**
 * What a look at a run's latest snapshots says in words. Thresholds are for telling, not for proof: they are stated here and
 * beside the sentence, and nothing is said before there is something to see.
 */
import type { Snapshot } from "../../session/protocol.ts";
import { figures } from "./words.ts";

export interface Finding {
  readonly tone: "good" | "plain" | "warn";
  readonly text: string;
}

/** Below this part of the data's spread, samples look alike; below the second, they are less varied. */
const alike = 0.25;
const narrow = 0.7;
const wide = 1.5;

/** Iterations in which nothing has been learned yet. */
const young = 100;
/** A spread that has grown by this much since the last look: samples drift apart. */
const grown = 1.1;

/**
 * Compares the mean pairwise distance of samples with that of as many rows of data. Samples of a young run look alike
 * too; what tells a collapse is that they do not drift apart.
 * @param before the snapshot before this one
 */
export function spreadFinding({ spread, iteration }: Snapshot, before: Snapshot | null = null): Finding | null {
  if (!spread || !(spread.data > 0) || !Number.isFinite(spread.samples)) return null;
  const ratio = spread.samples / spread.data;
  const beside = `spread ${figures(spread.samples, 3)}, the data's ${figures(spread.data, 3)}`;
  if (iteration === 0) return { tone: "plain", text: `Before training: ${beside}` };
  const drifts = before?.spread && spread.samples > before.spread.samples * grown;
  if (ratio < alike && (drifts || iteration < young))
    return { tone: "plain", text: `Samples look alike so far: ${beside}` };
  if (ratio < alike) return { tone: "warn", text: `Samples look alike: ${beside}. Mode collapse?` };
  if (ratio < narrow) return { tone: "plain", text: `Samples are less varied than the data: ${beside}` };
  if (ratio > wide) return { tone: "plain", text: `Samples lie further apart than the data: ${beside}` };
  return { tone: "good", text: "Samples are as varied as the data" };
}

/** Whether a gradient still says something. `norms` are an optimizer's latest. */
export function gradientFinding(label: string, norms: Float32Array): Finding | null {
  if (norms.length < 20) return null;
  const sorted = [...norms].filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted[sorted.length >> 1];
  if (middle < 1e-6) return { tone: "warn", text: `${label} hardly learns any more: its gradient vanishes` };
  if (middle > 1e4) return { tone: "warn", text: `${label}'s gradient is very large: lower its rate or clip it` };
  return null;
}

export const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
