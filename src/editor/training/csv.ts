/** What training measured as a table for other programs: RFC 4180, one row an iteration. */
import type { Series } from "./training.ts";

/** Columns: iteration, each loss by its node, each gradient norm by its optimizer. Empty where nothing was measured. */
export function toCsv({ length, iterations, losses, gradients }: Series): string {
  const columns = [
    ...[...losses].map(([node, column]) => ({ name: node, column })),
    ...[...gradients].map(([optimizer, column]) => ({ name: `gradient norm ${optimizer}`, column })),
  ];
  const lines = [["iteration", ...columns.map(({ name }) => quoted(name))].join(",")];
  for (let row = 0; row < length; row++)
    lines.push([iterations[row], ...columns.map(({ column }) => cell(column[row]))].join(","));
  return `${lines.join("\r\n")}\r\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** Nine figures give back every float32. */
const cell = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(9))) : "");
