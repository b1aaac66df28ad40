/** Layers become a block: a definition of their own with ports for the wires that cross, and one node in their place. */
import { parameterPattern } from "../kind/fields.ts";
import type { Edit } from "../document/edits.ts";
import { pointOf, type Layout } from "../document/layout.ts";
import { graphOf, splitEnd, type BlockDeclaration, type EdgeDeclaration, type Graph, type GraphName, type NodeDeclaration } from "../document/types.ts"; // prettier-ignore
import type { EditingContext } from "./context.ts";
import { freshGraphName, freshName } from "./place.ts";
import { bindingsIn, kindIn } from "./ports.ts";
import { isRefused, refusals, type Refused } from "./refusals.ts";
import { closed, middleOf, opened, type Sheet } from "./sheet.ts";

/** Null in the training graph, and where the layers cannot be one block: {@link whyNotGroup} says why. */
export function group(context: EditingContext, graph: GraphName, ids: Iterable<string>, name: string): Edit[] | null {
  const selected = select(context, graph, ids);
  if (isRefused(selected)) return null;
  const block = freshGraphName(context.document, "blocks", name);
  const { sheet, members } = selected;
  const taken = new Set(Object.keys(sheet.graph.nodes).filter((id) => !members.has(id)).flatMap(prefixesOf)); // prettier-ignore
  const node = freshName(block, taken);
  const crossing = crossingWires(sheet.graph, members);
  const inner = innerSheet(context, sheet, members, crossing);
  const used = parametersIn(Object.values(inner.graph.nodes), context, graph);
  const given = Object.fromEntries(Object.keys(used).map((param) => [param, `$${param}`]));
  const declaration = context.blockNode(block, undefined, given);
  if (!declaration) return null;
  const definition: BlockDeclaration = Object.keys(used).length > 0 ? { params: used, ...inner.graph } : inner.graph;
  return [
    { do: "add-graph", graph: `blocks.${block}` },
    ...closed(context, `blocks.${block}`, { ...inner, graph: definition }),
    ...closed(context, graph, outerSheet(sheet, members, node, declaration, crossing)),
  ];
}

/** Why {@link group} gives null; null where it does not. */
export function whyNotGroup(context: EditingContext, graph: GraphName, ids: Iterable<string>): string | null {
  const selected = select(context, graph, ids);
  if (isRefused(selected)) return selected.why;
  return context.blockNode("") ? null : refusals.noBlockKind;
}

interface Selected {
  readonly sheet: Sheet;
  readonly members: ReadonlySet<string>;
}

/** The selection without the ports of the network or block itself, which stay outside. */
function select(context: EditingContext, graph: GraphName, ids: Iterable<string>): Selected | Refused {
  if (graph === "training") return { why: refusals.trainingBlock };
  const sheet = opened(context, graph);
  if (!sheet) return { why: refusals.noGraph(graph) };
  if (!context.boundary("input") || !context.boundary("output")) return { why: refusals.noBlockKind };
  const { nodes } = sheet.graph;
  const members = new Set(
    [...ids].filter((id) => {
      const role = Object.hasOwn(nodes, id) ? kindIn(context.vocabulary, graph, nodes[id].kind)?.role : "input";
      return role !== "input" && role !== "output";
    }),
  );
  if (members.size === 0) return { why: refusals.nothingToGroup };
  const between = nodeBetween(sheet.graph, members);
  return between === null ? { sheet, members } : { why: refusals.circleOfGroup(between) };
}

/** A node outside that depends on the members and that they depend on; null where there is none. */
function nodeBetween(graph: Graph, members: ReadonlySet<string>): string | null {
  const wires = graph.edges.flatMap(({ from, to }) => {
    const [source, target] = [splitEnd(from, graph.nodes)?.node, splitEnd(to, graph.nodes)?.node];
    return source === undefined || target === undefined ? [] : [[source, target] as const];
  });
  const reached = (forward: boolean) => {
    const next = new Map<string, string[]>();
    for (const [source, target] of wires) {
      const [at, to] = forward ? [source, target] : [target, source];
      next.set(at, [...(next.get(at) ?? []), to]);
    }
    const seen = new Set([...members].flatMap((id) => next.get(id) ?? []).filter((id) => !members.has(id)));
    for (const at of seen) for (const to of next.get(at) ?? []) if (!members.has(to)) seen.add(to);
    return seen;
  };
  const above = reached(false);
  return [...reached(true)].find((id) => above.has(id)) ?? null;
}

/** Ends outside that feed members, and ends inside that feed others, each with the port of the block that it gets. */
interface Crossing {
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  side(edge: EdgeDeclaration): "inside" | "in" | "out" | "outside";
}

