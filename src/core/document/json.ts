/**
 * Where a text stops being JSON, and why, in words for people. `JSON.parse` does the reading; this looks again at a text
 * that it refused, because engines word their messages differently and some leave out the position.
 */
export interface SyntaxMistake {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** What may stand next, as a person would say it. */
const expectations = {
  value: "a value",
  "value or ]": "a value or ]",
  key: "a name in double quotes",
  "key or }": "a name in double quotes or }",
  ":": "a colon",
  ", or ]": "a comma or ]",
  ", or }": "a comma or }",
  end: "the end of the file",
} as const;
type Expected = keyof typeof expectations;

/** The first mistake of a text, null where it is JSON. Iterative: nesting may be as deep as the text is long. */
export function findSyntaxMistake(text: string): SyntaxMistake | null {
  const open: ("[" | "{")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at += match(blank, text, at).length;
    const character = text[at];
    if (character === undefined) return expected === "end" ? null : mistake(text, at, ending(text, open, expected));
    const wantsValue: boolean = expected === "value" || expected === "value or ]";
    const wantsKey: boolean = expected === "key" || expected === "key or }";
    if ((wantsValue || wantsKey) && character === '"') {
      const scanned = scanText(text, at);
      if (typeof scanned === "string") return mistake(text, at, scanned);
      at = scanned;
      expected = wantsKey ? ":" : afterValue(open);
    } else if (wantsValue && (character === "[" || character === "{")) {
      open.push(character);
      at++;
      expected = character === "[" ? "value or ]" : "key or }";
    } else if (wantsValue && match(scalar, text, at) !== "") {
      at += match(scalar, text, at).length;
      expected = afterValue(open);
    } else if (character === expected[expected.length - 1] && (character === "]" || character === "}")) {
      open.pop();
      at++;
      expected = afterValue(open);
    } else if (character === expected[0] && (character === ":" || character === ",")) {
      expected = character === ":" || open[open.length - 1] === "[" ? "value" : "key";
      at++;
    } else return mistake(text, at, complaint(text, at, expected));
  }
}

const blank = /[ \t\n\r]*/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

const afterValue = (open: readonly ("[" | "{")[]): Expected =>
  open.length === 0 ? "end" : open[open.length - 1] === "[" ? ", or ]" : ", or }";

/** The position after the text that begins at `start`, or what is wrong with it. */
function scanText(text: string, start: number): number | string {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === "\n" || character === "\r") return "this text has no closing quote on its line";
    if (character < " ") return "this text holds a control character";
    if (character !== "\\") continue;
    const escape = match(/["\\/bfnrt]|u[0-9a-fA-F]{4}/y, text, at + 1);
    if (escape === "")
      return `this text holds \\${text[at + 1] ?? ""}, which is no escape of JSON (a backslash is written \\\\)`;
    at += escape.length;
  }
  return "this text has no closing quote";
}

function ending(text: string, open: readonly ("[" | "{")[], expected: Expected): string {
  if (text.trim() === "") return "the file is empty";
  const missing =
    open.length === 0
      ? ""
      : open.length === 1
        ? "; one closing bracket is missing"
        : `; ${open.length} closing brackets are missing`;
  return `the file ends where ${expectations[expected]} is expected${missing}`;
}

function complaint(text: string, at: number, expected: Expected): string {
  const character = text[at];
  if (character === "'") return "texts stand in double quotes, not in single ones";
  if (character === "/" && (text[at + 1] === "/" || text[at + 1] === "*")) return "JSON has no comments";
  if ((expected === "key" && character === "}") || (expected === "value" && character === "]"))
    return `there is a comma before this ${character}, and nothing follows it`;
  const word = match(/[A-Za-z0-9_$.+-]+/y, text, at).slice(0, 20) || character;
  return `${word} stands where ${expectations[expected]} is expected`;
}

function mistake(text: string, position: number, reason: string): SyntaxMistake {
  const before = text.slice(0, position).split("\n");
  return { line: before.length, column: before[before.length - 1].length + 1, reason };
}
