/**
 * The training graph, typed: data and noise flow into networks, networks into losses, losses into optimizers. Networks
 * are analyzed here, when what feeds them is known.
 */
import type { GanDocument, Graph } from "../document/types.ts";
import {
  isMisfit,
  type CallKind,
  type DataSetLookup,
  type FunctionKind,
  type SinkKind,
  type SourceKind,
  type TrainingKind,
  type Vocabulary,
} from "../kind/kind.ts";
import { integer, type Fields, type Params } from "../kind/fields.ts";
import { accept, printType, sameType, type PortSpec, type PortType } from "../kind/ports.ts";
import type { TrainingSettings } from "../program/types.ts";
import { diagnose, nearest, type Diagnostic, type Place } from "./diagnostics.ts";
import { nodeName, portsOf, unknownKind, valueId, type ValueId } from "./expand.ts";
import { misfitDiagnostic, removalOf, type NetworkAnalysis } from "./network.ts";
import { byId, depthFirst } from "./order.ts";
import { readParams } from "./params.ts";
import { judgeSequential } from "./sequential.ts";
import { inputsOf, wire } from "./wiring.ts";

interface Base<Kind> {
  readonly id: string;
  readonly kind: Kind;
  readonly params: Params<Fields>;
  readonly place: Place;
  readonly inputs: readonly TrainingInput[];
  readonly outputs: readonly { readonly port: string; readonly type: PortType | null }[];
}
export interface TrainingInput {
  readonly name: string;
  /** Null where an optional port has no wire. */
  readonly value: ValueId | null;
  readonly node: string | null;
  readonly port: string | null;
  readonly stale: boolean;
  /** True where no gradient passes: it is stale, or the node's output is a constant whatever enters. */
  readonly constant: boolean;
  readonly type: PortType | null;
}
export type TrainingNode =
  | (Base<SourceKind> & { readonly role: "source" })
  | (Base<CallKind> & { readonly role: "call"; readonly network: string })
  | (Base<FunctionKind> & { readonly role: "function" })
  | (Base<SinkKind> & { readonly role: "sink" });

export interface TrainingAnalysis {
  /** In an order in which values come after what they depend on. */
  readonly nodes: ReadonlyMap<string, TrainingNode>;
  readonly types: ReadonlyMap<ValueId, PortType | null>;
  readonly settings: TrainingSettings;
  /** The call whose output is the sample. */
  readonly sample: string | null;
}

export type NetworkAnalyst = (name: string, feeds: ReadonlyMap<string, PortType | null>) => NetworkAnalysis;

