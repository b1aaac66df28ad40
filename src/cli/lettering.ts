/**
 * Lettering for charts as strokes, not as text: a machine without fonts (a server, a container) draws the same letters as
 * any other. Latin letters, digits and the signs that charts need; a label with anything else is left to the reader's fonts.
 */
export interface LetteringOptions {
  /** The em in pixels; capitals are 0.7 em high. */
  readonly size: number;
  readonly colour: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
}

/** An SVG fragment with the baseline at (x, y). */
export function lettering(
  text: string,
  x: number,
  y: number,
  { size, colour, anchor = "start", bold = false }: LetteringOptions,
): string {
  const plain = withoutAccents(text);
  if (!drawable(plain))
    return `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" font-weight="${bold ? 600 : 400}" fill="${colour}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
  const scale = size / em;
  const start = x - { start: 0, middle: 0.5, end: 1 }[anchor] * letteringWidth(text, size);
  let pen = 0;
  const glyphs = [...plain].map((letter) => {
    const [width, strokes] = letters[letter];
    const path = strokes && `<path transform="translate(${round(pen)})" d="${strokes}"/>`;
    pen += width + gap;
    return path;
  });
  return `<g transform="translate(${round(start)} ${round(y)}) scale(${round(scale)})" fill="none" stroke="${colour}" stroke-width="${bold ? 2.3 : 1.55}" stroke-linecap="round" stroke-linejoin="round">${glyphs.join("")}</g>`;
}

/** In pixels, as far as it can be known. */
export function letteringWidth(text: string, size: number): number {
  const plain = withoutAccents(text);
  if (!drawable(plain)) return [...text].length * size * 0.6;
  return ([...plain].reduce((width, letter) => width + letters[letter][0] + gap, -gap) * size) / em;
}

export const escapeXml = (text: string): string =>
  // control characters and lone surrogates have no place in XML
  text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, " ")
    .replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);

/** In the units of the strokes below: baseline 0, small letters to −10, capitals to −14. */
const em = 20;
const gap = 3.4;

const drawable = (text: string) => [...text].every((letter) => Object.hasOwn(letters, letter));
const withoutAccents = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "");
const round = (value: number) => Math.round(value * 1000) / 1000;

const ring = "M7.4-5a3.7 5 0 1 1-7.4 0a3.7 5 0 1 1 7.4 0z";
const capitalO = "M5.7-14a5.7 7 0 1 1 0 14a5.7 7 0 1 1 0-14z";
const capitalP = "M0 0V-14h4.6a3.8 3.8 0 0 1 0 7.6H0";

/** Width and strokes (an SVG path) of each sign; digits are equally wide. */
const letters: Readonly<Record<string, readonly [number, string]>> = {
  " ": [3.2, ""],
  "0": [8, "M4-14a4 4.4 0 0 1 4 4.4v5.2a4 4.4 0 0 1-8 0v-5.2a4 4.4 0 0 1 4-4.4z"],
  "1": [8, "M1.6-11.2L5-14V0"],
  "2": [8, "M.3-10.2a3.8 3.8 0 0 1 7.5 0c0 2.2-1.2 3.6-7.6 10.2h7.8"],
  "3": [8, "M.6-14h6.9l-4.2 5.4h.6a4.25 4.25 0 1 1-3.7 6.3"],
  "4": [8, "M6 0v-14l-6 9.8h8"],
  "5": [8, "M7.2-14H1.5L.9-7.8a4.3 4.3 0 1 1-.8 5.2"],
  "6": [8, "M0-4.2a4 4.2 0 1 0 8 0a4 4.2 0 1 0-8 0c0-1.6.5-2.8 1.2-3.9L5.4-14"],
  "7": [8, "M0-14h8L2.8 0"],
  "8": [8, "M4-7.6a3.4 3.2 0 1 1 0-6.4a3.4 3.2 0 1 1 0 6.4a4 3.8 0 1 1 0 7.6a4 3.8 0 1 1 0-7.6z"],
  "9": [8, "M8-9.8a4 4.2 0 1 0-8 0a4 4.2 0 1 0 8 0c0 1.6-.5 2.8-1.2 3.9L2.6 0"],
  a: [7.4, `M7.4-10V0${ring}`],
  b: [7.4, `M0-14V0${ring}`],
  c: [6.6, "M6.6-8.2a3.7 5 0 1 0 0 6.4"],
  d: [7.4, `M7.4-14V0${ring}`],
  e: [7.4, "M0-5.2h7.4a3.7 5 0 1 0-.9 3.5"],
  f: [4.6, "M5-14h-.6a2.6 2.6 0 0 0-2.6 2.6V0M0-9.7h4.6"],
  g: [7.4, `M7.4-10V.6a3.5 3.4 0 0 1-6.7 1${ring}`],
  h: [7, "M0-14V0M0-6a3.5 4 0 0 1 7 0V0"],
  i: [0, "M0-10V0M0-13.6v.1"],
  j: [1.6, "M1.6-10V1.6a2.4 2.4 0 0 1-2.4 2.4M1.6-13.6v.1"],
  k: [6.4, "M0-14V0M6-10L0-4M2.2-6.2L6.4 0"],
  l: [0, "M0-14V0"],
  m: [11.6, "M0-10V0M0-6.4a2.9 3.6 0 0 1 5.8 0V0M5.8-6.4a2.9 3.6 0 0 1 5.8 0V0"],
  n: [7, "M0-10V0M0-6a3.5 4 0 0 1 7 0V0"],
  o: [7.6, "M3.8-10a3.8 5 0 1 1 0 10a3.8 5 0 1 1 0-10z"],
  p: [7.4, `M0-10V4${ring}`],
  q: [7.4, `M7.4-10V4${ring}`],
  r: [4.2, "M0-10V0M0-6a3.6 4 0 0 1 3.6-4h.6"],
  s: [6.2, "M5.8-8.4c-.6-1.1-1.6-1.6-2.9-1.6C1.3-10 .3-9 .3-7.6c0 3.4 5.9 1.6 5.9 5C6.2-1 5 0 3.1 0 1.6 0 .5-.6 0-1.9"],
  t: [4.8, "M2-13V-2.4a2.4 2.4 0 0 0 2.4 2.4h.4M0-9.7h4.8"],
  u: [7, "M0-10v6a3.5 4 0 0 0 7 0M7-10V0"],
  v: [7.2, "M0-10L3.6 0L7.2-10"],
  w: [11.2, "M0-10L2.8 0L5.6-9.6L8.4 0L11.2-10"],
  x: [6.6, "M0-10L6.6 0M6.6-10L0 0"],
  y: [7.2, "M0-10L3.6 0M7.2-10L3 2.4Q2.4 4 .8 4"],
  z: [6.6, "M.2-10h6.2L0 0h6.6"],
  A: [10, "M0 0L5-14L10 0M1.8-5h6.4"],
  B: [8.8, "M0-7.5h4.6a3.25 3.25 0 0 0 0-6.5H0V0h5a3.75 3.75 0 0 0 0-7.5"],
  C: [9.6, "M9.6-11.2a5.4 7 0 1 0 0 8.4"],
  D: [9.6, "M0-14h3.6a6 7 0 0 1 0 14H0z"],
  E: [7.6, "M7.4-14H0V0h7.6M0-7.4h6.6"],
  F: [7.2, "M7.4-14H0V0M0-7.2h6.4"],
  G: [10.4, "M9.6-11.2a5.4 7 0 1 0 .8 4.6H6.2"],
  H: [9, "M0-14V0M9-14V0M0-7.2h9"],
  I: [0, "M0-14V0"],
  J: [5, "M5-14V-3.6a2.7 3.6 0 0 1-5 1.8"],
  K: [8.2, "M0-14V0M8-14L0-5.6M3-8.6L8.4 0"],
  L: [7, "M0-14V0h7"],
  M: [11, "M0 0V-14L5.5-3.6L11-14V0"],
  N: [9, "M0 0V-14L9 0V-14"],
  O: [11.4, capitalO],
  P: [8.4, capitalP],
  Q: [11.4, `${capitalO}M7.4-3.4L10.8.6`],
  R: [8.4, `${capitalP}M4.6-6.4L8.4 0`],
  S: [
    8.6,
    "M8-11.6c-.8-1.6-2.2-2.4-4-2.4C1.8-14 .4-12.6 .4-10.6c0 4.8 8.2 2.2 8.2 7C8.6-1.4 6.8 0 4.4 0 2.2 0 .6-1 0-2.9",
  ],
  T: [9.4, "M0-14h9.4M4.7-14V0"],
  U: [9, "M0-14v9.2a4.5 4.8 0 0 0 9 0V-14"],
  V: [9.8, "M0-14L4.9 0L9.8-14"],
  W: [13.8, "M0-14L3.4 0L6.9-13.4L10.4 0L13.8-14"],
  X: [8.6, "M0-14L8.6 0M8.6-14L0 0"],
  Y: [9, "M0-14L4.5-7L9-14M4.5-7V0"],
  Z: [8.8, "M.2-14h8.4L0 0h8.8"],
  ".": [0, "M0-.2v.1"],
  ",": [0.6, "M.8-.4L0 2.2"],
  ":": [0, "M0-.2v.1M0-8.4v.1"],
  ";": [0.6, "M.8-.4L0 2.2M.6-8.4v.1"],
  "-": [4.4, "M0-5.2h4.4"],
  "–": [7, "M0-5.2h7"],
  "−": [7, "M0-7h7"],
  "+": [8, "M0-7h8M4-11v8"],
  "×": [6, "M0-10l6 6m0-6l-6 6"],
  "=": [8, "M0-8.8h8M0-5.2h8"],
  "/": [5.4, "M0 2L5.4-15"],
  "(": [3, "M3-16a12 12 0 0 0 0 19"],
  ")": [3, "M0-16a12 12 0 0 1 0 19"],
  "[": [3, "M3-16H0V3h3"],
  "]": [3, "M0-16h3V3H0"],
  _: [8, "M0 2.4h8"],
  "%": [11.6, "M2.6-14a2.6 3 0 1 1 0 6a2.6 3 0 1 1 0-6zM9-6a2.6 3 0 1 1 0 6a2.6 3 0 1 1 0-6zM10-14L1.6 0"],
  "'": [0, "M0-14v3.6"],
  "’": [0, "M0-14v3.6"],
  '"': [2.8, "M0-14v3.6M2.8-14v3.6"],
  "·": [0, "M0-6v.1"],
  "!": [0, "M0-14v9M0-.2v.1"],
  "?": [6.8, "M0-11.2a3.4 3 0 1 1 5.2 2.4Q3.4-7.6 3.4-5M3.4-.2v.1"],
  "→": [10, "M0-6h10M6.5-9.5L10-6L6.5-2.5"],
  "&": [9.6, "M9.6 0L2.4-9.2a2.9 2.9 0 1 1 4.6-.2L2-6.8a4 3.8 0 0 0 1.8 6.8Q7.6 0 9-5.4"],
  "#": [9, "M3-14L1.6 0M7.6-14L6.2 0M0-9.6h9M0-4.6h8.6"],
};
