/** The differences of a proof as bars, and small numbers in words. */
import type { ExportProof } from "../../session/protocol.ts";

export interface Bars {
  /** `part` of the tallest, 0 … 1. The first are equal numbers, the last those that differ by 1 or more. */
  readonly bars: readonly { readonly below: number; readonly part: number }[];
  /** Where the tolerance lies: so many bars from the left, within a bar by its power of ten. */
  readonly limit: number;
}

export function barsOf(spread: ExportProof["spread"], tolerance: number): Bars {
  const most = Math.max(1, ...spread.map(({ count }) => count));
  const bars = spread.map(({ below, count }) => ({ below, part: count / most }));
  const at = Math.max(
    1,
    spread.findIndex(({ below }) => tolerance <= below),
  );
  const above = spread[at]?.below ?? Infinity;
  const within = Number.isFinite(above) ? Math.min(1, 1 + Math.log10(tolerance / above)) : 0;
  return { bars, limit: at + Math.max(0, within) };
}

/** "10⁻⁶" */
export const powerOfTen = (value: number): string =>
  Number.isFinite(value)
    ? `10${[...String(Math.round(Math.log10(value)))].map((digit) => superscripts[digit] ?? digit).join("")}`
    : "∞";

const superscripts: Readonly<Record<string, string>> = {
  ...{ "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" },
};

/** Two digits that count: "2.4e-6", "1e-4", "0.02", "0.5", "0". */
export function smallNumber(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential().replace(".0e", "e") : String(rounded);
}
