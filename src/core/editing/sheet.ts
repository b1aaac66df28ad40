/**
 * One graph as commands rework it: with its bypassed nodes put back, and the places of all. `opened` takes it from a
 * document, `closed` gives the edits that bring it back.
 */
import type { Edit } from "../document/edits.ts";
import { bypassedKey, bypassedOf, isReserved, layoutOf, pointOf, type Layout, type Point } from "../document/layout.ts";
import { graphOf, type Graph, type GraphName } from "../document/types.ts";
import type { JudgingContext } from "./context.ts";
import { fold, unfold } from "./ghosts.ts";
import { indexAt, portsOfNode } from "./ports.ts";

export interface Sheet {
  /** With the bypassed nodes in it. */
  readonly graph: Graph;
  readonly bypassed: ReadonlySet<string>;
  /** Of the nodes alone. */
  readonly places: Layout;
  /** What else the layout holds. */
  readonly notes: Layout;
}

export function opened({ document }: Pick<JudgingContext, "document">, name: GraphName): Sheet | null {
  const graph = graphOf(document, name);
  if (!graph) return null;
  const ghosts = bypassedOf(document, name);
  const { places, notes } = partsOf(layoutOf(document, name));
  const kept = Object.entries(ghosts).flatMap(([id, { place }]) => (place ? [[id, place] as const] : []));
  return {
    graph: unfold(graph, ghosts),
    bypassed: new Set(Object.keys(ghosts)),
    places: kept.length > 0 ? { ...places, ...Object.fromEntries(kept) } : places,
    notes,
  };
}

/** A graph's layout apart: nodes' places, and the rest but for bypassed nodes. Found once for each layout that there is. */
function partsOf(layout: Layout): Pick<Sheet, "places" | "notes"> {
  const known = partsKnown.get(layout);
  if (known) return known;
  const entries = Object.entries(layout);
  const parts = {
    places: Object.fromEntries(entries.filter(([key]) => !isReserved(key))),
    notes: Object.fromEntries(entries.filter(([key]) => isReserved(key) && key !== bypassedKey)),
  };
  partsKnown.set(layout, parts);
  return parts;
}
const partsKnown = new WeakMap<Layout, Pick<Sheet, "places" | "notes">>();

export function closed(
  context: Pick<JudgingContext, "document" | "vocabulary">,
  name: GraphName,
  sheet: Sheet,
): Edit[] {
  const { graph, ghosts } = fold(sheet.graph, sheet.bypassed, rankIn(context, name, sheet.graph));
  const places = Object.entries(sheet.places).filter(([id]) => !Object.hasOwn(ghosts, id));
  const records = Object.entries(ghosts).map(([id, ghost]) => {
    const place = sheet.places[id];
    return [id, place === undefined ? ghost : { ...ghost, place }];
  });
  const value: Layout = {
    ...Object.fromEntries(places),
    ...sheet.notes,
    ...(records.length > 0 ? { [bypassedKey]: Object.fromEntries(records) } : {}),
  };
  return [
    { do: "replace-graph", graph: name, value: graph },
    { do: "replace-layout", graph: name, value },
  ];
}

/** The middle of the nodes that have a place; null where none has. */
export function middleOf(places: Layout, ids: Iterable<string>): Point | null {
  const points = [...ids].flatMap((id) => (Object.hasOwn(places, id) ? (pointOf(places[id]) ?? []) : []));
  if (points.length === 0) return null;
  const mean = (along: "x" | "y") => Math.round(points.reduce((sum, point) => sum + point[along], 0) / points.length);
  return { x: mean("x"), y: mean("y") };
}

/** A place with x and y moved on; as it is where it has none. */
export function shifted(place: unknown, by: Point): unknown {
  const point = pointOf(place);
  return point ? { ...(place as object), x: point.x + by.x, y: point.y + by.y } : place;
}

/** Inputs in the order in which their node declares them. */
function rankIn(
  context: Pick<JudgingContext, "document" | "vocabulary">,
  name: GraphName,
  { nodes }: Graph,
): (node: string, port: string) => number {
  return (node, port) => {
    const inputs = portsOfNode(context, name, nodes[node])?.inputs ?? [];
    const at = inputs.findIndex((spec) => (spec.variadic ? indexAt(spec, port) !== null : spec.name === port));
    return at < 0 ? Infinity : at + (indexAt(inputs[at], port) ?? 0) / 1e9;
  };
}
