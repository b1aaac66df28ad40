/** Where a network's figure puts things: rows one after another along the flow, everything else across it. */
import type { Row } from "./rows.ts";
import { element, type Point } from "./svg.ts";
import { sizes, type Theme } from "./theme.ts";

export type Direction = "down" | "right";

/** `along` the flow and `across` it, in pixels from the first card's corner. */
export interface Plan {
  readonly rows: readonly Row[];
  readonly theme: Theme;
  readonly direction: Direction;
  readonly card: { readonly along: number; readonly across: number };
  /** From one card's beginning to the next one's. */
  readonly pitch: number;
  at(along: number, across: number): Point;
}

export const shapeStyle = { size: sizes.small, mono: true };

/** The end of a wire. */
export const dot = ({ x, y }: Point, colour: string, theme: Theme): string =>
  element("circle", { cx: x, cy: y, r: 3, fill: theme.card, stroke: colour, "stroke-width": 1.5 });
