/**
 * One network, typed: what flows on every wire, the weights of every layer, and what a forward pass costs. Total: an
 * unfinished network is typed as far as it can be, and the rest is null.
 */
import type { GanDocument } from "../document/types.ts";
import { isMisfit, type LayerKind, type Misfit, type Vocabulary } from "../kind/kind.ts";
import { accept, printType, sameType, sizeOf, type PortType } from "../kind/ports.ts";
import type { WeightSpec } from "../kind/weights.ts";
import type { Code } from "./catalogue.ts";
import { diagnose, type Diagnostic, type Place } from "./diagnostics.ts";
import { boundary, expand, valueId, type FlatNode, type ValueId } from "./expand.ts";
import { byId, depthFirst } from "./order.ts";

export interface Layer {
  readonly path: string;
  readonly kind: LayerKind;
  readonly params: FlatNode["params"];
  readonly place: Place;
  readonly inputs: readonly { readonly value: ValueId; readonly type: PortType }[];
  readonly outputs: readonly PortType[];
  readonly weights: readonly LayerWeight[];
  /** Of one sample's forward pass. */
  readonly flops: number;
  /** False where no Output depends on it. */
  readonly used: boolean;
}
export interface LayerWeight extends WeightSpec {
  /** As in a PyTorch state_dict: "main.0.weight"; for a shared block, the share's name comes first. */
  readonly path: string;
  /** True where the same weight may stand in other networks too. */
  readonly shared: boolean;
}
export interface NetworkAnalysis {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly type: PortType | null }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly type: PortType | null;
    readonly value: ValueId | null;
  }[];
  /** Layers whose types are known, in the order in which they are computed. */
  readonly layers: readonly Layer[];
  /** The type of every value, also of block nodes' ports; null where it cannot be known. */
  readonly types: ReadonlyMap<ValueId, PortType | null>;
  readonly parameters: number;
  readonly flops: number;
  /** Values that one sample's forward pass leaves behind for the backward pass. */
  readonly activations: number;
  /** The blocks that were written out in it. */
  readonly blocks: ReadonlySet<string>;
}

/** What feeds each input of the network: a type, or null where something of unknown type does. */
export type Feeds = ReadonlyMap<string, PortType | null>;

export function analyzeNetwork(
  document: GanDocument,
  name: string,
  vocabulary: Vocabulary,
  feeds: Feeds,
  report: (diagnostic: Diagnostic) => void,
): NetworkAnalysis {
  const { nodes, aliases, repetitions, blocks } = expand(document, `networks.${name}`, vocabulary, report);
  const types = new Map<ValueId, PortType | null>();
  const layers: Layer[] = [];
  const producers = new Map<ValueId, string>();
  for (const node of nodes.values())
    for (const port of node.kind.outputs) producers.set(valueId(node.path, port.name), node.path);
  const dependencies = (path: string) =>
    nodes.get(path)!.inputs.flatMap(({ value }) => (value && producers.has(value) ? [producers.get(value)!] : []));
  const outputs = [...nodes.values()]
    .filter((node) => node.kind.role === "output")
    .sort((a, b) => byId(a.path, b.path));
  const used = new Set(
    depthFirst(
      outputs.map((node) => node.path),
      dependencies,
    ).order,
  );
  const { order, cycles } = depthFirst([...used, ...[...nodes.keys()].sort(byId)], dependencies);
  for (const cycle of cycles) {
    report(diagnose("cycle", nodes.get(cycle[0])!.place, { nodes: [...cycle, cycle[0]] }));
  }
  const circular = new Set(cycles.flat());

  for (const path of order) {
    const node = nodes.get(path)!;
    if (node.kind.role === "input") types.set(valueId(path, "out"), inputType(node, name, feeds, report));
    if (node.kind.role !== "layer") continue;
    const layer = circular.has(path) ? null : analyzeLayer(node, node.kind, types, used.has(path), report);
    node.kind.outputs.forEach((port, index) => types.set(valueId(path, port.name), layer?.outputs[index] ?? null));
    if (layer) layers.push(layer);
    if (!used.has(path) && outputs.length > 0)
      report(diagnose("unused-node", node.place, { output: true }, removalOf(node.place)));
  }
  for (const [alias, value] of aliases) types.set(alias, typeAt(types, value));
  for (const { place, input, output } of repetitions) {
    const [taken, given] = [typeAt(types, input), typeAt(types, output)];
    if (taken && given && !sameType(taken, given))
      report(
        diagnose(
          "block-repeat-type",
          { ...place, param: "repeat" },
          { input: printType(taken), output: printType(given) },
        ),
      );
  }
  if (outputs.length === 0) report(diagnose("network-empty", { graph: `networks.${name}` }, {}));
  const ports = boundary(document.networks[name], vocabulary);
  if (ports.inputs.length === 0 && outputs.length > 0)
    report(diagnose("network-input-less", { graph: `networks.${name}` }, {}));

  const live = layers.filter((layer) => layer.used);
  const weights = uniqueWeights(live, report);
  const count = (some: readonly WeightSpec[]) =>
    some.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    name,
    inputs: ports.inputs.map((input) => ({ name: input, type: types.get(valueId(input, "out")) ?? null })),
    outputs: outputs.map((node) => {
      const value = node.inputs[0]?.value ?? null;
      return { name: node.path, type: typeAt(types, value), value };
    }),
    layers,
    types,
    parameters: count(weights.filter((weight) => weight.trainable)),
    flops: live.reduce((sum, layer) => sum + layer.flops, 0),
    activations: live.reduce((sum, layer) => sum + layer.outputs.reduce((size, type) => size + sizeOf(type), 0), 0),
    blocks,
  };
}

