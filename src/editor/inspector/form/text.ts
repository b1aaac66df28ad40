/** What stands in a field's box: text to value and back, and what an arrow key makes of a number. No React. */
import type { Field } from "../../../core/kind/fields.ts";

/** A text as a value to write: undefined leaves the parameter out. Or the sentence that says why it is none. */
export type Reading = { readonly value: unknown } | { readonly fault: string };

export const isFault = (reading: Reading): reading is { readonly fault: string } => "fault" in reading;

/** @param references names of the block's parameters, without "$"; null where there is no block around */
export function readText(field: Field<unknown>, text: string, references: readonly string[] | null = null): Reading {
  const written = text.trim();
  if (written === "") return { value: undefined };
  if (written.startsWith("$") && references) {
    if (references.includes(written.slice(1))) return { value: written };
    return { fault: `This block has no parameter ${written}.` };
  }
  const value = valueOf(field, written);
  return field.read(value) === undefined ? { fault: wantedSentence(field) } : { value };
}

/** Why a value that is there already cannot be read; null where it can. */
export const faultOf = (field: Field<unknown>, written: unknown): string | null =>
  written === undefined || field.read(written) !== undefined ? null : wantedSentence(field);

const wantedSentence = ({ wanted, optional }: Field<unknown>): string =>
  `This takes ${optional ? wanted.replace(/, or null$/, ", or nothing") : wanted}.`;

/** The value of a field as its box shows it: "4×4", "0.5, 0.999", "1e-8". */
export function textOf(field: Field<unknown>, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) {
    const [first] = value as unknown[];
    if (field.widget === "pair" && value.length === 2 && value[1] === first) return String(first);
    return value
      .map((member) => textOf(field.member ?? field, member))
      .join(field.widget === "pair" ? "×" : (field.joint ?? ", "));
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * The number that an arrow key leads to: a step up or down, ten with Shift, kept within the field's bounds. A number
 * without a step of its own moves in its last digit: 0.0002 by 0.0001. Null where there is no way further.
 */
export function stepped(field: Field<unknown>, from: number, direction: 1 | -1, large: boolean): number | null {
  const { step, min = -Infinity, max = Infinity, below = Infinity } = field.bounds ?? {};
  const size = (step ?? lastDigit(from)) * (large ? 10 : 1);
  const reached = tidy(from + direction * size);
  const kept = Math.min(Math.max(reached, min), max);
  if (kept !== from && field.read(kept) !== undefined) return kept;
  if (step !== undefined || from === 0) return null;
  // a bound that is itself not allowed is neared in ever smaller steps
  const nearer = tidy(from + direction * lastDigit(from) * (below !== Infinity || direction < 0 ? 0.1 : 1));
  return nearer !== from && field.read(nearer) !== undefined ? nearer : null;
}

function valueOf(field: Field<unknown>, text: string): unknown {
  switch (field.widget) {
    case "integer":
    case "number":
      return numberOf(text);
    case "pair": {
      const parts = text.split(/\s*[×x*,;\s]\s*/u).map(numberOf);
      return parts.length === 1 ? parts[0] : parts;
    }
    case "list":
      return text
        .replace(/^\[(.*)\]$/, "$1")
        .split(field.member?.widget === "text" ? /\s*[,;]\s*/ : /\s*[×x*,;\s]\s*/u)
        .filter((part) => part !== "")
        .map((part) => valueOf(field.member!, part));
    case "switch":
      return { on: true, true: true, off: false, false: false }[text] ?? text;
    case "choice":
    case "text":
      return text;
    case "group":
      return json(text);
  }
}

/** NaN, which no field takes, where the text is no number. A true minus and grouped thousands are read too. */
function numberOf(text: string): number {
  const plain = text.replace("−", "-");
  const ungrouped = /^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(",", "") : plain;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(ungrouped) ? Number(ungrouped) : NaN;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** One in the last digit that a number is written with: 0.0002 → 0.0001, 0.5 → 0.1, 3 → 1, 1e-8 → 1e-8. */
function lastDigit(value: number): number {
  if (value === 0) return 0.1;
  const [digits, exponent = "0"] = String(Math.abs(value)).split("e");
  const decimals = digits.split(".")[1]?.length ?? 0;
  return tidy(10 ** (Number(exponent) - decimals));
}

/** Without the noise of binary fractions: 0.1 + 0.2 is 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(12));
