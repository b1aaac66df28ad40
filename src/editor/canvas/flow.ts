/**
 * A scene as React Flow takes it. Objects of nodes and wires that did not change are the same as before, so that only
 * what did change renders.
 */
import { Position, type NodeHandle } from "@xyflow/react";
import { largestSide } from "../../targets/figure/tensor.ts";
import { overlaps, portPlace, row, sizeOfNode, type Flow, type Point, type Rect } from "./geometry.ts";
import type { Note } from "../../core/document/layout.ts";
import type { GraphName } from "../../core/document/types.ts";
import { passingBy } from "./aside.ts";
import type { NoteFlowNode } from "./NoteNode.tsx";
import { toCanvas } from "./places.ts";
import { describingId, type KindFlowNode } from "./KindNode.tsx";
import type { NodeView, Scene } from "./scene.ts";
import type { WireEdge } from "./Wire.tsx";

/**
 * @param drawings as {@link drawingsOf} gives them
 * @param before what it returned last: members that stand and connect as they did are taken over, whatever they say now
 */
export function flowNodes(
  scene: Scene,
  places: ReadonlyMap<string, Point>,
  flow: Flow,
  drawings: ReadonlyMap<string, number>,
  selected: ReadonlySet<string>,
  before: ReadonlyMap<string, KindFlowNode>,
): Map<string, KindFlowNode> {
  const nodes = new Map<string, KindFlowNode>();
  for (const [id, view] of scene.nodes) {
    const old = before.get(id);
    const sameData = old && old.data.flow === flow && connectsAlike(old.data.view, view, flow);
    const data = sameData ? old.data : { view, flow, training: scene.training, drawing: drawings.get(id) ?? null };
    const position = places.get(id)!;
    const isSelected = selected.has(id);
    const unchanged =
      sameData && old.selected === isSelected && old.position.x === position.x && old.position.y === position.y;
    nodes.set(id, unchanged ? old : kindNode(view, flow, data, position, isSelected));
  }
  return nodes;
}

/** The same size, name and ports: all that React Flow knows of a node. */
function connectsAlike(a: NodeView, b: NodeView, flow: Flow): boolean {
  if (a === b) return true;
  const alike = (side: "inputs" | "outputs") =>
    a[side].length === b[side].length && a[side].every(({ name }, index) => name === b[side][index].name);
  const [before, after] = [sizeOfNode(a, flow), sizeOfNode(b, flow)];
  return (
    a.kind === b.kind &&
    a.bypassed === b.bypassed &&
    before.width === after.width &&
    before.height === after.height &&
    alike("inputs") &&
    alike("outputs")
  );
}

/** The nodes beside which a tensor is drawn, each with the largest side of all that are drawn. */
export function drawingsOf(scene: Scene, places: ReadonlyMap<string, Point>, flow: Flow): Map<string, number> {
  const drawn = [...scene.nodes.values()].filter((view) => flow === "down" && view.drawn);
  const largest = largestSide(drawn.map((view) => view.drawn!));
  const lines = inLines(scene, places);
  return new Map(drawn.filter(({ id }) => hasRoom(id, lines, places)).map(({ id }) => [id, largest]));
}

function kindNode(
  view: NodeView,
  flow: Flow,
  data: KindFlowNode["data"],
  position: Point,
  selected: boolean,
): KindFlowNode {
  const size = sizeOfNode(view, flow);
  return {
    id: view.id,
    type: "kind",
    data,
    position,
    selected,
    ...size,
    measured: size,
    handles: handlesOf(view, flow),
    ariaLabel: `${view.kind} ${view.id}`,
    domAttributes: { "aria-describedby": describingId(view.id), "aria-roledescription": undefined },
  };
}

const handlesOf = (view: NodeView, flow: Flow): NodeHandle[] =>
  (["inputs", "outputs"] as const).flatMap((side) =>
    view[side].map(({ name }, index): NodeHandle => {
      const [into, out] = flow === "down" ? [Position.Top, Position.Bottom] : [Position.Left, Position.Right];
      const { x, y } = portPlace(view, flow, side, index);
      return {
        id: name,
        type: side === "inputs" ? "target" : "source",
        position: side === "inputs" ? into : out,
        x,
        y,
        width: 0,
        height: 0,
      };
    }),
  );

type Lines = ReadonlyMap<number, readonly string[]>;
const lineOf = (y: number): number => Math.floor(y / row.height);

/** Nodes by the line that their upper border is in, so that neighbours are found without asking all. */
function inLines(scene: Scene, places: ReadonlyMap<string, Point>): Lines {
  const lines = new Map<number, string[]>();
  for (const id of scene.nodes.keys()) {
    const line = lineOf(places.get(id)!.y);
    const there = lines.get(line);
    if (there) there.push(id);
    else lines.set(line, [id]);
  }
  return lines;
}

/** A tensor is drawn to the right of its row unless another node stands there. */
function hasRoom(id: string, lines: Lines, places: ReadonlyMap<string, Point>): boolean {
  const { x, y } = places.get(id)!;
  const space: Rect = { x: x + row.width + 24, y, width: 160, height: row.height };
  return [-1, 0, 1].every((beside) =>
    (lines.get(lineOf(y) + beside) ?? []).every(
      (other) => other === id || !overlaps(space, { ...places.get(other)!, ...row }),
    ),
  );
}

/** Frames lie below notes, and both below nodes and wires. */
export function flowNotes(
  notes: Readonly<Record<string, Note>>,
  graph: GraphName,
  direction: Flow,
  selected: ReadonlySet<string>,
): NoteFlowNode[] {
  return Object.entries(notes)
    .sort(([, a], [, b]) => Number(b.kind === "frame") - Number(a.kind === "frame"))
    .map(([id, note]) => ({
      id,
      type: "note",
      data: { note, graph },
      position: toCanvas(graph, direction, note),
      width: note.width,
      height: note.height,
      measured: { width: note.width, height: note.height },
      selected: selected.has(id),
      connectable: false,
      zIndex: note.kind === "frame" ? -2 : -1,
      ariaLabel: `${note.kind === "frame" ? "Frame" : "Note"} ${note.text.split("\n")[0] || id}`,
      domAttributes: { "aria-roledescription": undefined },
    }));
}

export function flowEdges(
  scene: Scene,
  rects: ReadonlyMap<string, Rect>,
  flow: Flow,
  selected: ReadonlySet<string>,
  before: ReadonlyMap<string, WireEdge>,
): Map<string, WireEdge> {
  const edges = new Map<string, WireEdge>();
  const asides = flow === "down" ? passingBy(scene, rects) : new Map<string, number>();
  const straight = new Set(scene.wires.flatMap(({ key, edge }) => (asides.has(key) ? [] : [edge.from])));
  for (const view of scene.wires) {
    const { key, from, to } = view;
    const aside = asides.get(key) ?? null;
    const silent = aside !== null && straight.has(view.edge.from);
    const old = before.get(key);
    const sameData =
      old?.data &&
      old.data.view.edge === view.edge &&
      old.data.view.idle === view.idle &&
      old.data.flow === flow &&
      old.data.aside === aside &&
      old.data.silent === silent;
    const isSelected = selected.has(key);
    if (sameData && old.selected === isSelected) {
      edges.set(key, old);
      continue;
    }
    edges.set(key, {
      id: key,
      type: "wire",
      source: from.node,
      sourceHandle: from.port,
      target: to.node,
      targetHandle: to.port,
      selected: isSelected,
      data: sameData ? old.data : { view, flow, training: scene.training, aside, silent },
    });
  }
  return edges;
}