const typeAt = (types: ReadonlyMap<ValueId, PortType | null>, value: ValueId | null): PortType | null =>
  (value === null ? null : types.get(value)) ?? null;

function inputType(
  node: FlatNode,
  network: string,
  feeds: Feeds,
  report: (diagnostic: Diagnostic) => void,
): PortType | null {
  const stated = (node.kind.role === "input" && node.kind.stated?.(node.params)) || null;
  const fed = feeds.get(node.path);
  if (fed && stated && !sameType(fed, stated)) {
    const facts = { port: `${network}.${node.path}`, found: printType(fed), wanted: printType(stated) };
    const edits = (["type", "shape"] as const).map(
      (param) =>
        ({ do: "set-param", graph: node.place.graph!, node: node.place.node!, param, value: undefined }) as const,
    );
    report(diagnose("input-differs", node.place, facts, { title: "Take the type from what feeds it", edits }));
  }
  if (fed === undefined && !stated) report(diagnose("input-untyped", node.place, { port: `${network}.${node.path}` }));
  return stated ?? fed ?? null;
}

/** Values of one sample's output: what typed arrays can index, and far more than memory holds. */
export const sizeLimit = 2 ** 31 - 1;

/** Null where an input is missing or untyped, or where the kind cannot take its inputs. */
function analyzeLayer(
  node: FlatNode,
  kind: LayerKind,
  types: ReadonlyMap<ValueId, PortType | null>,
  used: boolean,
  report: (diagnostic: Diagnostic) => void,
): Layer | null {
  const { path, params, place } = node;
  const inputs: { value: ValueId; type: PortType }[] = [];
  for (const { port, name, value } of node.inputs) {
    if (value === null) continue;
    const type = value && types.get(value);
    if (!type) return null;
    const accepted = accept(port, type);
    if (!accepted) {
      report(
        diagnose(
          "type-mismatch",
          { ...place, port: name },
          { port: name, found: printType(type), wanted: port.types, from: value },
        ),
      );
      return null;
    }
    inputs.push({ value, type: accepted });
  }
  const least = kind.inputs.reduce((sum, port) => sum + (port.variadic?.least ?? (port.optional ? 0 : 1)), 0);
  if (inputs.length < least) return null;
  const inputTypes = inputs.map((input) => input.type);
  const outputs = kind.infer(params, inputTypes);
  if (isMisfit(outputs)) {
    report(misfitDiagnostic(outputs, place));
    return null;
  }
  const large = outputs.find((type) => sizeOf(type) > sizeLimit);
  if (large) {
    report(diagnose("output-too-large", place, { output: printType(large), limit: sizeLimit }));
    return null;
  }
  const weights = (kind.weights?.(params, inputTypes, outputs) ?? []).map((weight) => ({
    ...weight,
    path: `${node.shared ?? path}.${weight.name}`,
    shared: node.shared !== null,
  }));
  return {
    path,
    kind,
    params,
    place,
    inputs,
    outputs,
    weights,
    flops: kind.flops?.(params, inputTypes, outputs) ?? 0,
    used,
  };
}

export function misfitDiagnostic({ misfit, port, param, facts, mend, alsoSet = [] }: Misfit, place: Place): Diagnostic {
  const at = { ...place, ...(port ? { port } : {}), ...(param ? { param } : {}) };
  const fix =
    mend && place.graph && place.node
      ? {
          title: `Set ${mend.param} to ${JSON.stringify(mend.value)}`,
          edits: [mend, ...alsoSet].map(
            ({ param, value }) => ({ do: "set-param", graph: place.graph!, node: place.node!, param, value }) as const,
          ),
        }
      : undefined;
  return diagnose(misfit as Code, at, facts as never, fix);
}

/** Each weight once: layers of shared blocks name the same ones. */
function uniqueWeights(layers: readonly Layer[], report: (diagnostic: Diagnostic) => void): LayerWeight[] {
  const weights = new Map<string, LayerWeight>();
  for (const layer of layers)
    for (const weight of layer.weights) {
      const known = weights.get(weight.path);
      if (!known) weights.set(weight.path, weight);
      else if (!weight.shared || !known.shared) report(diagnose("path-clash", layer.place, { path: weight.path }));
      else if (String(known.shape) !== String(weight.shape))
        report(
          diagnose("share-shapes", layer.place, { weight: weight.path, found: weight.shape, wanted: known.shape }),
        );
    }
  return [...weights.values()];
}

export const removalOf = ({ graph, node }: Place) =>
  graph && node ? { title: "Remove the node", edits: [{ do: "remove-node", graph, node } as const] } : undefined;
