/** What is done to the graph on the canvas. */
import * as canvas from "../canvas/actions.ts";
import { grid } from "../canvas/geometry.ts";
import type { Parts } from "../model/context.ts";
import { editing, type Command } from "./command.ts";
import { toPalette, toParameters } from "./panels.ts";

const selected = (parts: Parts): boolean => {
  const { nodes, edges } = parts.studio.store.getState().selection;
  return editing(parts) && nodes.size + edges.size > 0;
};
const nodesSelected = (parts: Parts): boolean =>
  editing(parts) && parts.studio.store.getState().selection.nodes.size > 0;

/** From one focused node to the next the plain arrows walk; that is the canvas's own. */
const nudges = (["Left", "Right", "Up", "Down"] as const).map((side): Command => {
  const [x, y] = { Left: [-grid, 0], Right: [grid, 0], Up: [0, -grid], Down: [0, grid] }[side];
  return {
    id: `move-${side.toLowerCase()}`,
    title: `Move ${side.toLowerCase()}`,
    group: "Selection",
    keys: [`Shift+Arrow${side}`],
    run: (parts) => canvas.nudge(parts, x, y),
    when: nodesSelected,
  };
});

export const canvasCommands: readonly Command[] = [
  {
    id: "cut",
    title: "Cut",
    group: "Edit",
    keys: ["Ctrl+X"],
    clipboard: true,
    run: canvas.cut,
    when: nodesSelected,
  },
  {
    id: "copy",
    title: "Copy",
    group: "Edit",
    keys: ["Ctrl+C"],
    clipboard: true,
    run: canvas.copy,
    when: nodesSelected,
  },
  {
    id: "paste",
    title: "Paste",
    group: "Edit",
    keys: ["Ctrl+V"],
    clipboard: true,
    run: canvas.paste,
    when: editing,
  },
  {
    id: "duplicate",
    title: "Duplicate",
    group: "Edit",
    keys: ["Ctrl+D"],
    run: canvas.duplicate,
    when: nodesSelected,
  },
  {
    id: "delete",
    title: "Delete",
    group: "Edit",
    keys: ["Delete", "Backspace"],
    run: canvas.deleteSelection,
    when: selected,
  },
  {
    id: "delete-reconnect",
    title: "Delete and rejoin",
    group: "Edit",
    keys: ["Shift+Delete", "Shift+Backspace"],
    run: canvas.deleteAndReconnect,
    when: nodesSelected,
  },
  {
    id: "bypass",
    title: "Bypass",
    group: "Edit",
    keys: ["Ctrl+B"],
    run: canvas.bypass,
    when: nodesSelected,
  },
  {
    id: "select-all",
    title: "Select all",
    group: "Selection",
    keys: ["Ctrl+A"],
    run: canvas.selectAll,
    when: editing,
  },
  {
    id: "group",
    title: "Make a block",
    group: "Selection",
    keys: ["Ctrl+G"],
    run: canvas.group,
    when: nodesSelected,
  },
  {
    id: "ungroup",
    title: "Take a block apart",
    group: "Selection",
    keys: ["Ctrl+Shift+G"],
    run: canvas.ungroup,
    when: nodesSelected,
  },
  {
    id: "enter",
    title: "Open the network or block",
    group: "Selection",
    keys: ["Enter"],
    run: canvas.openSelected,
    when: nodesSelected,
  },
  {
    id: "parameters",
    title: "To the parameters, and back",
    group: "Selection",
    keys: ["F6"],
    typing: true,
    run: toParameters,
    when: editing,
  },
  {
    id: "collapse",
    title: "Collapse or expand",
    group: "Selection",
    keys: [],
    run: canvas.collapse,
    when: nodesSelected,
  },
  {
    id: "frame-around",
    title: "Put a frame around",
    group: "Selection",
    keys: [],
    run: canvas.frameSelection,
    when: nodesSelected,
  },
  ...nudges,
  {
    id: "search",
    title: "Add a node",
    group: "Canvas",
    keys: ["Shift+A"],
    run: canvas.search,
    when: editing,
  },
  {
    id: "search-palette",
    title: "Search the palette",
    group: "Canvas",
    keys: ["/"],
    run: toPalette,
    when: editing,
  },
  {
    id: "note",
    title: "Add a note",
    group: "Canvas",
    keys: ["N"],
    run: canvas.addNote,
    when: editing,
  },
  {
    id: "fit",
    title: "Show all",
    group: "Canvas",
    keys: ["1"],
    run: canvas.fit,
    when: editing,
  },
  {
    id: "frame",
    title: "Show the selection",
    group: "Canvas",
    keys: ["F"],
    run: canvas.frame,
    when: editing,
  },
  {
    id: "tidy",
    title: "Tidy",
    group: "Canvas",
    keys: ["Ctrl+Shift+F"],
    run: canvas.tidy,
    when: editing,
  },
];
