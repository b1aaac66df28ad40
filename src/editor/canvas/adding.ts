/** Putting a new node into the graph that is shown: where it goes, and what it is wired to. */
import type { Edit } from "../../core/document/edits.ts";
import { emptyGraph, graphOf, splitEnd, type EdgeDeclaration, type GanDocument, type Graph, type GraphName } from "../../core/document/types.ts"; // prettier-ignore
import type { JudgingContext } from "../../core/editing/context.ts";
import { insertable, kindsThatFit, type Fit } from "../../core/editing/fits.ts";
import { freshId } from "../../core/editing/place.ts";
import { bypassedOf } from "../../core/document/layout.ts";
import { vocabulary } from "../../kinds/index.ts";
import type { Parts } from "../model/context.ts";
import type { Studio } from "../model/studio.ts";
import type { Choice } from "./choices.ts";
import { card, overlaps, pitch, row, snapped, type Flow, type Point, type Rect } from "./geometry.ts";
import type { LooseEnd } from "./local.ts";
import { flowOf, placesOf, rectsOf, settling, toDocument } from "./places.ts";
import { sceneOf } from "./scene.ts";

export interface Wanted {
  /** On the canvas, the node's middle; null where it finds its own place. */
  readonly place: Point | null;
  /** The port that it is wired to. */
  readonly end: LooseEnd | null;
  /** The node that it follows, where it fits there. */
  readonly after: string | null;
  /** The wire that it goes into the middle of. */
  readonly into?: EdgeDeclaration | null;
}

/** Adds a node as one entry and selects it. @returns its id */
export function addChoice({ studio, workbench, view }: Parts, choice: Choice, wanted: Wanted): string {
  const { document, tab, analysis } = studio.store.getState();
  const { direction } = workbench.store.getState();
  const graph = graphOf(document, tab) ?? emptyGraph;
  const named = choice.declaration.params ? choice.title : choice.declaration.kind;
  const node = freshId(graph, named, Object.keys(bypassedOf(document, tab)));
  const context = judgingOf(studio);
  const flow = flowOf(tab, direction);
  const size = flow === "down" ? row : card;
  const scene = sceneOf(document, analysis, tab, vocabulary);
  const rects = rectsOf(scene, placesOf(scene, direction), flow);

  const end = wanted.end ?? (wanted.after === null ? null : endAfter(context, tab, choice, wanted.after));
  const into = wanted.into ?? (end && flow === "down" && !wanted.end ? onlyWire(document, tab, end) : null);
  const insert = into && insertable(context, tab, into).find((fit) => isOf(fit, choice));
  const fit = end && !insert ? fitOf(context, tab, choice, end) : undefined;
  const wires: Edit[] = fit && end ? [{ do: "connect", graph: tab, edge: edgeTo(node, fit.port, end) }] : [];

  const beside = end ? rects.get(end.node) : wanted.after !== null ? rects.get(wanted.after) : undefined;
  const middle = view.commands?.middle() ?? { x: 0, y: 0 };
  const corner = wanted.place
    ? { x: wanted.place.x - size.width / 2, y: wanted.place.y - size.height / 2 }
    : beside
      ? next(beside, flow, end?.side === "inputs" ? -1 : 1)
      : { x: middle.x - size.width / 2, y: middle.y - size.height / 2 };
  const start = { x: snapped(corner.x), y: snapped(corner.y), ...size };
  const fits = insert && into ? roomBetween(start, rects, flow, ends(into, graph)) : null;
  const place = fits?.place ?? (wanted.place ? start : freePlace(start, [...rects.values()], flow));
  const moves = fits?.moves ?? [];
  const move = (id: string, to: Point): Edit => ({ do: "move-node", graph: tab, node: id, to: toDocument(tab, direction, to) }); // prettier-ignore
  const added: Edit[] = insert
    ? [{ do: "insert-node", graph: tab, edge: into!, node, declaration: choice.declaration, input: insert.input, output: insert.output }] // prettier-ignore
    : [{ do: "add-node", graph: tab, node, declaration: choice.declaration }, ...wires];
  studio.edit(
    `Add ${choice.title}`,
    [
      ...settling(scene, direction, rects),
      ...moves.map(([id, to]) => move(id, to)),
      ...added,
      move(node, { x: place.x, y: place.y }),
    ],
    { select: [node] },
  );
  return node;
}

