/** The axis attribute of ONNX's operators. */
import type { OnnxNode } from "../lowering.ts";

/** Counted from the batch's 0; a negative axis counts from the end of the first input's dimensions. */
export function axisOf(node: OnnxNode, absent: number): number {
  const axis = node.int("axis", absent);
  return axis < 0 ? axis + 1 + (node.inputs[0]?.shape.length ?? 0) : axis;
}
