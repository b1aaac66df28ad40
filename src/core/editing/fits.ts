/** Which kinds could take a wire, feed one, or stand in the middle of one: what a menu offers, the likeliest first. */
import { graphOf, splitEnd, type EdgeDeclaration, type GraphName } from "../document/types.ts";
import { isMisfit, shelves, type CallKind, type NodeKind, type Vocabulary } from "../kind/kind.ts";
import { accept, sameType, sizeOf, type PortSpec, type PortType } from "../kind/ports.ts";
import { defaultsOf, paramOfGraph, type JudgingContext } from "./context.ts";
import { portsOfNode, specAt, standsFor, typeAt, type End, type NodePorts } from "./ports.ts";

export interface Fit {
  readonly kind: NodeKind;
  /** The port of the new node that the wire goes to. */
  readonly port: string;
  /** Higher is likelier. */
  readonly score: number;
  /** What the node must say: the network or block that it stands for. */
  readonly params?: Readonly<Record<string, unknown>>;
}
export interface InsertFit extends Omit<Fit, "port"> {
  readonly input: string;
  readonly output: string;
}

/** Kinds that could take what an output gives, or could feed an input. */
export function kindsThatFit(
  context: JudgingContext,
  graph: GraphName,
  end: End & { readonly side: "output" | "input" },
): readonly Fit[] {
  const held = graphOf(context.document, graph);
  if (!held || !Object.hasOwn(held.nodes, end.node)) return [];
  const ports = portsOfNode(context, graph, held.nodes[end.node]);
  const spec = ports && specAt(end.side === "output" ? ports.outputs : ports.inputs, end.port);
  if (!spec) return [];
  const type = end.side === "output" ? typeAt(context, graph, end) : null;
  return ranked(
    candidates(context, graph).flatMap(({ kind, ports: own, params }) => {
      const said = params && { params };
      if (end.side === "input") {
        const port = own.outputs.find((each) => shares(each.types, spec));
        return port ? [{ kind, port: port.name, score: likelihood(kind, exactness(spec, port.types)), ...said }] : [];
      }
      const port = own.inputs.find((each) => (type ? accept(each, type) : shares(spec.types, each)));
      if (!port) return [];
      const before = kind.role === "call" && params ? typeTaken(context, kind, params, port.name) : null;
      const bonus = type && before && sameType(type, before) ? 1 : 0; // the network takes such values elsewhere
      const score = exactness(port, type ? [type.type] : spec.types) + (type ? suitability(kind, type) : 0) + bonus;
      return [{ kind, port: placeOf(port), score: likelihood(kind, score), ...said }];
    }),
  );
}

/** Kinds that could stand in the middle of a wire. */
export function insertable(context: JudgingContext, graph: GraphName, edge: EdgeDeclaration): readonly InsertFit[] {
  const held = graphOf(context.document, graph);
  const from = held && splitEnd(edge.from, held.nodes);
  const to = held && splitEnd(edge.to, held.nodes);
  if (!from || !to || ![from, to].every(({ node }) => Object.hasOwn(held.nodes, node))) return [];
  const given = specAt(portsOfNode(context, graph, held.nodes[from.node])?.outputs ?? [], from.port);
  const wanted = specAt(portsOfNode(context, graph, held.nodes[to.node])?.inputs ?? [], to.port);
  if (!given || !wanted) return [];
  const type = typeAt(context, graph, from);
  return ranked(
    candidates(context, graph).flatMap(({ kind, ports, params }) => {
      const input = ports.inputs.find((each) => (type ? accept(each, type) : shares(given.types, each)));
      const result = type && outcomeOf(kind, type);
      const output = ports.outputs.find((each, index) => {
        const made = Array.isArray(result) ? (result as readonly PortType[])[index] : null;
        return made ? accept(wanted, made) : shares(each.types, wanted);
      });
      if (!input || !output) return [];
      const score = exactness(input, type ? [type.type] : given.types) + (type ? suitability(kind, type) : 0);
      const ends = { input: placeOf(input), output: output.name };
      return [{ kind, ...ends, score: likelihood(kind, score), ...(params && { params }) }];
    }),
  );
}

/**
 * Titles of kinds that make of this type one that the port takes: a layer, one that loses no value if there is one, or at most
 * three others.
 */