/** Those choices that can stand in the middle of a wire, the likeliest first. */
export const between = (
  context: JudgingContext,
  graph: GraphName,
  choices: readonly Choice[],
  wire: EdgeDeclaration,
): Choice[] => insertable(context, graph, wire).flatMap((fit) => choices.filter((choice) => isOf(fit, choice)));

/** Those choices that fit a loose end, the likeliest first. */
export function fitting(
  context: JudgingContext,
  graph: GraphName,
  choices: readonly Choice[],
  end: LooseEnd,
): Choice[] {
  const fits = kindsThatFit(context, graph, { node: end.node, port: end.port, side: sideOf(end) });
  return fits.flatMap((fit) => choices.filter((choice) => isOf(fit, choice)));
}

export const judgingOf = ({ store, dataSets }: Studio): JudgingContext => {
  const { document, analysis } = store.getState();
  return { document, analysis, vocabulary, dataSets };
};

const isOf = ({ kind, params }: Pick<Fit, "kind" | "params">, { declaration }: Choice): boolean =>
  kind.name === declaration.kind &&
  Object.entries(params ?? {}).every(([name, value]) => declaration.params?.[name] === value);

const sideOf = ({ side }: LooseEnd) => (side === "outputs" ? "output" : "input");

const fitOf = (context: JudgingContext, graph: GraphName, choice: Choice, end: LooseEnd): Fit | undefined =>
  kindsThatFit(context, graph, { node: end.node, port: end.port, side: sideOf(end) }).find((fit) => isOf(fit, choice));

/** The first output of a node, if the choice can take what it gives. */
function endAfter(context: JudgingContext, graph: GraphName, choice: Choice, after: string): LooseEnd | null {
  const { nodes } = sceneOf(context.document, context.analysis, graph, vocabulary);
  for (const { name } of nodes.get(after)?.outputs ?? []) {
    const end: LooseEnd = { node: after, port: name, side: "outputs" };
    if (fitOf(context, graph, choice, end)) return end;
  }
  return null;
}

function onlyWire(document: GanDocument, graph: GraphName, { node, port }: LooseEnd): EdgeDeclaration | null {
  const wires = graphOf(document, graph)?.edges.filter(({ from }) => from === `${node}.${port}`) ?? [];
  return wires.length === 1 ? wires[0] : null;
}

const edgeTo = (node: string, port: string, end: LooseEnd): EdgeDeclaration =>
  end.side === "outputs"
    ? { from: `${end.node}.${end.port}`, to: `${node}.${port}` }
    : { from: `${node}.${port}`, to: `${end.node}.${end.port}` };

const next = ({ x, y, height }: Rect, flow: "down" | "right", way: 1 | -1): Point =>
  flow === "down"
    ? { x, y: way > 0 ? y + height + pitch.down - row.height : y - pitch.down }
    : { x: x + way * pitch.right, y };

/** The place itself, or the next one beside it that no node stands in. */
function freePlace(start: Rect, rects: readonly Rect[], flow: "down" | "right"): Rect {
  let place = start;
  for (let tries = 0; tries < 100 && rects.some((rect) => overlaps(rect, place)); tries++)
    place = flow === "down" ? { ...place, x: place.x + row.width + 40 } : { ...place, y: place.y + pitch.down };
  return place;
}

/**
 * Where a node stands that goes into the middle of a wire, let go at `start`: clear of the node before it, and in line with
 * it where values flow down. What comes after moves on where it stood in the way.
 */
export function roomBetween(
  start: Rect,
  rects: ReadonlyMap<string, Rect>,
  flow: Flow,
  [from, to]: readonly [from: string, to: string],
): { readonly place: Rect; readonly moves: readonly (readonly [id: string, to: Point])[] } {
  const [before, after] = [rects.get(from), rects.get(to)];
  const least = before && next(before, flow, 1);
  const place = least && flow === "down" ? { ...start, x: least.x, y: Math.max(least.y, start.y) } : start;
  const step = !after ? 0 : flow === "down" ? place.y + pitch.down - after.y : place.x + pitch.right - after.x;
  if (!after || step <= 0) return { place, moves: [] };
  const moves = [...rects]
    .filter(([, rect]) => (flow === "down" ? rect.y >= after.y : rect.x >= after.x))
    .map(([id, { x, y }]) => [id, flow === "down" ? { x, y: y + step } : { x: x + step, y }] as const);
  return { place, moves };
}

const ends = ({ from, to }: EdgeDeclaration, { nodes }: Graph): [from: string, to: string] => [
  splitEnd(from, nodes)?.node ?? "",
  splitEnd(to, nodes)?.node ?? "",
];
