/** Figures as files: SVG and PNG, with the document in them. */
import { drawFigure, embedDocument, embedInPng, type FigureOptions } from "../../targets/figure/figure.ts";
import type { Program } from "../../core/program/types.ts";

/** The SVG with the document's text in it. */
export const svgFile = (program: Program, options: FigureOptions, documentText: string): string =>
  embedDocument(drawFigure(program, options), documentText);

/** Width and height of an SVG that says them, in pixels. */
export function svgSize(svg: string): readonly [number, number] {
  const [, width = "0"] = /<svg[^>]*\swidth="([\d.]+)"/.exec(svg) ?? [];
  const [, height = "0"] = /<svg[^>]*\sheight="([\d.]+)"/.exec(svg) ?? [];
  return [Number(width), Number(height)];
}

/** Pixels of a side, and of a whole picture, that browsers draw. */
const [largestSide, largestArea] = [16_384, 2 ** 26];

/** Whether a picture so many times its size can be drawn. */
export function drawable([width, height]: readonly [number, number], scale: number): boolean {
  const [wide, high] = [width * scale, height * scale];
  return wide <= largestSide && high <= largestSide && wide * high <= largestArea;
}

/** The figure drawn `scale` times its size, with the document's text in it. Throws an Error in a sentence. */
export async function pngFile(svg: string, scale: number, documentText: string): Promise<Uint8Array<ArrayBuffer>> {
  const [width, height] = svgSize(svg);
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("The browser could not draw a picture so large. Choose a smaller size, or SVG.");
    const png = new Uint8Array(await blob.arrayBuffer());
    return embedInPng(png, documentText) as Uint8Array<ArrayBuffer>;
  } finally {
    URL.revokeObjectURL(address);
  }
}