export function analyzeTraining(
  document: GanDocument,
  vocabulary: Vocabulary,
  dataSets: DataSetLookup,
  analyst: NetworkAnalyst,
  report: (diagnostic: Diagnostic) => void,
): TrainingAnalysis {
  const graph = document.training;
  const nodes = new Map<string, TrainingNode>();
  const types = new Map<ValueId, PortType | null>();
  const declared = readNodes(document, graph, vocabulary, report);
  const wiring = wire(graph, "training", (id) => declared.get(id)?.ports ?? null, report);
  const producersOf = (id: string) =>
    [...(wiring.get(id)?.values() ?? [])].map(({ node }) => node).filter((node) => declared.has(node));
  const roots = [...declared.keys()].sort(byId);
  const { order, cycles } = depthFirst(roots, producersOf);
  for (const cycle of cycles)
    report(diagnose("cycle", { graph: "training", node: cycle[0] }, { nodes: [...cycle, cycle[0]] }));
  const circular = new Set(cycles.flat());
  const sound = new Set<string>(); // sources whose ports are typed, as far as there are any
  const fed = new Map<string, { readonly type: PortType; readonly at: string }>(); // what a network's port was fed first

  for (const id of order) {
    const { kind, params, ports, place } = declared.get(id)!;
    if (circular.has(id) || !ports) continue;
    const arriving = inputsOf(ports.inputs, wiring.get(id), place, report);
    const inputs = arriving.inputs.map(({ port, name, producer }): TrainingInput => {
      const value = producer ? valueId(producer.node, producer.port) : null;
      const type = value ? (types.get(value) ?? null) : null;
      const accepted = type && accept(port, type);
      if (producer && nodes.get(producer.node)?.role === "source" && !type && sound.has(producer.node))
        report(diagnose("output-absent", { ...place, port: name }, { from: value!, port: producer.port }));
      if (type && !accepted) report(mismatch(kind, place, name, port, type, value!));
      return {
        name,
        value,
        node: producer?.node ?? null,
        port: producer?.port ?? null,
        stale: producer?.stale ?? false,
        constant: !!producer?.stale || (kind.role === "function" && !!kind.cutsGradient),
        type: accepted,
      };
    });
    const types_ = outputTypes(kind, params, inputs, arriving.complete, place);
    const outputs = ports.outputs.map((port, index) => ({ port: port.name, type: types_[index] ?? null }));
    for (const { port, type } of outputs) types.set(valueId(id, port), type);
    const base = { id, params, place, inputs, outputs };
    if (kind.role === "source") nodes.set(id, { ...base, role: "source", kind });
    else if (kind.role === "call") nodes.set(id, { ...base, role: "call", kind, network: kind.network(params) });
    else if (kind.role === "function") nodes.set(id, { ...base, role: "function", kind });
    else nodes.set(id, { ...base, role: "sink", kind });
  }
  const samples = [...nodes.values()]
    .filter((node) => node.role === "call" && node.kind.sampled(node.params))
    .map((node) => node.id);
  if (samples.length > 1)
    report(diagnose("many-samples", { graph: "training", node: samples[1], param: "sample" }, { nodes: samples }));
  judgeSequential(nodes.values(), report);
  judgeSinks(document, nodes, samples, report);
  return { nodes, types, settings: readSettings(document, report), sample: samples[0] ?? null };

  function outputTypes(
    kind: TrainingKind,
    params: Params<Fields>,
    inputs: readonly TrainingInput[],
    complete: boolean,
    place: Place,
  ): readonly (PortType | null)[] {
    if (kind.role === "sink") return [];
    if (kind.role === "call") return callTypes(kind.network(params), inputs, place);
    if (kind.role === "source") {
      const result = kind.infer(params, dataSets);
      if (isMisfit(result)) {
        report(misfitDiagnostic(result, place));
        return [];
      }
      sound.add(place.node!);
      return result;
    }
    if (!complete || inputs.some((input) => input.value && !input.type)) return [];
    const result = kind.infer(
      params,
      inputs.map((input) => input.type),
    );
    if (!isMisfit(result)) return result;
    report(misfitDiagnostic(result, place));
    return [];
  }

  function callTypes(network: string, inputs: readonly TrainingInput[], place: Place): (PortType | null)[] {
    const feeds = new Map(inputs.map((input) => [input.name, input.type]));
    for (const [port, type] of feeds) {
      const key = JSON.stringify([network, port]);
      const earlier = fed.get(key);
      if (!earlier) {
        if (type) fed.set(key, { type, at: place.node! });
        continue;
      }
      if (type && !sameType(type, earlier.type))
        report(
          diagnose(
            "calls-differ",
            { ...place, port },
            { port, found: printType(type), wanted: printType(earlier.type), other: earlier.at },
          ),
        );
      feeds.set(port, earlier.type);
    }
    const analysis = analyst(network, feeds);
    return analysis.outputs.map((output) => output.type);
  }
}

/** What the training graph says of a run beside its nodes. */
export const settingFields = {
  batch: integer({ default: 64, min: 1, max: 65536, help: "Samples in a batch" }),
  iterations: integer({ default: 1000, min: 1, help: "Iterations of a full run" }),
  seed: integer({ default: 1, min: 0, help: "One seed determines a run" }),
};

function readSettings(document: GanDocument, report: (diagnostic: Diagnostic) => void): TrainingSettings {
  const { batch, iterations, seed } = document.training;
  const params = Object.fromEntries(
    Object.entries({ batch, iterations, seed }).filter(([, value]) => value !== undefined),
  );
  return readParams(
    { name: "training", fields: settingFields },
    { kind: "training", params },
    null,
    { graph: "training" },
    report,
  );
}

