/** One layer's card: its kind, its parameters, its count of weights. */
import type { Direction } from "./plan.ts";
import type { Row } from "./rows.ts";
import { element, escapeXml, fitted, text, textWidth } from "./svg.ts";
import { sizes, type Theme } from "./theme.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const padding = 12;
const titleStyle = { size: sizes.strong, bold: true };
const plainStyle = { size: sizes.plain };
const countStyle = { size: sizes.plain, mono: true };

/** One size for all cards: what the longest needs, within bounds. Cards of figures to the right have a line for each text. */
export function cardSize(rows: readonly Row[], direction: Direction): { width: number; height: number } {
  const widths = rows.map(({ title, text, count }) => {
    const parts = [textWidth(title, titleStyle), textWidth(text, plainStyle), textWidth(count, countStyle)];
    return direction === "down" ? parts[0] + 8 + parts[1] + 16 + parts[2] : Math.max(...parts);
  });
  const [least, most] = direction === "down" ? [240, 440] : [104, 168];
  const wanted = Math.max(least, ...widths.map((width) => width + 2 * padding));
  return { width: Math.ceil(Math.min(most, wanted) / 4) * 4, height: direction === "down" ? 32 : 68 };
}

export function rowMarkup(row: Row, box: Box, theme: Theme, direction: Direction): string {
  const boundary = row.role !== "layer";
  return element(
    "g",
    { class: `row ${row.role}`, "data-id": row.id, "data-times": row.times > 1 ? row.times : undefined },
    `<title>${escapeXml(row.id)}</title>`,
    element("rect", {
      x: box.x,
      y: box.y,
      width: box.width,
      height: box.height,
      rx: boundary && direction === "down" ? box.height / 2 : 8,
      fill: theme.card,
      stroke: theme.line,
    }),
    direction === "down" ? inOneLine(row, box, theme) : inThreeLines(row, box, theme),
  );
}

function inOneLine({ title, text: said, count }: Row, { x, y, width, height }: Box, theme: Theme): string {
  const middle = y + height / 2;
  const name = fitted(title, width - 2 * padding, titleStyle);
  const begin = padding + textWidth(name, titleStyle) + 8;
  const reserved = count === "" ? 0 : textWidth(count, countStyle) + 16;
  const rest = fitted(said, width - begin - reserved - padding, plainStyle);
  return (
    text(
      name,
      x + padding,
      middle,
      { ...titleStyle, fill: theme.ink },
      rest === "" ? undefined : { content: rest, style: { ...plainStyle, fill: theme.muted } },
    ) + (count === "" ? "" : countText(count, x + width - padding, middle, "end", theme))
  );
}

function inThreeLines({ title, text: said, count }: Row, { x, y, width, height }: Box, theme: Theme): string {
  const room = width - 2 * padding;
  const style = { fill: theme.muted, anchor: "middle" } as const;
  const lines = [
    (at: number) =>
      text(fitted(title, room, titleStyle), x + width / 2, at, { ...style, ...titleStyle, fill: theme.ink }),
    ...(said === ""
      ? []
      : [(at: number) => text(fitted(said, room, plainStyle), x + width / 2, at, { ...style, ...plainStyle })]),
    ...(count === "" ? [] : [(at: number) => countText(count, x + width / 2, at, "middle", theme)]),
  ];
  const top = y + height / 2 - 9 * (lines.length - 1);
  return lines.map((line, index) => line(top + 18 * index)).join("");
}

const countText = (count: string, x: number, y: number, anchor: "middle" | "end", theme: Theme): string =>
  element("g", { class: "count" }, text(count, x, y, { ...countStyle, fill: theme.ink, anchor }));
