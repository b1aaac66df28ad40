/** One ONNX node as a kind is shown it, and the name that it gets in the document. */
import type { PortType } from "../../core/kind/ports.ts";
import type { OnnxNode } from "../../kinds/lowering.ts";
import type { NodeProto } from "./gen/onnx_pb.ts";
import { attribute } from "./model.ts";
import { numbersOf, type Constants } from "./read-constants.ts";

/** @param inputs the types of what flows in, null for constants and for inputs that are left out. */
export function viewOf(node: NodeProto, inputs: readonly (PortType | null)[], constants: Constants): OnnxNode {
  const { int, ints, float, string } = attribute(node);
  const tensorAt = (input: number) => constants.get(node.input[input] ?? "") ?? null;
  return {
    operator: operatorOf(node),
    inputs,
    constant(input) {
      const tensor = tensorAt(input);
      return tensor && { dims: tensor.dims, data: numbersOf(tensor) };
    },
    ints(input) {
      const tensor = tensorAt(input);
      return tensor && Array.from(tensor.data as ArrayLike<number | bigint>, Number);
    },
    number(input) {
      const tensor = tensorAt(input);
      return tensor?.data.length === 1 ? shortest(Number(tensor.data[0])) : null;
    },
    int,
    intList: ints,
    float: (name, absent) => shortest(float(name, absent)),
    text: string,
  };
}

/** "Conv", or "com.microsoft.FusedConv" for what is not ONNX's own. */
export const operatorOf = ({ domain, opType }: NodeProto): string =>
  domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;

/** "/main/0/Conv" → "main.0": a node's name as an id that a document may hold; what names nothing becomes "conv". */
export function idFrom(name: string, operator: string): string {
  const parts = name.split("/").filter((part) => part !== "");
  const last = parts[parts.length - 1] ?? "";
  if (parts.length > 1 && last.replace(/_\d+$/, "") === operator) parts.pop();
  const id = parts
    .join(".")
    .replace(/[^A-Za-z0-9_.-]+/g, "_")
    .replace(/\.+/g, ".")
    .replace(/^\.|\.$/g, "");
  return id === "" ? operator.toLowerCase().replace(/[^a-z0-9]+/g, "_") : id;
}

/** The shortest decimal that float32 rounds to the value: what a person wrote before it was stored. */
function shortest(value: number): number {
  for (let digits = 1; digits <= 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