export function convertersOf(
  { vocabulary }: JudgingContext,
  graph: GraphName,
  type: PortType,
  port: PortSpec,
): readonly string[] {
  const taking = kindsOf(vocabulary, graph).filter(({ inputs }) => inputs.some((input) => accept(input, type)));
  const layers = taking.flatMap((kind) => {
    const result = kind.role === "layer" ? outcomeOf(kind, type) : null;
    const made = Array.isArray(result) ? result.filter((each: PortType) => accept(port, each)) : [];
    return made.length > 0 ? [{ kind, keepsAll: made.some((each) => sizeOf(each) === sizeOf(type)) }] : [];
  });
  if (layers.length > 0) return [(layers.find(({ keepsAll }) => keepsAll) ?? layers[0]).kind.title];
  const others = taking.filter(
    ({ role, outputs }) =>
      role !== "layer" && outputs.some((output) => output.types.length === 1 && shares(output.types, port)),
  );
  return others
    .filter(({ shelf }) => shelf === others[0].shelf)
    .slice(0, 3)
    .map(({ title }) => title);
}

interface Candidate {
  readonly kind: NodeKind;
  readonly ports: NodePorts;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Every kind of the graph; one that stands for a network or block, once for each that there is. */
function candidates(context: JudgingContext, graph: GraphName): Candidate[] {
  const { document, vocabulary } = context;
  return kindsOf(vocabulary, graph).flatMap((kind): Candidate[] => {
    const param = paramOfGraph(kind);
    if (param === null) return [{ kind, ports: kind }];
    const section = kind.role === "call" ? "networks" : "blocks";
    return Object.keys(document[section]).flatMap((name) => {
      const params = { [param]: name };
      const ports = portsOfNode(context, graph, { kind: kind.name, params });
      return ports && !reaches(context, `${section}.${name}`, graph) ? [{ kind, ports, params }] : [];
    });
  });
}

/** True where a graph is another one, or has it somewhere inside. */
export function reaches(
  { document, vocabulary }: Pick<JudgingContext, "document" | "vocabulary">,
  start: GraphName,
  goal: GraphName,
): boolean {
  const seen = new Set<GraphName>([start]);
  for (const at of seen) {
    if (at === goal) return true;
    for (const node of Object.values(graphOf(document, at)?.nodes ?? {})) {
      const inner = standsFor(document, at, node, vocabulary);
      if (inner) seen.add(inner);
    }
  }
  return false;
}

/** What a network is fed at one of its inputs; null where that is not known. */
function typeTaken(
  { analysis }: JudgingContext,
  kind: CallKind,
  params: Readonly<Record<string, unknown>>,
  port: string,
): PortType | null {
  const network = analysis.networks.get(kind.network({ ...defaultsOf(kind), ...params }));
  return network?.inputs.find(({ name }) => name === port)?.type ?? null;
}

const kindsOf = (vocabulary: Vocabulary, graph: GraphName): NodeKind[] => [
  ...vocabulary[graph === "training" ? "training" : "network"].values(),
];

const shares = (given: readonly PortType["type"][], port: PortSpec): boolean =>
  given.some((type) => accept(port, { type, shape: [] }) !== null);

/** 3 where the port takes nothing but what comes, 2 where it takes that among others, 1 where it is converted. */
function exactness({ types }: PortSpec, given: readonly PortType["type"][]): number {
  if (!types.some((type) => given.includes(type))) return 1;
  return types.length === 1 || (given.length > 1 && types.length === given.length) ? 3 : 2;
}

/** What a layer makes of a value with its defaults; null where it needs more than that. */
function outcomeOf(kind: NodeKind, type: PortType): readonly PortType[] | "misfit" | null {
  const [port, ...others] = kind.inputs;
  if (kind.role !== "layer" || !port || others.some((other) => !other.optional)) return null;
  const accepted = accept(port, type);
  if (!accepted) return "misfit";
  const inputs = Array.from({ length: port.variadic?.least ?? 1 }, () => accepted);
  const result = kind.infer(defaultsOf(kind), inputs);
  return isMisfit(result) ? "misfit" : result;
}

/** Less where the kind's defaults do not go with the value: parameters can still be set. */
const suitability = (kind: NodeKind, type: PortType): number => (outcomeOf(kind, type) === "misfit" ? -1 : 0);

/** A port of the network itself is wanted seldom. */
const likelihood = (kind: NodeKind, score: number): number =>
  kind.role === "input" || kind.role === "output" ? score - 2.5 : score;

const placeOf = (port: PortSpec): string => (port.variadic ? `${port.name}.0` : port.name);

/** Best first, then in the order of the shelves, then as the vocabulary has them. */
const ranked = <T extends Omit<Fit, "port">>(fits: readonly T[]): readonly T[] =>
  [...fits].sort((a, b) => b.score - a.score || shelves.indexOf(a.kind.shelf) - shelves.indexOf(b.kind.shelf));
