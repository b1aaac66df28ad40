/**
 * What a person does to the graph that is shown, by key or menu: each takes the studio's parts, acts on the selection
 * and makes one entry of the history. Where something cannot be done, the studio says why.
 */
import { applyEdits, type Edit } from "../../core/document/edits.ts";
import { asRecord, notesOf, type Note } from "../../core/document/layout.ts";
import { graphOf, type GraphName } from "../../core/document/types.ts";
import { copy as copied, parseFragment, paste as pasted } from "../../core/editing/clipboard.ts";
import * as commands from "../../core/editing/commands.ts";
import { contextOf, type EditingContext } from "../../core/editing/context.ts";
import { freshName } from "../../core/editing/place.ts";
import { isRefused } from "../../core/editing/refusals.ts";
import { vocabulary } from "../../kinds/index.ts";
import type { Parts } from "../model/context.ts";
import { edgeKey } from "../model/studio.ts";
import { judgingOf } from "./adding.ts";
import { around, grid, snapped, type Point, type Rect } from "./geometry.ts";
import { flowOf, placesOf, rectsOf, settling, toCanvas, toDocument } from "./places.ts";
import { sceneOf, type Scene } from "./scene.ts";

export const deleteSelection = (parts: Parts): void => remove(parts, false);
export const deleteAndReconnect = (parts: Parts): void => remove(parts, true);

function remove({ studio }: Parts, reconnect: boolean): void {
  const { document, tab, selection } = studio.store.getState();
  const wires = (graphOf(document, tab)?.edges ?? []).filter((edge) => selection.edges.has(edgeKey(edge)));
  const edits: Edit[] = [
    ...wires.map((edge): Edit => ({ do: "disconnect", graph: tab, edge })),
    ...(commands.deleteNodes({ document }, tab, selection.nodes, { reconnect }) ?? []),
  ];
  const what =
    selection.nodes.size > 0 ? counted(selection.nodes, "node") : wires.length === 1 ? "wire" : `${wires.length} wires`;
  studio.edit(`Delete ${what}`, edits, { select: [] });
}

/** Leads data around the selected nodes; again, and they are back. */
export function bypass({ studio, workbench }: Parts): void {
  const { tab, selection } = studio.store.getState();
  const edits = commands.bypass(context(studio), tab, selection.nodes);
  if (edits) studio.edit(`Bypass ${counted(selection.nodes, "node")}`, edits);
  else workbench.say(commands.whyNotBypass(context(studio), tab, selection.nodes) ?? "Nothing can be bypassed here.");
}

/** Cards come to lie a little aside; rows stand too close together for that, so theirs is a column of its own. */
export function duplicate({ studio, workbench }: Parts): void {
  const { tab, selection } = studio.store.getState();
  if (selection.nodes.size === 0) return;
  const column = flowOf(tab, workbench.store.getState().direction) === "down" && boxOfSelection({ studio, workbench });
  const offset = column ? { x: snapped(column.width) + 5 * grid, y: 0 } : { x: 5 * grid, y: 3 * grid };
  const edits = commands.duplicate(context(studio), tab, selection.nodes, offset);
  if (edits)
    studio.edit(`Duplicate ${counted(selection.nodes, "node")}`, edits, { select: commands.addedNodes(edits) });
}

/** Puts the selection on the clipboard, through the browser's own copy event. */
export const copy = (): void => void document.execCommand("copy");
export const cut = (): void => void document.execCommand("cut");

/** Asks the browser for the clipboard, which may ask the person. */
export async function paste(parts: Parts): Promise<void> {
  const text = await navigator.clipboard.readText().catch(() => null);
  if (text === null) parts.workbench.say("The browser does not give the clipboard away. Press Ctrl+V to paste.");
  else pasteText(parts, text);
}

/** The selected nodes with the wires inside the selection, as text; null where nothing is selected. */
export function copyText({ studio }: Parts): string | null {
  const { document, tab, selection } = studio.store.getState();
  return selection.nodes.size > 0 ? JSON.stringify(copied(document, tab, selection.nodes), null, 2) : null;
}

