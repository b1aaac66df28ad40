/**
 * The bytes of an .onnx file → a document with one network, "model", and its weights, which then go the way of every
 * document. Which layer a node is, the kinds say themselves; what none of them reads is refused by name.
 */
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import {
  currentFormat,
  emptyGraph,
  type EdgeDeclaration,
  type GanDocument,
  type NodeDeclaration,
} from "../../core/document/types.ts";
import { image, vector, type PortType } from "../../core/kind/ports.ts";
import type { Weight } from "../../core/program/weights.ts";
import { OnnxFormatError } from "./format-error.ts";
import type { NodeProto } from "./gen/onnx_pb.ts";
import { decodeModel, opsetOf, valueType, type OnnxModel, type ValueType } from "./model.ts";
import { constantsOf } from "./read-constants.ts";
import { layerOf } from "./read-layer.ts";
import { idFrom, operatorOf, viewOf } from "./read-node.ts";

export interface ReadModel {
  readonly document: GanDocument;
  /** The network's name in the document. */
  readonly network: string;
  readonly weights: Map<string, Weight>;
}

/** Throws a UserError that names the file for bytes that are no such model, and the node for an operator that is no layer. */
export function readOnnx(bytes: Uint8Array, fileName: string): ReadModel {
  try {
    return readModel(decodeModel(bytes), fileName);
  } catch (error) {
    if (!(error instanceof OnnxFormatError)) throw error;
    throw new UserError(diagnose("onnx-malformed", {}, { file: fileName, reason: error.message.replace(/\.$/, "") }));
  }
}

const network = "model";
/** Between these, the operators that kinds read mean the same. */
const [oldest, newest] = [9, 25];

/** Where a tensor comes from in the document: "node.port", and what it is. */
interface Flow {
  readonly from: string;
  readonly type: PortType;
}

function readModel(model: OnnxModel, fileName: string): ReadModel {
  const opset = opsetOf(model);
  if (opset < oldest || opset > newest)
    throw new OnnxFormatError(`its operator set is ${opset}, and ${oldest} to ${newest} are read`);
  const { graph } = model;
  const constants = constantsOf(graph);
  const flows = new Map<string, Flow>();
  /** Outputs of nodes that no kind gives, by name. */
  const unread = new Map<string, NodeProto>();
  const nodes: [id: string, NodeDeclaration][] = [];
  const edges: EdgeDeclaration[] = [];
  const weights = new Map<string, Weight>();
  const ids = new Set<string>();

  const entering = graph.input.filter(({ name }) => !constants.has(name)).map(valueType);
  const inputIds = entering.map(({ name }) => taken(ids, idFrom(name, "input")));
  const outputIds = graph.output.map(({ name }) => taken(ids, idFrom(name, "output")));
  for (const [index, input] of entering.entries()) {
    const type = portTypeOf(input);
    const id = inputIds[index];
    nodes.push([id, { kind: "Input", params: { type: type.type, shape: type.shape } }]);
    flows.set(input.name, { from: `${id}.out`, type });
  }
  for (const node of graph.node) if (!constants.fold(node)) readNode(node);
  for (const [index, { name }] of graph.output.entries()) {
    const flow = flowAt(name, "the graph");
    if (!flow) throw new OnnxFormatError(`its output "${name}" is a constant`);
    const id = outputIds[index];
    nodes.push([id, { kind: "Output" }]);
    edges.push({ from: flow.from, to: `${id}.in` });
  }
  const document: GanDocument = {
    format: currentFormat,
    name: fileName.replace(/^.*[\\/]/, "").replace(/\.onnx$/i, ""),
    ...(model.docString ? { description: model.docString } : {}),
    networks: { [network]: { nodes: Object.fromEntries(nodes), edges } },
    blocks: {},
    training: emptyGraph,
    layout: {},
  };
  return { document, network, weights };

  function readNode(node: NodeProto): void {
    const operator = operatorOf(node);
    const given = node.input.map((name) => (name === "" ? null : flowAt(name, called(node))));
    if (operator === "Identity" && given[0]) {
      flows.set(node.output[0], given[0]);
      return;
    }
    const layer = layerOf(
      viewOf(
        node,
        given.map((flow) => flow?.type ?? null),
        constants,
      ),
    );
    if (typeof layer === "string")
      throw new UserError(diagnose("onnx-operator", {}, { node: called(node), operator, reason: layer }));
    const id = taken(ids, idFrom(node.name, operator));
    nodes.push([id, { kind: layer.kind, ...(Object.keys(layer.params).length > 0 ? { params: layer.params } : {}) }]);
    for (const { position, port } of layer.inputs) edges.push({ from: given[position]!.from, to: `${id}.${port}` });
    for (const [name, weight] of layer.weights) weights.set(`${id}.${name}`, weight);
    for (const [index, output] of node.output.entries()) {
      const given = layer.outputs[index];
      if (given) flows.set(output, { from: `${id}.${given.port}`, type: given.type });
      else unread.set(output, node);
    }
  }

  /** Null where the tensor is a constant. */
  function flowAt(name: string, reader: string): Flow | null {
    const flow = flows.get(name);
    if (flow || constants.has(name)) return flow ?? null;
    const node = unread.get(name);
    if (!node) throw new OnnxFormatError(`${reader} takes "${name}", and nothing before it makes that`);
    const facts = {
      node: called(node),
      operator: operatorOf(node),
      reason: `${reader} uses its output "${name}", which is not read`,
    };
    throw new UserError(diagnose("onnx-operator", {}, facts));
  }
}

const called = ({ name, output }: NodeProto): string => (name === "" ? `the node that makes "${output[0]}"` : name);

function taken(ids: Set<string>, wanted: string): string {
  let id = wanted;
  for (let copy = 1; ids.has(id); copy++) id = `${wanted}_${copy}`;
  ids.add(id);
  return id;
}

/** [N, C, H, W] is an image and [N, F] a vector, whatever is said of N. */
function portTypeOf({ name, type, dims }: ValueType): PortType {
  const found = `${type} ${dims ? `[${dims.map((extent) => extent ?? "?").join(", ")}]` : "of any rank"}`;
  const [, ...shape] = dims ?? [];
  const sized = shape.filter((extent): extent is number => typeof extent === "number" && extent > 0);
  if (type !== "float32" || sized.length !== shape.length || (sized.length !== 1 && sized.length !== 3))
    throw new OnnxFormatError(
      `its input "${name}" is ${found}; float32 images [N, C, H, W] and vectors [N, F] of known size are read`,
    );
  return sized.length === 1 ? vector(sized[0]) : image(sized[0], sized[1], sized[2]);
}
