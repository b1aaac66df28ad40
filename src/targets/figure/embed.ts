/**
 * The graph travels inside its picture: the document's JSON stands in a <metadata> element of an SVG, and is read back
 * from it. PNG files carry it too: png-text.ts.
 */
import { escapeXml, forbidden } from "./svg.ts";

/**
 * The SVG with this JSON text in it, in place of one that was there. Characters that XML cannot hold are written as JSON
 * escapes: what comes back is then another spelling of the same document. Throws a RangeError where `svg` has no end tag.
 */
export function embedDocument(svg: string, documentText: string): string {
  const bare = svg.replace(holder, "");
  const end = bare.lastIndexOf("</svg>");
  if (end < 0) throw new RangeError("the text is no SVG: it has no </svg>");
  const json = documentText.replace(
    forbidden,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${bare.slice(0, end)}<metadata id="${id}">${escapeXml(json)}</metadata>${bare.slice(end)}`;
}

/** The JSON text of an SVG that holds one, else null. */
export function readEmbedded(svg: string): string | null {
  const held = holder.exec(svg)?.[1];
  return held === undefined ? null : characterData(held);
}

const id = "ganvas-document";
// Drawing programs write attributes anew: other quotes, other order.
const holder = new RegExp(`<metadata\\b[^<>]*\\bid\\s*=\\s*["']${id}["'][^<>]*>([^]*?)</metadata>`);

/** What an element says: entities resolved, except in CDATA sections. */
const characterData = (markup: string): string =>
  markup.replace(
    /<!\[CDATA\[([^]*?)\]\]>|&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(\w+));/g,
    (whole, literal: string | undefined, hex?: string, decimal?: string, name?: string) => {
      if (literal !== undefined) return literal;
      if (name !== undefined) return entities[name] ?? whole;
      const point = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
