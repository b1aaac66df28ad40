/** What a test reads out of a figure: its texts with the boxes that they take, by the widths that figures reckon with. */
import { textWidth } from "../../../src/targets/figure/svg.ts";

export interface TextBox {
  readonly content: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of all <text> elements of a figure whose groups of text are not shifted against each other. */
export function textBoxes(svg: string): TextBox[] {
  const drawing = svg.slice(svg.indexOf("<g transform="));
  return [...drawing.matchAll(/<text ([^>]*)>(.*?)<\/text>/g)].map(([, attributes, inner]) => {
    const [, first, more] = /^([^<]*)(.*)$/.exec(inner)!;
    const [x, y, size] = ["x", "y", "font-size"].map((name) => Number(attribute(attributes, name)));
    const style = { size, bold: attributes.includes("font-weight"), mono: attributes.includes("ui-monospace") };
    const second = /<tspan ([^>]*)>([^<]*)</.exec(more);
    const width =
      textWidth(decoded(first), style) +
      (second ? 8 + textWidth(decoded(second[2]), { size: Number(attribute(second[1], "font-size")) }) : 0);
    const shift = { start: 0, middle: width / 2, end: width }[attribute(attributes, "text-anchor") ?? "start"]!;
    const [above, below] = [size * 0.75, size * 0.2];
    const content = decoded(first) + (second ? ` ${decoded(second[2])}` : "");
    return attributes.includes("rotate(-90")
      ? { content, left: x - above, right: x + below, top: y - width + shift, bottom: y + shift }
      : { content, left: x - shift, right: x - shift + width, top: y - above, bottom: y + below };
  });
}

/** "a × b" for every two texts that share a place. */
export function overlaps(boxes: readonly TextBox[]): string[] {
  const sorted = [...boxes].sort((a, b) => a.top - b.top);
  return sorted.flatMap((a, index) => {
    const found: string[] = [];
    for (const b of sorted.slice(index + 1)) {
      if (b.top >= a.bottom) break;
      if (a.left < b.right && b.left < a.right) found.push(`${a.content} × ${b.content}`);
    }
    return found;
  });
}

export const occurrences = (svg: string, part: string): number => svg.split(part).length - 1;

const attribute = (attributes: string, name: string): string | undefined =>
  new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1];

const decoded = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name]!);