/** Puts copied nodes at the pointer. @returns false where the text holds none */
export function pasteText({ studio, workbench, view }: Parts, text: string): boolean {
  const fragment = parseFragment(text);
  if (!fragment) return false;
  const { tab } = studio.store.getState();
  const { direction } = workbench.store.getState();
  const { x, y } = toDocument(tab, direction, view.commands?.pointer() ?? { x: 0, y: 0 });
  const result = pasted(context(studio), tab, fragment, { x: snapped(x), y: snapped(y) });
  if (isRefused(result)) workbench.say(result.why, { tone: "bad" });
  else studio.edit(`Paste ${counted(new Set(result.ids), "node")}`, result.edits, { select: result.ids });
  return true;
}

/** Makes a block of the selected layers. */
export function group({ studio, workbench }: Parts): void {
  const { tab, selection } = studio.store.getState();
  const edits = commands.group(context(studio), tab, selection.nodes, "block");
  if (edits) studio.edit(`Group ${counted(selection.nodes, "node")}`, edits, { select: newIn(studio, edits) });
  else workbench.say(commands.whyNotGroup(context(studio), tab, selection.nodes) ?? "Nothing can be grouped here.");
}

/** Puts what is in the selected blocks in their place. */
export function ungroup({ studio, workbench }: Parts): void {
  const { tab, selection } = studio.store.getState();
  const edits = commands.ungroup(context(studio), tab, selection.nodes);
  if (edits) studio.edit(`Ungroup ${counted(selection.nodes, "block")}`, edits, { select: newIn(studio, edits) });
  else workbench.say(commands.whyNotUngroup(context(studio), tab, selection.nodes) ?? "This cannot be taken apart.");
}

export function selectAll({ studio }: Parts): void {
  const { document, tab } = studio.store.getState();
  studio.select([...sceneNow(studio).nodes.keys(), ...Object.keys(notesOf(document, tab))]);
}

/** Shows the graph behind the selected node. */
export function openSelected({ studio }: Parts): void {
  const [node] = studio.store.getState().selection.nodes;
  const opens = sceneNow(studio).nodes.get(node)?.opens;
  if (opens) studio.show(opens);
}

export function addNote({ studio, workbench, view }: Parts): void {
  const { tab } = studio.store.getState();
  const at = toDocument(tab, workbench.store.getState().direction, view.commands?.pointer() ?? { x: 0, y: 0 });
  const note: Note = { kind: "note", x: snapped(at.x), y: snapped(at.y), width: 208, height: 80, text: "" };
  const id = newNote(studio, "note");
  studio.edit("Add note", [{ do: "set-note", graph: tab, note: id, value: note }], { select: [id] });
  view.commands?.write(id);
}

/** Draws a frame around the selected nodes. */
export function frameSelection({ studio, workbench, view }: Parts): void {
  const { tab } = studio.store.getState();
  const box = boxOfSelection({ studio, workbench });
  if (!box) return workbench.say("Select the nodes that the frame goes around.");
  const { direction } = workbench.store.getState();
  // rows stand close together, so there the title goes beside them; cards leave room for it above
  const [left, top, edge] = flowOf(tab, direction) === "down" ? [136, 11, 11] : [24, 40, 24];
  const { x, y } = toDocument(tab, direction, { x: box.x - left, y: box.y - top });
  const value: Note = {
    kind: "frame",
    x,
    y,
    width: box.width + left + 24,
    height: box.height + top + edge,
    text: "",
  };
  const id = newNote(studio, "frame");
  studio.edit("Add frame", [{ do: "set-note", graph: tab, note: id, value }], { select: [id] });
  view.commands?.write(id);
}

