/** Wires between rows that are no neighbours: each in a lane beside the cards, none along another. */
import { wireText } from "./labels.ts";
import { dot, shapeStyle, type Plan } from "./plan.ts";
import type { Row } from "./rows.ts";
import { element, short, text, textWidth } from "./svg.ts";

/** A value that rows other than the next one take. */
export interface Skip {
  /** The row that gives it, the last that takes it, and all that do. */
  readonly from: number;
  readonly to: number;
  readonly takers: readonly number[];
}

export function skipsOf(rows: readonly Row[]): Skip[] {
  const takers = rows.map((): number[] => []);
  rows.forEach((row, index) => {
    for (const from of new Set(row.from)) if (index > from + 1) takers[from].push(index);
  });
  return takers.flatMap((some, from) => (some.length === 0 ? [] : [{ from, to: some[some.length - 1], takers: some }]));
}

/** Lane of each skip, 0 the innermost. Short ones lie inside, so that nested skips do not cross. */
export function lanesOf(skips: readonly Skip[]): number[] {
  const lanes: Skip[][] = [];
  const chosen = new Array<number>(skips.length).fill(0);
  const byLength = skips.map((_, index) => index).sort((a, b) => extent(skips[a]) - extent(skips[b]) || a - b);
  for (const index of byLength) {
    const free = lanes.findIndex((taken) => taken.every((other) => apart(other, skips[index])));
    chosen[index] = free < 0 ? lanes.length : free;
    (lanes[chosen[index]] ??= []).push(skips[index]);
  }
  return chosen;
}

const extent = ({ from, to }: Skip): number => to - from;
const apart = (a: Skip, b: Skip): boolean => a.to <= b.from || b.to <= a.from;

export const laneOffset = (lane: number): number => 24 + 20 * lane;

/** Leaves a card at its side, runs along its lane, and enters each taker's side; its shape stands on the lane. */
export function drawSkip({ rows, theme, direction, card, pitch, at }: Plan, skip: Skip, lane: number): string {
  const type = rows[skip.from].type!;
  const colour = theme.flow[type.type];
  const offset = laneOffset(lane);
  const start = skip.from * pitch + card.along / 2 + 6;
  const round = 16;
  const point = (along: number, across: number) => {
    const { x, y } = at(along, across);
    return `${short(x)} ${short(y)}`;
  };
  const path = (taker: number) => {
    const end = taker * pitch + card.along / 2 - 6;
    return (
      `M${point(start, 0)} L${point(start, round - offset)} Q${point(start, -offset)} ${point(start + round, -offset)} ` +
      `L${point(end - round, -offset)} Q${point(end, -offset)} ${point(end, round - offset)} L${point(end, 0)}`
    );
  };
  const lines = skip.takers.map((taker) =>
    element("path", { d: path(taker), fill: "none", stroke: colour, "stroke-width": 1.75 }),
  );
  const ends = [start, ...skip.takers.map((taker) => taker * pitch + card.along / 2 - 6)].map((along) =>
    dot(at(along, 0), colour, theme),
  );
  const middle = at((skip.from + skip.takers[0]) * (pitch / 2) + card.along / 2, -offset);
  const upright = direction === "down";
  const label = wireText(type);
  const [long, high] = [textWidth(label, shapeStyle) + 8, 14];
  const [width, height] = upright ? [high, long] : [long, high];
  const gap = { x: middle.x - width / 2, y: middle.y - height / 2, width, height, fill: theme.paper };
  return element(
    "g",
    { class: "skip" },
    ...lines,
    ...ends,
    element("rect", gap),
    text(label, middle.x, middle.y, { ...shapeStyle, fill: theme.muted, anchor: "middle", upright }),
  );
}
