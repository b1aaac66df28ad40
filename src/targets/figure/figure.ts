/**
 * Program → SVG: a network's layers with the tensors between them drawn to scale, or the training graph. The picture stands
 * alone: no script, no style sheet, no font or file from elsewhere, text as text.
 */
import type { Program } from "../../core/program/types.ts";
import { framed } from "./frame.ts";
import { drawNetwork } from "./network.ts";
import type { Direction } from "./plan.ts";
import { networkHeading, trainingHeading } from "./headings.ts";
import { themes, type ThemeName } from "./theme.ts";
import { drawTraining } from "./training.ts";

export { embedDocument, readEmbedded } from "./embed.ts";
export { embedInPng, readFromPng } from "./png-text.ts";
export { largestSide, tensorGeometry, type TensorGeometry, type TensorScale } from "./tensor.ts";
export { themeNames, type ThemeName } from "./theme.ts";

export interface FigureOptions {
  /** "training", or a network's name. A network that is called "training" is drawn where the program trains nothing. */
  readonly what: string;
  /** "light" if left out; "print" is black on white with colour in accents alone. */
  readonly theme?: ThemeName;
  /** Networks run down and the training graph to the right if left out. */
  readonly direction?: Direction;
  /** False leaves the heading away, for figures with a caption. */
  readonly title?: boolean;
  /** Of the picture in pixels; its own if left out. Its height follows. */
  readonly width?: number;
}

/** A standalone SVG. Throws a RangeError where the program has no such network or no training graph. */
export function drawFigure(program: Program, { what, theme: name = "light", ...options }: FigureOptions): string {
  const theme = themes[name];
  const shown = options.title ?? true;
  if (what === "training" && program.training) {
    const drawing = drawTraining(program.training, program.networks, theme, options.direction ?? "right");
    return framed(drawing, { ...trainingHeading(program, program.training), shown }, theme, options.width);
  }
  const network = program.networks.find((each) => each.name === what);
  if (!network)
    throw new RangeError(`the program holds no ${what === "training" ? "training graph" : `network ${what}`}`);
  const drawing = drawNetwork(network, theme, options.direction ?? "down");
  return framed(drawing, { ...networkHeading(program, network), shown }, theme, options.width);
}
