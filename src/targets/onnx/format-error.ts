/**
 * What is wrong with a file that was to be read as ONNX: bytes that are no model, a tensor whose data does not fill its
 * dimensions, an attribute of another type. The message names the place, what was found and what was wanted.
 */
export class OnnxFormatError extends Error {
  override readonly name = "OnnxFormatError";
}
