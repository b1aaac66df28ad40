/**
 * A network's `weights`: a safetensors file beside the document that it starts from, told by its SHA-256. The document holds no
 * weights itself; whoever trains, runs or exports finds the file and holds it to the digits.
 */
import type { WeightsFile } from "./types.ts";

/** A path of names with "/" between them: it goes neither up nor to another place of the machine. */
export const weightsFilePattern = "^(?!/)(?!(.*/)?\\.\\.(/|$))[^\\\\:\\n\\r]+$";
export const sha256Pattern = "^[0-9a-f]{64}$";

export function isWeightsFile(value: unknown): value is WeightsFile {
  const { file, sha256 } = { ...(value as object) } as Record<string, unknown>;
  return matches(file, weightsFilePattern) && matches(sha256, sha256Pattern);
}

/** What a network says of its weights; null where it says nothing, or nothing readable. */
export const weightsFileOf = (network: { readonly weights?: unknown } | undefined): WeightsFile | null =>
  isWeightsFile(network?.weights) ? { file: network.weights.file, sha256: network.weights.sha256 } : null;

/** The one global that is no part of the language itself: browsers, workers and Node all have it. */
const { crypto: webCrypto } = globalThis as unknown as {
  readonly crypto: { readonly subtle: { digest(algorithm: "SHA-256", data: Uint8Array): Promise<ArrayBuffer> } };
};

/** SHA-256 of a file's bytes in lower-case hexadecimal digits, as documents write it. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await webCrypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const matches = (value: unknown, pattern: string): boolean =>
  typeof value === "string" && new RegExp(pattern).test(value);
