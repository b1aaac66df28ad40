/**
 * The figure of one network: a card for every layer in one line, wires between neighbours, skips as curves past the side,
 * and beside the cards the tensor wherever its shape changes.
 */
import type { NetworkProgram } from "../../core/program/types.ts";
import { cardSize, rowMarkup } from "./card.ts";
import type { Drawing } from "./frame.ts";
import { wireText } from "./labels.ts";
import { dot, shapeStyle, type Direction, type Plan } from "./plan.ts";
import { rowsOf, type Row, type RowGroup } from "./rows.ts";
import { drawSkip, lanesOf, laneOffset, skipsOf } from "./skips.ts";
import { element, pointList, text, textWidth } from "./svg.ts";
import { drawTensors } from "./tensor-line.ts";
import { sizes, type Theme } from "./theme.ts";

export function drawNetwork(network: NetworkProgram, theme: Theme, direction: Direction): Drawing {
  const { rows, groups } = rowsOf(network);
  const down = direction === "down";
  const labels = rows.map(({ type }) => (type ? textWidth(wireText(type), shapeStyle) : 0));
  const size = cardSize(rows, direction);
  const card = down ? { along: size.height, across: size.width } : { along: size.width, across: size.height };
  const gap = down ? 20 : Math.ceil((Math.max(0, ...labels) + 20) / 4) * 4;
  const skips = skipsOf(rows);
  const lanes = lanesOf(skips);
  const above = lanes.length === 0 ? 0 : laneOffset(Math.max(...lanes)) + 8;
  const at = (along: number, across: number) =>
    down ? { x: across + above, y: along } : { x: along, y: across + above };
  const plan: Plan = { rows, theme, direction, card, pitch: card.along + gap, at };

  const tensors = drawTensors(plan, groups.length > 0 ? 48 : 0);
  const body = [
    ...rows.map((row, index) => rowMarkup(row, { ...at(index * plan.pitch, 0), ...size }, theme, direction)),
    ...rows.map((_, index) => wire(plan, index)),
    ...skips.map((skip, index) => drawSkip(plan, skip, lanes[index])),
    ...rows.map((_, index) => wireLabel(plan, index)),
    ...groups.map((group) => bracket(plan, group)),
    tensors.markup,
  ].join("");
  const length = rows.length * plan.pitch - gap;
  const breadth = above + card.across + tensors.across;
  return down ? { body, width: breadth, height: length } : { body, width: length, height: breadth };
}

const feeds = (rows: readonly Row[], index: number): boolean => rows[index + 1]?.from.includes(index) ?? false;

/** From a row to the next, where that takes its value. */
function wire({ rows, theme, card, pitch, at }: Plan, index: number): string {
  const { type } = rows[index];
  if (!type || !feeds(rows, index)) return "";
  const [from, to] = [at(index * pitch + card.along, card.across / 2), at((index + 1) * pitch, card.across / 2)];
  const colour = theme.flow[type.type];
  const line = element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: colour, "stroke-width": 1.75 });
  return element("g", { class: "wire" }, line, dot(from, colour, theme), dot(to, colour, theme));
}

function wireLabel({ rows, theme, direction, card, pitch, at }: Plan, index: number): string {
  const { type } = rows[index];
  if (!type || !feeds(rows, index)) return "";
  const middle = at(((index + 1) * pitch + index * pitch + card.along) / 2, card.across / 2);
  const style = { ...shapeStyle, fill: theme.muted };
  return direction === "down"
    ? text(wireText(type), middle.x + 12, middle.y, style)
    : text(wireText(type), middle.x, middle.y - 12, { ...style, anchor: "middle" });
}

/** Past the cards, around the one copy that is drawn: "× 9". */
function bracket({ theme, card, pitch, at }: Plan, { first, last, times }: RowGroup): string {
  const [start, end] = [first * pitch, last * pitch + card.along];
  const points = [
    at(start, card.across + 8),
    at(start, card.across + 14),
    at(end, card.across + 14),
    at(end, card.across + 8),
  ];
  const middle = at((start + end) / 2, card.across + 34);
  return element(
    "g",
    { class: "repeat" },
    element("polyline", { points: pointList(points), fill: "none", stroke: theme.muted, "stroke-width": 1.25 }),
    text(`× ${times}`, middle.x, middle.y, { size: sizes.plain, bold: true, fill: theme.ink, anchor: "middle" }),
  );
}
