/** What all charts share: the sheet with its title and legend, axes with round ticks, the grid. SVG as text. */
import { escapeXml, lettering, letteringWidth } from "./lettering.ts";

export const ink = {
  text: "#1b1b22",
  muted: "#6a6a78",
  faint: "#9a9aa8",
  line: "#e4e4ea",
  strong: "#cfcfd8",
  data: "#9a9aa8",
  samples: "#5546e8",
};

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
export interface Axis {
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  at(value: number): number;
}
export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly value?: number | null;
}

/** The whole SVG; its title is also there for those who cannot see it. */
export function frame(width: number, height: number, title: string, parts: readonly string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img"><title>${escapeXml(title)}</title><rect width="${w}" height="${h}" fill="#ffffff"/>${parts.join("")}</svg>\n`;
}

/** The title, and what each colour means with its last value: on the right, or below where both do not fit in a line. */
export function heading(title: string, box: Box, legend: readonly LegendEntry[]): string {
  const entries = legend.map(({ name, colour, value = null }) => ({
    name,
    colour,
    number: value === null ? "" : printValue(value),
  }));
  const widthOf = ({ name, number }: (typeof entries)[number]) =>
    22 + letteringWidth(name, 12) + (number ? 7 + letteringWidth(number, 12) : 0);
  const total = entries.reduce((width, entry) => width + widthOf(entry) + 22, -22);
  const beside = 24 + letteringWidth(title, 15) + 32 + total <= box.right;
  const y = beside ? 30 : 49;
  let x = beside ? box.right - total : 24;
  const parts = entries.map((entry) => {
    const { name, colour, number } = entry;
    const start = x;
    x += widthOf(entry) + 22;
    return [
      `<path d="M${fixed(start)} ${y - 4}h14" stroke="${colour}" stroke-width="3" stroke-linecap="round"/>`,
      lettering(name, start + 22, y, { size: 12, colour: ink.muted }),
      number && lettering(number, x - 22, y, { size: 12, colour: ink.text, anchor: "end" }),
    ].join("");
  });
  return (
    lettering(shortened(title, box.right - 24, 15), 24, 31, { size: 15, colour: ink.text, bold: true }) + parts.join("")
  );
}

/** What fits of a text, with three dots where something is left out. */
function shortened(text: string, room: number, size: number): string {
  let shown = text;
  while (letteringWidth(shown, size) > room) shown = `${shown.replace(/\.\.\.$/, "").slice(0, -1)}...`;
  return shown;
}

export function grid(x: Axis, y: Axis, box: Box, lines: { horizontal?: boolean; vertical?: boolean }): string {
  const rules = [
    ...(lines.horizontal ? y.ticks.map(({ at }) => `M${box.left} ${fixed(at)}H${box.right}`) : []),
    ...(lines.vertical ? x.ticks.map(({ at }) => `M${fixed(at)} ${box.top}V${box.bottom}`) : []),
  ];
  const small = { size: 11, colour: ink.muted } as const;
  return [
    `<path d="${rules.join("")}" stroke="${ink.line}" fill="none"/>`,
    lines.vertical ? "" : `<path d="M${box.left} ${box.bottom}H${box.right}" stroke="${ink.strong}"/>`,
    ...y.ticks.map(({ at, label }) => lettering(label, box.left - 10, at + 4, { ...small, anchor: "end" })),
    ...x.ticks.map(({ at, label }) => {
      const within = Math.min(at, box.right + 20 - letteringWidth(label, small.size) / 2);
      return lettering(label, within, box.bottom + 20, { ...small, anchor: "middle" });
    }),
  ].join("");
}

/** Cut off at the box. */
export const inside = ({ left, top, right, bottom }: Box, content: string) =>
  `<svg x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" viewBox="${left} ${top} ${right - left} ${bottom - top}">${content}</svg>`;

/** A linear axis with about `wanted` round ticks; `widen` moves its ends to ticks. */
export function axis(low: number, high: number, from: number, to: number, wanted: number, widen: boolean): Axis {
  let [start, end] = Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [0, 1];
  const room = Math.max(0.5, Math.abs(start) / 1000);
  if (end - start < 1e-9 * Math.max(1, Math.abs(start))) [start, end] = [start - room, end + room];
  const step = roundStep((end - start) / wanted);
  if (widen) [start, end] = [Math.floor(start / step + 1e-9) * step, Math.ceil(end / step - 1e-9) * step];
  const at = (value: number) => from + ((value - start) / (end - start)) * (to - from);
  const first = Math.ceil(start / step - 1e-9);
  const count = Math.floor(end / step + 1e-9) - first + 1;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const label = (value: number) => {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    const extreme = Math.abs(value) >= 1e9 || decimals > 4;
    return (extreme ? value.toExponential(1) : value.toLocaleString("en", digits)).replace("-", "−");
  };
  const ticks = Array.from({ length: count }, (_, n) => (first + n) * step).map((value) => ({
    at: at(value),
    label: label(value === 0 ? 0 : value),
  }));
  return { at, ticks };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9))!;
}

function printValue(value: number): string {
  const usual = value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 1000);
  return (usual ? value.toFixed(3) : value.toPrecision(4)).replace("-", "−");
}

/** To a tenth of a pixel. */
export const fixed = (value: number) => Math.round(value * 10) / 10;
