/** A diagnostic is a person's mistake as a value: a code, a place, facts, and perhaps edits that would mend it. */
import type { Edit } from "../document/edits.ts";
import { catalogue, type Code, type FactsOf, type Severity } from "./catalogue.ts";

export interface Place {
  /** "training", "networks.generator", "blocks.residual"; left out where the whole document is meant. */
  readonly graph?: string;
  readonly node?: string;
  readonly port?: string;
  readonly param?: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly at: Place;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly fix?: Fix;
}

export const diagnose = <C extends Code>(code: C, at: Place, facts: FactsOf<C>, fix?: Fix): Diagnostic => ({
  code,
  severity: catalogue[code].severity,
  at,
  facts: facts as Readonly<Record<string, unknown>>,
  ...(fix ? { fix } : {}),
});

/** What was found, what was wanted and what to do, without the place. */
export const sentence = ({ code, facts }: Diagnostic): string =>
  (catalogue[code].say as (facts: unknown) => string)(facts);

/** "generator / up3.kernel_size"; empty where the whole document is meant. */
export const printPlace = ({ graph, node, param }: Place): string =>
  [graph?.replace(/^networks\./, "").replace(/^blocks\./, "block "), node && (param ? `${node}.${param}` : node)]
    .filter(Boolean)
    .join(" / ");

/** One line for a terminal: severity, place and sentence. */
export function printDiagnostic(diagnostic: Diagnostic): string {
  const place = printPlace(diagnostic.at);
  return `${diagnostic.severity} ${diagnostic.code}: ${place ? `${place}: ` : ""}${sentence(diagnostic)}`;
}

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === "error";

/** Carries diagnostics out of code that cannot go on because of them; never an internal error. */
export class UserError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(...diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(printDiagnostic).join("\n"));
    this.name = "UserError";
    this.diagnostics = diagnostics;
  }
}

/** A value as JSON, cut where it grows long: what a message quotes. Values may hold one part many times over. */
export function brief(value: unknown, limit = 60): string {
  let text = "";
  const write = (part: unknown): void => {
    if (text.length > limit) return;
    if (typeof part !== "object" || part === null) {
      text += JSON.stringify(typeof part === "string" ? part.slice(0, limit) : part) ?? "nothing";
      return;
    }
    const list = Array.isArray(part);
    text += list ? "[" : "{";
    let first = true;
    for (const [key, member] of Object.entries(part)) {
      if (text.length > limit) return;
      if (!first) text += ",";
      first = false;
      if (!list) text += `${JSON.stringify(key.slice(0, limit))}:`;
      write(member);
    }
    text += list ? "]" : "}";
  };
  write(value);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** The name nearest to `wrong` by edit distance, if any is near enough to be meant. */
export function nearest(wrong: string, names: Iterable<string>): string | null {
  const lower = wrong.toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase(), least);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** Levenshtein's distance, or `limit` where it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return Math.min(row[b.length], limit);
}
