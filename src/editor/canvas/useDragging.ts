/**
 * Dragging, selecting and resizing: positions stay here while a hand moves them, and one edit is made when it lets go.
 * A frame takes along what is in it, and a node without wires that is let go on a wire goes in between.
 */
import type { EdgeChange, NodeChange, OnNodeDrag } from "@xyflow/react";
import { useCallback, useMemo, useState } from "react";
import type { Edit } from "../../core/document/edits.ts";
import { putOnEdge } from "../../core/editing/commands.ts";
import { useParts } from "../model/context.ts";
import { context, move } from "./actions.ts";
import { roomBetween } from "./adding.ts";
import { inside, type Point, type Rect } from "./geometry.ts";
import type { KindFlowNode } from "./KindNode.tsx";
import { useLocalStore } from "./local.ts";
import type { NoteFlowNode } from "./NoteNode.tsx";
import { settling, toDocument } from "./places.ts";
import { useGivingUp } from "./useGivingUp.ts";
import type { Stage } from "./useScene.ts";
import type { WireEdge } from "./Wire.tsx";
import { wireAt } from "./wires.ts";

export type FlowNode = KindFlowNode | NoteFlowNode;

export function useDragging(stage: Stage) {
  const { studio } = useParts();
  const local = useLocalStore();
  const { scene, rects, direction } = stage;
  const giving = useGivingUp();
  const [moved, setMoved] = useState<ReadonlyMap<string, Partial<Rect>>>(untouched);

  const nodes = useMemo((): FlowNode[] => {
    const all: FlowNode[] = [...stage.notes, ...stage.nodes.values()];
    return moved.size === 0 ? all : all.map((node) => shifted(node, moved.get(node.id)));
  }, [stage.nodes, stage.notes, moved]);

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const places = new Map<string, Partial<Rect>>();
      const selects: Select[] = [];
      for (const change of changes) {
        if (change.type === "select") selects.push(change);
        if (change.type === "position" && change.position)
          places.set(change.id, { ...places.get(change.id), ...change.position });
        if (change.type === "dimensions" && change.resizing && change.dimensions)
          places.set(change.id, { ...places.get(change.id), ...change.dimensions });
      }
      // a resized note is in the document by now
      if (changes.some((change) => change.type === "dimensions" && change.resizing === false)) setMoved(untouched);
      else if (places.size > 0)
        setMoved((before) => {
          const after = new Map(before);
          for (const [id, rect] of places) after.set(id, { ...after.get(id), ...rect });
          for (const [id, at] of taken(stage, places)) if (!places.has(id)) after.set(id, at);
          return after;
        });
      if (selects.length > 0) {
        const { nodes: before, edges } = studio.store.getState().selection;
        studio.select(changed(before, selects), edges);
      }
    },
    [studio, stage],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WireEdge>[]) => {
      const selects = changes.filter((change) => change.type === "select");
      const { nodes: kept, edges } = studio.store.getState().selection;
      if (selects.length > 0) studio.select(kept, changed(edges, selects));
    },
    [studio],
  );

  /** The wire that a node would go into the middle of, if it has none of its own. */
  const wireUnder = useCallback(
    (node: FlowNode) => {
      const view = scene.nodes.get(node.id);
      if (!view || view.bypassed || [...view.inputs, ...view.outputs].some(({ wired }) => wired)) return null;
      const wire = wireAt(stage, { ...node.position, width: node.width!, height: node.height! });
      return wire && putOnEdge(context(studio), scene.name, node.id, wire.edge) ? wire : null;
    },
    [stage, scene, studio],
  );
  const onNodeDrag: OnNodeDrag<FlowNode> = useCallback(
    (_, node, dragged) => {
      const target = dragged.length === 1 ? (wireUnder(node)?.key ?? null) : null;
      if (local.getState().target !== target) local.setState({ target });
    },
    [local, wireUnder],
  );
  const onNodeDragStop: OnNodeDrag<FlowNode> = useCallback(
    (_, node, dragged) => {
      const wire = dragged.length === 1 ? wireUnder(node) : null;
      const places = new Map(dragged.map(({ id, position }) => [id, position as Point]));
      if (wire) {
        const others = new Map([...rects].filter(([id]) => id !== node.id));
        const start = { ...rects.get(node.id)!, ...node.position };
        const { place, moves } = roomBetween(start, others, stage.flow, [wire.from.node, wire.to.node]);
        for (const [id, at] of [[node.id, place] as const, ...moves]) places.set(id, { x: at.x, y: at.y });
      }
      for (const [id, at] of taken(stage, places)) if (!places.has(id)) places.set(id, at);
      const edits: Edit[] = [...places].flatMap(([id, position]) => {
        const at = toDocument(scene.name, direction, position);
        const note = stage.notes.find((each) => each.id === id)?.data.note;
        if (note) return [{ do: "set-note", graph: scene.name, note: id, value: { ...note, ...at } }];
        return [move(scene.name, id, at)];
      });
      const put = wire ? (putOnEdge(context(studio), scene.name, node.id, wire.edge) ?? []) : [];
      const label =
        put.length > 0 ? `Insert ${node.id}` : `Move ${places.size === 1 ? node.id : `${places.size} nodes`}`;
      const still = dragged.every(({ id, position }) => sameAs(position, rects.get(id) ?? placeOfNote(stage, id)));
      if (!giving.end() && !still) studio.edit(label, [...settling(scene, direction, rects), ...edits, ...put]);
      local.setState({ target: null });
      setMoved(untouched);
    },
    [studio, giving, local, stage, scene, rects, direction, wireUnder],
  );
  return {
    nodes,
    isMoving: moved.size > 0,
    handlers: { onNodesChange, onEdgesChange, onNodeDragStart: giving.begin, onNodeDrag, onNodeDragStop },
  };
}