interface DeclaredNode {
  readonly kind: TrainingKind;
  readonly params: Params<Fields>;
  readonly place: Place;
  readonly ports: { readonly inputs: readonly PortSpec[]; readonly outputs: readonly PortSpec[] } | null;
}

function readNodes(
  document: GanDocument,
  graph: Graph,
  vocabulary: Vocabulary,
  report: (diagnostic: Diagnostic) => void,
): Map<string, DeclaredNode> {
  const declared = new Map<string, DeclaredNode>();
  for (const [id, declaration] of Object.entries(graph.nodes)) {
    const place = { graph: "training", node: id };
    if (!nodeName.test(id)) report(diagnose("node-name", place, { found: id }));
    const kind = vocabulary.training.get(declaration.kind);
    if (!kind) {
      report(unknownKind(declaration.kind, place, vocabulary, "training"));
      continue;
    }
    const params = readParams(kind, declaration, null, place, report);
    let ports: DeclaredNode["ports"] = kind;
    if (kind.role === "call") {
      const network = kind.network(params);
      const networks = Object.keys(document.networks).sort(byId);
      if (Object.hasOwn(document.networks, network)) ports = portsOf(document.networks[network], vocabulary);
      else {
        const near = nearest(network, networks);
        const fix = near
          ? {
              title: `Use ${near}`,
              edits: [{ do: "set-param", graph: "training", node: id, param: "network", value: near } as const],
            }
          : undefined;
        report(diagnose("network-unknown", { ...place, param: "network" }, { network, networks }, fix));
        ports = null;
      }
    }
    declared.set(id, { kind, params, place, ports });
  }
  return declared;
}

function mismatch(
  kind: TrainingKind,
  place: Place,
  name: string,
  port: PortSpec,
  type: PortType,
  from: ValueId,
): Diagnostic {
  const at = { ...place, port: name };
  if (kind.role === "sink") return diagnose("loss-batch", at, { found: `${from} (${printType(type)})` });
  return diagnose("type-mismatch", at, { port: name, found: printType(type), wanted: port.types, from });
}

/** What optimizers train, and whether everything else serves one of them or the sample. */
function judgeSinks(
  document: GanDocument,
  nodes: ReadonlyMap<string, TrainingNode>,
  samples: readonly string[],
  report: (diagnostic: Diagnostic) => void,
): void {
  const sinks = [...nodes.values()].filter((node) => node.role === "sink");
  const networks = Object.keys(document.networks).sort(byId);
  const upstream = (id: string, live = false) =>
    (nodes.get(id)?.inputs ?? []).flatMap((input) =>
      input.node && nodes.has(input.node) && !(live && input.constant) ? [input.node] : [],
    );
  const needed = new Set(depthFirst([...sinks.map((sink) => sink.id), ...samples], upstream).order);
  for (const sink of sinks) {
    const misfit = sink.kind.judge?.(sink.params);
    if (misfit) report(misfitDiagnostic(misfit, sink.place));
    const trains = sink.kind.trains(sink.params);
    const at = { ...sink.place, param: "trains" };
    if (trains.length === 0) report(diagnose("trains-nothing", at, { networks }));
    const reached = new Set(
      depthFirst([sink.id], (id) => upstream(id, true)).order.flatMap((id) => {
        const node = nodes.get(id);
        return node?.role === "call" ? [node.network] : [];
      }),
    );
    for (const network of trains)
      if (!Object.hasOwn(document.networks, network)) report(diagnose("trains-unknown", at, { network, networks }));
      else if (!reached.has(network) && sink.inputs[0]?.value) report(diagnose("trains-unreached", at, { network }));
  }
  if (nodes.size > 0 && sinks.length === 0) report(diagnose("no-optimizer", { graph: "training" }, {}));
  if (sinks.length > 0 && samples.length === 0) report(diagnose("no-sample", { graph: "training" }, {}));
  if (sinks.length > 0)
    for (const node of nodes.values())
      if (!needed.has(node.id))
        report(diagnose("unused-node", node.place, { output: node.outputs.length > 0 }, removalOf(node.place)));
}
