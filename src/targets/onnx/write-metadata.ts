/**
 * What an exported model says about itself beyond its graph: how to feed it, how it was trained, and the whole document,
 * so that the file opens again in the editor. Keys are ONNX's own where there are some, else "ganvas.*".
 */
import { isRecord } from "../../core/document/parse.ts";
import type { OnnxModel } from "./model.ts";

export interface ModelOrigin {
  /** The document as JSON text, and the SHA-256 of its UTF-8 bytes in hexadecimal digits. */
  readonly document: string;
  readonly documentHash: string;
  /** Which of the document's networks this is, or the sampler. */
  readonly network: string;
  readonly seed: number;
  /** Iterations that the weights were trained for. */
  readonly iterations: number;
  /** The noise that samples are drawn from; null where there is none. */
  readonly latent: { readonly distribution: string; readonly size: number } | null;
  /** Null where there are no labels. */
  readonly classes: number | null;
  /** What black and white are in the images that go in or come out; null where there are none. */
  readonly dataRange: readonly [number, number] | null;
}

export function metadataOf(origin: ModelOrigin): Record<string, string> {
  const { document, latent, classes, dataRange } = origin;
  const { author, license } = members(document);
  const pixels = dataRange && nominalRanges.get(String(dataRange));
  return {
    ...(typeof author === "string" ? { model_author: author } : {}),
    ...(typeof license === "string" ? { model_license: license } : {}),
    ...(pixels ? { "Image.NominalPixelRange": pixels } : {}),
    "ganvas.network": origin.network,
    "ganvas.seed": String(origin.seed),
    "ganvas.iterations": String(origin.iterations),
    ...(latent ? { "ganvas.latent.distribution": latent.distribution, "ganvas.latent.size": String(latent.size) } : {}),
    ...(classes === null ? {} : { "ganvas.classes": String(classes) }),
    ...(dataRange ? { "ganvas.data.range": dataRange.join(",") } : {}),
    "ganvas.document.sha256": origin.documentHash,
    [documentKey]: document,
  };
}

/** The document that a model was exported from, as JSON text, and the network that it is; null where it holds none. */
export function documentIn({
  metadataProps,
}: OnnxModel): { readonly document: string; readonly network: string | null } | null {
  const value = (wanted: string) => metadataProps.find(({ key }) => key === wanted)?.value;
  const document = value(documentKey);
  return document === undefined ? null : { document, network: value("ganvas.network") ?? null };
}

const documentKey = "ganvas.document";

/** ONNX's image metadata (docs/MetadataProps.md) names these ranges and no others. */
const nominalRanges = new Map([
  ["0,255", "NominalRange_0_255"],
  ["0,1", "Normalized_0_1"],
  ["-1,1", "Normalized_1_1"],
  ["16,235", "NominalRange_16_235"],
]);

function members(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return isRecord(value) ? value : {};
}
