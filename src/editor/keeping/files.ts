/** Files that leave the page: the browser's own download. */
import type { GanDocument } from "../../core/document/types.ts";

/** A document as its file holds it. */
export const documentText = (document: GanDocument): string => `${JSON.stringify(document, null, 2)}\n`;

/** Hands a file to the browser, to be kept where it keeps downloads. */
export function download(name: string, content: BlobPart, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may ask the person where to, first
}

export const downloadDocument = (shown: GanDocument): void =>
  download(`${fileName(shown.name)}.gan.json`, documentText(shown), "application/json");

/** A name that every system takes: "DCGAN on MNIST" → "dcgan-on-mnist". */
export const fileName = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80) || "untitled";