type Select = { readonly id: string; readonly selected: boolean };
const untouched: ReadonlyMap<string, Partial<Rect>> = new Map();

function shifted(node: FlowNode, to: Partial<Rect> | undefined): FlowNode {
  if (!to) return node;
  const position = { x: to.x ?? node.position.x, y: to.y ?? node.position.y };
  if (to.width === undefined || to.height === undefined) return { ...node, position };
  const size = { width: to.width, height: to.height };
  return { ...node, position, ...size, measured: size };
}

/** Where what lies in a moved frame goes. */
function taken({ notes, rects }: Stage, places: ReadonlyMap<string, Partial<Rect>>): Map<string, Point> {
  const along = new Map<string, Point>();
  for (const { id, data, position, width, height } of notes) {
    const to = places.get(id);
    if (data.note.kind !== "frame" || to?.x === undefined || to.y === undefined || to.width !== undefined) continue;
    const by = { x: to.x - position.x, y: to.y - position.y };
    const frame: Rect = { ...position, width: width!, height: height! };
    const inIt = (rect: Rect) => inside({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }, frame);
    for (const [node, rect] of rects) if (inIt(rect)) along.set(node, { x: rect.x + by.x, y: rect.y + by.y });
    for (const other of notes)
      if (other.id !== id && inIt({ ...other.position, width: other.width!, height: other.height! }))
        along.set(other.id, { x: other.position.x + by.x, y: other.position.y + by.y });
  }
  return along;
}

const placeOfNote = ({ notes }: Stage, id: string): Point | undefined => notes.find((note) => note.id === id)?.position;
const sameAs = (a: Point, b: Point | undefined): boolean => b !== undefined && a.x === b.x && a.y === b.y;

function changed(selected: ReadonlySet<string>, selects: readonly Select[]): Set<string> {
  const next = new Set(selected);
  for (const { id, selected: now } of selects)
    if (now) next.add(id);
    else next.delete(id);
  return next;
}
