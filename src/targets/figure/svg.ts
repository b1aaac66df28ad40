/**
 * What figures are written with: elements, text whose width is known beforehand, and XML's escapes. Strings only; nothing
 * here needs a document or a font file.
 */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One element; attributes that are undefined are left out. Children are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? short(value) : escapeXml(value!)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** Text for an element or attribute. Characters that XML 1.0 cannot hold become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replace(forbidden, "\uFFFD").replace(/[&<>"\r]/g, (character) => entities[character]);

/** Characters that may not stand in XML 1.0, escaped or not. */
export const forbidden = /[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]|\p{Surrogate}/gu;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

/** Coordinates to a hundredth of a pixel. */
export const short = (value: number): string => String(Math.round(value * 100) / 100);
export const pointList = (points: readonly Point[]): string =>
  points.map(({ x, y }) => `${short(x)},${short(y)}`).join(" ");

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly bold?: boolean;
  /** A monospaced face, whose figures are of one width. */
  readonly mono?: boolean;
  readonly anchor?: "start" | "middle" | "end";
  /** Turned a quarter against the clock, to be read from below. */
  readonly upright?: boolean;
  /** The colour around the letters, where text stands on a line. */
  readonly halo?: string;
}

const sans = 'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif';
const mono = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/**
 * Nothing where there is nothing to say.
 * @param y of the middle of the small letters: text is centred on it
 * @param more words in another style that follow 8 pixels after, however wide the reader's font sets the first
 */
export function text(
  content: string,
  x: number,
  y: number,
  style: TextStyle,
  more?: { readonly content: string; readonly style: TextStyle },
): string {
  if (content === "") return "";
  const base = style.size * 0.35;
  const at = style.upright ? { x: x + base, y } : { x, y: y + base };
  return element(
    "text",
    {
      x: at.x,
      y: at.y,
      "font-family": style.mono ? mono : sans,
      "font-size": style.size,
      "font-weight": style.bold ? 600 : undefined,
      fill: style.fill,
      "text-anchor": style.anchor === "start" ? undefined : style.anchor,
      transform: style.upright ? `rotate(-90 ${short(at.x)} ${short(at.y)})` : undefined,
      ...(style.halo === undefined
        ? {}
        : { stroke: style.halo, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" }),
    },
    escapeXml(content),
    more === undefined
      ? ""
      : element(
          "tspan",
          { dx: 8, "font-size": more.style.size, "font-weight": more.style.bold ? 600 : 400, fill: more.style.fill },
          escapeXml(more.content),
        ),
  );
}

/**
 * How wide a text is at most, in pixels. Which font a reader has is not known, so the widths are those of DejaVu Sans and
 * DejaVu Sans Mono, the widest that the font lists lead to.
 */
export function textWidth(content: string, { size, bold, mono }: Pick<TextStyle, "size" | "bold" | "mono">): number {
  let width = 0;
  for (const character of content) width += wide.test(character) ? 1.05 : mono ? 0.605 : widthOf(character);
  return width * size * (bold && !mono ? 1.14 : 1);
}

/** Chinese, Japanese and Korean writing, and pictures. */
const wide = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\u{1F000}-\u{3FFFD}]/u;

/** In parts of the size of the type; each class holds the characters up to its width. */
const classes: readonly (readonly [width: number, characters: RegExp])[] = [
  [0.3, /[ijlIJ|']/],
  [0.35, /[ ,.:;!·]/],
  [0.42, /[frt()[\]/\\-]/],
  [0.58, /[cszFL"]/],
  [0.64, /[a-ln-vx-z\dEPSTY]/],
  [0.7, /[ABCKRVXZ]/],
  [0.79, /[DGHNOQU&]/],
  [0.84, /[w+=<>×~−_]/],
];

const widthOf = (character: string): number => classes.find(([, some]) => some.test(character))?.[0] ?? 1;

/** The text, cut with "…" where it would be wider than `most` pixels. */
export function fitted(content: string, most: number, style: Pick<TextStyle, "size" | "bold" | "mono">): string {
  if (textWidth(content, style) <= most) return content;
  const characters = [...content];
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, style) > most) characters.pop();
  return characters.length === 0 ? "" : `${characters.join("").trimEnd()}…`;
}
