/**
 * Which layer an ONNX node is: the kinds that know its operator are asked in turn, and the first that can read it, takes
 * what flows in and has weights of these shapes is it.
 */
import { misfitDiagnostic } from "../../core/analysis/network.ts";
import { readParams } from "../../core/analysis/params.ts";
import { sentence, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import { isMisfit } from "../../core/kind/kind.ts";
import { accept, printType, type PortType } from "../../core/kind/ports.ts";
import type { Weight } from "../../core/program/weights.ts";
import { layers } from "../../kinds/index.ts";
import type { Layer, OnnxNode } from "../../kinds/lowering.ts";

export interface ReadLayer {
  readonly kind: string;
  /** Those that differ from their defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Which of the node's inputs is wired to which port. */
  readonly inputs: readonly { readonly position: number; readonly port: string }[];
  readonly outputs: readonly { readonly port: string; readonly type: PortType }[];
  /** By PyTorch name. */
  readonly weights: ReadonlyMap<string, Weight>;
}

/** The layer, or why the node is none. */
export function layerOf(node: OnnxNode): ReadLayer | string {
  const candidates = [...layers.values()].filter(({ lowering }) => lowering.onnx.operators?.includes(node.operator));
  const reasons: string[] = [];
  for (const kind of candidates) {
    const read = readAs(kind, node);
    if (typeof read !== "string") return read;
    reasons.push(candidates.length === 1 ? read : `as ${kind.name}, ${read}`);
  }
  return reasons.join("; ") || "no layer does this";
}

function readAs(kind: Layer, node: OnnxNode): ReadLayer | string {
  const match = kind.lowering.onnx.read!(node);
  if (typeof match === "string") return match;
  const ports = portsFor(kind, match.inputs.length);
  const types: PortType[] = [];
  for (const [index, position] of match.inputs.entries()) {
    const type = node.inputs[position];
    if (!type) return `its input ${position} is a constant`;
    const accepted = accept(ports[index].spec, type);
    if (!accepted) return `its input ${position} is ${printType(type)}`;
    types.push(accepted);
  }
  const mistakes: Diagnostic[] = [];
  const params = readParams(kind, { kind: kind.name, params: match.params }, null, {}, (mistake) =>
    mistakes.push(mistake),
  );
  if (mistakes.length > 0) return because(mistakes[0]);
  const outputs = kind.infer(params, types);
  if (isMisfit(outputs)) return because(misfitDiagnostic(outputs, {}));
  const weights = new Map(Object.entries(match.weights ?? {}));
  for (const { name, shape } of kind.weights?.(params, types, outputs) ?? []) {
    const found = weights.get(name)?.shape;
    if (String(found) !== String(shape))
      return `its ${name} is [${found?.join(", ") ?? ""}] instead of [${shape.join(", ")}]`;
  }
  return {
    kind: kind.name,
    params: Object.fromEntries(
      Object.entries(params).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(kind.fields[name].default),
      ),
    ),
    inputs: match.inputs.map((position, index) => ({ position, port: ports[index].name })),
    outputs: outputs.map((type, index) => ({ port: kind.outputs[index].name, type })),
    weights,
  };
}

/** A kind's ports in order, a variadic one as often as there are wires left. */
function portsFor({ inputs }: Layer, wires: number) {
  return inputs.flatMap((spec, index) =>
    spec.variadic
      ? Array.from({ length: wires - index }, (_, copy) => ({ spec, name: `${spec.name}.${copy}` }))
      : [{ spec, name: spec.name }],
  );
}

/** A diagnostic's sentence without its end, which the sentence around it has. */
const because = (mistake: Diagnostic): string => `${sentence(mistake).replace(/\.$/, "")}`;
