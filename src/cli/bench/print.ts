/** Results as text for a terminal and as Markdown: the same tables, with a column for whatever a figure's rows have. */
import type { Machine } from "./machine.ts";
import type { Cell, Figure, Row, Section, Spread, Target } from "./suite.ts";

/** One line: "AMD EPYC, 2 cores, 8 GB, Linux x64, load 0.4; node 20.20.2, …". */
export function describeMachine({ processor, cores, memory, system, load, versions }: Machine): string {
  const known = Object.entries(versions).map(([name, version]) => `${name} ${version ?? "absent"}`);
  return `${processor}, ${cores} cores, ${memory} GB, ${system}, load ${load}; ${known.join(", ")}`;
}

export function sectionText(section: Section): string {
  const parts = [underlined(section.title), section.text];
  for (const figure of section.figures) parts.push([...aligned([...table(figure)]), ...below(figure)].join("\n"));
  return [...parts, ...remarks(section)].join("\n\n");
}

/** @param plots file names of the section's drawn plots, in their order. */
export function sectionMarkdown(section: Section, plots: readonly string[] = []): string {
  const parts = [`## ${section.title}`, section.text];
  for (const figure of section.figures) {
    const [heading, ...rows] = table(figure);
    const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    parts.push([line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n"));
    if (below(figure).length > 0)
      parts.push(
        below(figure)
          .map((sentence) => `- ${sentence}`)
          .join("\n"),
      );
  }
  (section.plots ?? []).forEach(({ title }, at) => plots[at] && parts.push(`![${title}](${plots[at]})`));
  return [...parts, ...remarks(section)].join("\n\n");
}

const below = ({ targets = [], notes = [] }: Figure): string[] => [...targets.map(targetText), ...notes];

/** "met: relaxed SIMD against PyTorch, one thread: 1.32 × (at most 1.4 ×)". */
export function targetText({ what, atMost, unit, found }: Target): string {
  if (found === null) return `not measured: ${what} (at most ${digits(atMost)} ${unit})`;
  return `${found <= atMost ? "met" : "NOT MET"}: ${what}: ${digits(found)} ${unit} (at most ${digits(atMost)} ${unit})`;
}

/** Three digits that count, without an exponent for anything a person would write out. */
export function digits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -4) return value.toExponential(2);
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : value.toFixed(Math.min(6, Math.max(0, 2 - size)));
}

/** A heading, then a line for each row. */
function table({ case: name, unit, reference, rows }: Figure): readonly (readonly string[])[] {
  const extras = [...new Set(rows.flatMap(({ extra }) => Object.keys(extra)))];
  const heading = [name, unit, "least–most", ...(reference === null ? [] : [`× ${reference}`]), ...extras];
  const line = (row: Row): readonly string[] => [
    row.contestant,
    row.spread ? digits(row.spread.median) : (row.absent ?? "not measured"),
    row.spread && row.spread.count > 1 ? range(row.spread) : "",
    ...(reference === null ? [] : [row.ratio ? `${digits(row.ratio.median)} (${range(row.ratio)})` : ""]),
    ...extras.map((column) => cellText(row.extra[column] ?? null)),
  ];
  return withoutEmpty([heading, ...rows.map(line)]);
}

/** Leaves out columns with a heading and nothing below it. */
function withoutEmpty(lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const [heading, ...rows] = lines;
  const kept = heading.map((_, at) => rows.some((row) => row[at] !== ""));
  return lines.map((line) => line.filter((_, at) => kept[at]));
}

const range = ({ least, most }: Spread) => `${digits(least)}–${digits(most)}`;
const cellText = (cell: Cell) => (cell === null ? "" : typeof cell === "number" ? digits(cell) : cell);
const underlined = (title: string) => `${title}\n${"=".repeat(title.length)}`;

const remarks = ({ notes = [], failures = [] }: Section): string[] => [
  ...notes,
  ...failures.map((failure) => `FAILED: ${failure}`),
];

/** Columns side by side, the first flush left and the rest flush right; what is too long for its column closes its line. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const short = (cell: string, at: number) => cell.length <= (at === 0 ? 80 : 40);
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => (short(line[at], at) ? line[at].length : 0))));
  return lines.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join("  ")
      .trimEnd(),
  );
}
