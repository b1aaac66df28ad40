/**
 * Plots of a benchmark as SVG: bars of ratios with their spread, and lines over sizes on two logarithmic axes with the fitted
 * exponent. Text in, text out. A picture brings its ground and follows the reader's choice of light or dark, so it can be read
 * wherever it stands; its letters are the system's.
 */
import { element, escapeXml } from "../../targets/figure/svg.ts";
import { drawBars } from "./plot-bars.ts";
import { drawLines } from "./plot-lines.ts";
import { width, words, legend } from "./plot-parts.ts";
import type { Plot } from "./suite.ts";

/** A whole SVG document of the plot. */
export function drawPlot(plot: Plot): string {
  const names = legend(plot.series.map(({ name }) => name));
  const top = 58 + names.height;
  const { body, height } = plot.form === "bars" ? drawBars(plot, top) : drawLines(plot, top);
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `${plot.title}, ${plot.unit}`,
    },
    `<title>${escapeXml(plot.title)}</title>`,
    `<style>${style}</style>`,
    element("rect", { class: "ground", width, height, rx: 8 }),
    words(plot.title, 24, 32, "title"),
    words(plot.unit, width - 24, 32, "muted", "end"),
    element("g", { transform: "translate(0 50)" }, names.body),
    body,
  ).concat("\n");
}

/** Series take the colours in turn; each keeps 3:1 at least against its ground, and letters 4.5:1. */
const colours = {
  light: ["#0362b3", "#c8335d", "#007c69", "#9f5e01", "#5c53fb", "#7b5b45"],
  dark: ["#6db3f8", "#ff7d9c", "#3cc9ad", "#e5a144", "#a09bff", "#c4a28b"],
} as const;

const paint = (ground: string, ink: string, muted: string, grid: string, hues: readonly string[]): string =>
  `.ground{fill:${ground}}text{fill:${ink}}.value{stroke:${ground};stroke-width:3px;paint-order:stroke}.muted{fill:${muted}}.grid{stroke:${grid}}.one{stroke:${muted}}.range{stroke:${ink}}` +
  hues.map((hue, at) => `.s${at}{fill:${hue};stroke:${hue}}`).join("");

const style =
  `text{font-family:system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif;font-size:12px;stroke:none}` +
  `.title{font-size:15px;font-weight:600}.line{fill:none;stroke-width:2;stroke-linejoin:round}` +
  `.fit{fill:none;stroke-width:1;stroke-dasharray:3 4;opacity:.7}.bar{stroke:none}.one{stroke-dasharray:4 3}` +
  paint("#ffffff", "#1d1b26", "#5d5a6b", "#e4e2ea", colours.light) +
  `@media (prefers-color-scheme:dark){${paint("#17161d", "#f1eff7", "#a7a3b7", "#34323e", colours.dark)}}`;