/** Hides the details of the selected nodes, or shows them again. */
export function collapse({ studio }: Parts): void {
  const { tab, selection } = studio.store.getState();
  const { nodes } = sceneNow(studio);
  const chosen = [...selection.nodes].filter((id) => nodes.has(id));
  const hide = chosen.some((id) => !nodes.get(id)!.collapsed);
  studio.edit(
    `${hide ? "Collapse" : "Expand"} ${counted(new Set(chosen), "node")}`,
    chosen.map((node) => ({ do: "set-place", graph: tab, node, place: { collapsed: hide || undefined } })),
  );
}

/** Moves the selection; a held key is one entry. */
export function nudge({ studio, workbench }: Parts, dx: number, dy: number): void {
  const { document, tab, selection } = studio.store.getState();
  const { direction } = workbench.store.getState();
  const notes = notesOf(document, tab);
  const rects = rectsNow({ studio, workbench });
  const edits = settling(sceneNow(studio), direction, rects);
  for (const [id, { x, y }] of rects)
    if (selection.nodes.has(id)) edits.push(move(tab, id, toDocument(tab, direction, { x: x + dx, y: y + dy })));
  for (const id of selection.nodes)
    if (Object.hasOwn(notes, id)) {
      const at = toDocument(tab, direction, shift(toCanvas(tab, direction, notes[id]), dx, dy));
      edits.push({ do: "set-note", graph: tab, note: id, value: { ...notes[id], ...at } });
    }
  studio.edit(`Move ${counted(selection.nodes, "node")}`, edits, { merge: `nudge ${[...selection.nodes].join(" ")}` });
}

export const tidy = ({ view }: Parts): void => void view.commands?.tidy();
export const fit = ({ view }: Parts): void => view.commands?.fit();
export const frame = ({ view }: Parts): void => view.commands?.frame();
export const search = ({ view }: Parts): void => view.commands?.search();

/** Where the nodes of the shown graph stand on the canvas. */
function rectsNow({ studio, workbench }: Pick<Parts, "studio" | "workbench">): ReadonlyMap<string, Rect> {
  const { direction } = workbench.store.getState();
  const scene = sceneNow(studio);
  return rectsOf(scene, placesOf(scene, direction), flowOf(scene.name, direction));
}

/** Around the selected nodes; null where there are none. */
function boxOfSelection(parts: Pick<Parts, "studio" | "workbench">): Rect | null {
  const { nodes } = parts.studio.store.getState().selection;
  return around([...rectsNow(parts)].filter(([id]) => nodes.has(id)).map(([, rect]) => rect));
}

function sceneNow(studio: Parts["studio"]): Scene {
  const { document, analysis, tab } = studio.store.getState();
  return sceneOf(document, analysis, tab, vocabulary);
}

/** What the commands of the core are told of the open document. */
export const context = (studio: Parts["studio"]): EditingContext => contextOf(judgingOf(studio));

/** @param x, y the upper left corner, in the coordinates of the document */
export const move = (graph: GraphName, node: string, { x, y }: Point): Edit => ({
  do: "set-place",
  graph,
  node,
  place: { x, y },
});

/** "relu1", or "3 nodes". */
export const counted = (ids: ReadonlySet<string>, noun: string): string =>
  ids.size === 1 ? [...ids][0] : `${ids.size} ${noun}s`;

/** A name for a note that no node has. */
function newNote({ store }: Parts["studio"], base: string): string {
  const { document, tab } = store.getState();
  const taken = [
    ...Object.keys(graphOf(document, tab)?.nodes ?? {}),
    ...Object.keys(asRecord(document.layout[tab]?.$notes)),
  ];
  return freshName(`${base}-1`, new Set(taken));
}

/** The nodes that edits put into the shown graph. */
function newIn({ store }: Parts["studio"], edits: readonly Edit[]): string[] {
  const { document, tab } = store.getState();
  const before = graphOf(document, tab)?.nodes ?? {};
  const after = graphOf(applyEdits(document, edits), tab)?.nodes ?? {};
  return Object.keys(after).filter((id) => !Object.hasOwn(before, id));
}
const shift = ({ x, y }: Point, dx: number, dy: number): Point => ({ x: x + dx, y: y + dy });
