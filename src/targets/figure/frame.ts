/** What every figure has around its drawing: paper, a heading, a margin, and words for those who cannot see it. */
import { element, escapeXml, fitted, short, text, textWidth } from "./svg.ts";
import { margin, sizes, type Theme } from "./theme.ts";

export interface Drawing {
  /** Markup whose upper left corner is the origin. */
  readonly body: string;
  readonly width: number;
  readonly height: number;
}

export interface Heading {
  readonly title: string;
  readonly subtitle: string;
  /** One or two sentences that tell what is drawn. */
  readonly description: string;
  /** False where the heading is only for screen readers. */
  readonly shown: boolean;
}

/** @param width of the picture in pixels where it is not the drawing's own; the height follows */
export function framed(drawing: Drawing, heading: Heading, theme: Theme, width?: number): string {
  const top = heading.shown ? 52 : 0;
  const inner = Math.max(drawing.width, heading.shown ? Math.min(420, headingWidth(heading)) : 0);
  const size = { width: Math.ceil(inner) + 2 * margin, height: Math.ceil(drawing.height) + top + 2 * margin };
  const scale = width === undefined ? 1 : width / size.width;
  const left = margin + Math.floor((inner - drawing.width) / 2);
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width * scale,
      height: size.height * scale,
      role: "img",
      "aria-labelledby": "figure-title figure-description",
    },
    `<title id="figure-title">${escapeXml(heading.title)}</title>`,
    `<desc id="figure-description">${escapeXml(heading.description)}</desc>`,
    element("rect", { width: size.width, height: size.height, fill: theme.paper }),
    heading.shown ? headingText(heading, inner, theme) : "",
    element("g", { transform: `translate(${short(left)} ${margin + top})` }, drawing.body),
  );
}

const titleStyle = { size: sizes.title, bold: true };
const subtitleStyle = { size: sizes.plain };

const headingWidth = ({ title, subtitle }: Heading): number =>
  Math.max(textWidth(title, titleStyle), textWidth(subtitle, subtitleStyle));

const headingText = ({ title, subtitle }: Heading, width: number, theme: Theme): string =>
  text(fitted(title, width, titleStyle), margin, margin + 8, { ...titleStyle, fill: theme.ink }) +
  text(fitted(subtitle, width, subtitleStyle), margin, margin + 28, { ...subtitleStyle, fill: theme.muted });