function crossingWires(graph: Graph, members: ReadonlySet<string>): Crossing {
  const inside = (end: string) => members.has(splitEnd(end, graph.nodes)?.node ?? "");
  const side: Crossing["side"] = ({ from, to }) =>
    inside(from) ? (inside(to) ? "inside" : "out") : inside(to) ? "in" : "outside";
  const taken = new Set([...members].flatMap(prefixesOf));
  const named = (which: "in" | "out", stem: string) => {
    const ends = new Set(graph.edges.filter((edge) => side(edge) === which).map(({ from }) => from));
    return new Map(
      [...ends].map((end) => {
        const port = freshName(ends.size > 1 ? `${stem}1` : stem, taken);
        taken.add(port);
        return [end, port];
      }),
    );
  };
  return { inputs: named("in", "x"), outputs: named("out", "y"), side };
}

function innerSheet(
  context: EditingContext,
  sheet: Sheet,
  members: ReadonlySet<string>,
  { inputs, outputs, side }: Crossing,
): Sheet {
  const { nodes, edges } = sheet.graph;
  const ports = (side: "input" | "output", names: Iterable<string>) =>
    [...names].map((name) => [name, context.boundary(side)!] as const);
  const arriving = edges.flatMap((edge): EdgeDeclaration[] => {
    if (side(edge) === "in") return [{ from: `${inputs.get(edge.from)!}.out`, to: edge.to }];
    return side(edge) === "inside" ? [edge] : [];
  });
  const leaving = [...outputs].map(([from, port]) => ({ from, to: `${port}.in` }));
  const kept = Object.fromEntries(Object.entries(sheet.places).filter(([id]) => members.has(id)));
  return {
    graph: {
      nodes: Object.fromEntries([
        ...ports("input", inputs.values()),
        ...Object.entries(nodes).filter(([id]) => members.has(id)),
        ...ports("output", outputs.values()),
      ]),
      edges: [...arriving, ...leaving],
    },
    bypassed: new Set([...sheet.bypassed].filter((id) => members.has(id))),
    places: { ...kept, ...portPlaces(kept, [...inputs.values()], [...outputs.values()]) },
    notes: {},
  };
}

/** Between rows, and between columns, of nodes that nobody has placed otherwise. */
const pitch = { down: 96, across: 240 };

/** Inputs stand above the layers, outputs below. */
function portPlaces(places: Layout, inputs: readonly string[], outputs: readonly string[]): Layout {
  const middle = middleOf(places, Object.keys(places));
  if (!middle) return {};
  const rows = Object.values(places).flatMap((place) => pointOf(place)?.y ?? []);
  const row = (names: readonly string[], y: number) =>
    names.map((name, index) => [name, { x: middle.x + index * pitch.across, y }] as const);
  return Object.fromEntries([
    ...row(inputs, Math.min(...rows) - pitch.down),
    ...row(outputs, Math.max(...rows) + pitch.down),
  ]);
}

function outerSheet(
  sheet: Sheet,
  members: ReadonlySet<string>,
  node: string,
  declaration: NodeDeclaration,
  { inputs, outputs, side }: Crossing,
): Sheet {
  const fed = new Set<string>();
  const edges = sheet.graph.edges.flatMap((edge): EdgeDeclaration[] => {
    const where = side(edge);
    if (where === "outside") return [edge];
    if (where === "out") return [{ ...edge, from: `${node}.${outputs.get(edge.from)!}` }];
    if (where === "inside" || fed.has(edge.from)) return [];
    fed.add(edge.from);
    return [{ ...edge, to: `${node}.${inputs.get(edge.from)!}` }];
  });
  const [first] = Object.keys(sheet.graph.nodes).filter((id) => members.has(id));
  const nodes = Object.entries(sheet.graph.nodes).flatMap(([id, held]) => {
    if (id === first) return [[node, declaration] as const];
    return members.has(id) ? [] : [[id, held] as const];
  });
  const middle = middleOf(sheet.places, members);
  const places = Object.fromEntries(Object.entries(sheet.places).filter(([id]) => !members.has(id)));
  return {
    ...sheet,
    graph: { ...sheet.graph, nodes: Object.fromEntries(nodes), edges },
    bypassed: new Set([...sheet.bypassed].filter((id) => !members.has(id))),
    places: middle ? { ...places, [node]: middle } : places,
  };
}

/** Parameters of the block around that these nodes use, with their defaults. */
function parametersIn(
  nodes: readonly NodeDeclaration[],
  { document }: EditingContext,
  graph: GraphName,
): Readonly<Record<string, unknown>> {
  const bindings = graphOf(document, graph) && bindingsIn(document, graph);
  if (!bindings) return {};
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === "string" && new RegExp(parameterPattern).test(value)) names.add(value.slice(1));
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  for (const { params } of nodes) visit(params);
  return Object.fromEntries(Object.entries(bindings).filter(([name]) => names.has(name)));
}

/** "main.0.conv" takes "main" and "main.0" too: a block of that name would have something at its path. */
const prefixesOf = (id: string): string[] =>
  id.split(".").map((_, index, parts) => parts.slice(0, index + 1).join("."));
