/** Names of exported files: what they hold, after the document that they come from. */
import { fileName } from "../keeping/files.ts";

/** "toy-ring-generator.onnx" */
export const exportName = (document: string, part: string, ending: string): string =>
  `${fileName(document)}-${fileName(part)}.${ending}`;

/** "toy-ring.gan.json" */
export const documentFileName = (document: string): string => `${fileName(document)}.gan.json`;
