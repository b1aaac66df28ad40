/**
 * May this wire be? Quick while it is dragged: ports, circles and types. Thorough when it is dropped: the document is
 * analyzed with the wire in it, and what the kinds then say of the node that it arrives at is the answer.
 */
import { analyze } from "../analysis/analyze.ts";
import type { Code } from "../analysis/catalogue.ts";
import { isError, sentence, type Diagnostic } from "../analysis/diagnostics.ts";
import { applyEdit } from "../document/edits.ts";
import { graphOf, splitEnd, type EdgeDeclaration, type Graph, type GraphName } from "../document/types.ts";
import { accept, type PortSpec } from "../kind/ports.ts";
import type { JudgingContext } from "./context.ts";
import { convertersOf } from "./fits.ts";
import { endText, kindIn, openPorts, portsOfNode, specAt, typeAt, type End } from "./ports.ts";
import { refusals, type Refused } from "./refusals.ts";

export type Judgement =
  | { readonly ok: true; /** The wire whose place the new one takes. */ readonly replaces: EdgeDeclaration | null }
  | ({ readonly ok: false } & Refused);

/** @param thorough also asks the analysis: some milliseconds instead of a fraction of one */
export function judgeConnection(
  context: JudgingContext,
  graphName: GraphName,
  from: End,
  to: End,
  { thorough = false }: { readonly thorough?: boolean } = {},
): Judgement {
  const graph = graphOf(context.document, graphName);
  const why =
    (graph ? refusalOf(context, graphName, graph, from, to) : refusals.noGraph(graphName)) ??
    (thorough ? misfitOf(context, graphName, from, to) : null);
  if (why !== null) return { ok: false, why };
  return { ok: true, replaces: graph?.edges.find((edge) => edge.to === endText(to)) ?? null };
}

function refusalOf(context: JudgingContext, graphName: GraphName, graph: Graph, from: End, to: End): string | null {
  for (const { node } of [from, to]) if (!Object.hasOwn(graph.nodes, node)) return refusals.noNode(node);
  const source = portsOfNode(context, graphName, graph.nodes[from.node]);
  const target = portsOfNode(context, graphName, graph.nodes[to.node]);
  const output = source && specAt(source.outputs, from.port);
  const input = target && specAt(target.inputs, to.port);
  const startsAtInput = !!source && !output && specAt(source.inputs, from.port) !== undefined;
  const endsAtOutput = !!target && !input && specAt(target.outputs, to.port) !== undefined;
  if (startsAtInput && endsAtOutput) return refusals.backwards;
  if (startsAtInput) return refusals.twoInputs;
  if (endsAtOutput) return refusals.twoOutputs;
  if (from.node === to.node) return refusals.sameNode(from.node);
  if (source && !output) return refusals.noPort(from.node, from.port);
  if (target && !input) return refusals.noPort(to.node, to.port);
  if (input?.variadic && !openPorts(context, graphName, to.node).includes(to.port))
    return refusals.portGap(openPorts(context, graphName, to.node).at(-1)!);
  const back = pathBetween(graph, to.node, from.node);
  if (back) return refusals.circle([...back, to.node]);
  return output && input ? mismatchOf(context, graphName, graph, from, to, output, input) : null;
}

/** Null where the types fit, or are not known. */
function mismatchOf(
  context: JudgingContext,
  graphName: GraphName,
  graph: Graph,
  from: End,
  to: End,
  output: PortSpec,
  input: PortSpec,
): string | null {
  const kind = kindIn(context.vocabulary, graphName, graph.nodes[to.node].kind);
  const title = !kind || kind.role === "call" || kind.role === "block" ? to.node : kind.title;
  const type = typeAt(context, graphName, from);
  if (type) {
    if (accept(input, type)) return null;
    return refusals.mismatch(title, input.types, type, convertersOf(context, graphName, type, input));
  }
  const fits = output.types.some((each) => accept(input, { type: each, shape: [] }));
  return fits ? null : refusals.mismatchOfKinds(title, input.types, output.types);
}

/** The nodes along the wires from one to another; null where none lead there. */
function pathBetween(graph: Graph, start: string, goal: string): string[] | null {
  const readers = new Map<string, string[]>();
  for (const edge of graph.edges) {
    const [from, to] = [splitEnd(edge.from, graph.nodes)?.node, splitEnd(edge.to, graph.nodes)?.node];
    if (from === undefined || to === undefined) continue;
    const known = readers.get(from);
    if (known) known.push(to);
    else readers.set(from, [to]);
  }
  const before = new Map<string, string | null>([[start, null]]);
  const waiting = [start];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (at === goal) {
      const path: string[] = [];
      for (let step: string | null = at; step !== null; step = before.get(step) ?? null) path.unshift(step);
      return path;
    }
    for (const reader of readers.get(at) ?? [])
      if (!before.has(reader)) {
        before.set(reader, at);
        waiting.push(reader);
      }
  }
  return null;
}

/** What a half-wired node is told anyway: no reason against one more wire. */
const unfinished: ReadonlySet<Code> = new Set(["missing-wire", "too-few-inputs", "port-gap"]);

/** What analysis says of the target with the wire in place, and did not say before. What it says elsewhere can be mended there. */
function misfitOf(context: JudgingContext, graph: GraphName, from: End, to: End): string | null {
  const { analysis, vocabulary, document, dataSets = () => null } = context;
  const edge = { from: endText(from), to: endText(to) };
  const wired = applyEdit(document, { do: "connect", graph, edge });
  const declaration = graphOf(document, graph)!.nodes[to.node];
  const variadic = specAt(portsOfNode(context, graph, declaration)?.inputs ?? [], to.port)?.variadic !== undefined;
  const concerns = (each: Diagnostic) =>
    isError(each) &&
    each.at.graph === graph &&
    (each.at.node === to.node || each.code === "calls-differ") && // said at one of the network's other uses, too
    !unfinished.has(each.code) &&
    !(variadic && each.at.param); // one more wire may well need one more number in a parameter
  const key = ({ code, at }: Diagnostic) => JSON.stringify([code, at.node, at.port, at.param]);
  const known = new Set(analysis.diagnostics.filter(concerns).map(key));
  const fresh = analyze(wired, vocabulary, dataSets).diagnostics.find(
    (each) => concerns(each) && !known.has(key(each)),
  );
  return fresh ? sentence(fresh) : null;
}
