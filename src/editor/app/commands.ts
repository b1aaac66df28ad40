/**
 * Everything that a person can tell the studio to do, once: the keyboard, the help sheet, menus and tooltips read this list.
 * What a command does is said elsewhere; here are its name, its keys and when it can be given.
 */
import * as canvas from "../canvas/actions.ts";
import { grid } from "../canvas/geometry.ts";
import type { Parts } from "../model/context.ts";

export const groups = ["Edit", "Selection", "Canvas", "Training", "File", "Studio"] as const;
export type CommandGroup = (typeof groups)[number];

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** As keys.ts writes them; the first is shown. A person may choose others. */
  readonly keys: readonly string[];
  /** True where it works while a field is being typed in. */
  readonly typing?: true;
  /** True where the browser, told by its own keys for it, does this by an event of the clipboard. */
  readonly clipboard?: true;
  run(parts: Parts): unknown;
  /** Left out where it can always be given. */
  when?(parts: Parts): boolean;
}

const documentOpen = ({ keeping }: Parts): boolean => keeping.store.getState().id !== null;
const editing = (parts: Parts): boolean => documentOpen(parts) && parts.workbench.store.getState().sheet === null;

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

export const commands: readonly Command[] = [
  {
    id: "undo",
    title: "Undo",
    group: "Edit",
    keys: ["Ctrl+Z"],
    run: ({ studio }) => studio.undo(),
    when: (parts) => editing(parts) && parts.studio.store.getState().past.length > 0,
  },
  {
    id: "redo",
    title: "Redo",
    group: "Edit",
    keys: ["Ctrl+Y", "Ctrl+Shift+Z"],
    run: ({ studio }) => studio.redo(),
    when: (parts) => editing(parts) && parts.studio.store.getState().future.length > 0,
  },
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
  {
    id: "train",
    title: "Train or pause",
    group: "Training",
    keys: ["Ctrl+Enter"],
    typing: true,
    run: ({ training }) => training.toggle(),
    when: editing,
  },
  {
    id: "iterate",
    title: "One iteration",
    group: "Training",
    keys: ["."],
    run: ({ training }) => training.iterate(),
    when: editing,
  },
  {
    id: "step",
    title: "One optimizer step",
    group: "Training",
    keys: [","],
    run: ({ training }) => training.stepOptimizer(),
    when: editing,
  },
  {
    id: "save",
    title: "Save as a file",
    group: "File",
    keys: ["Ctrl+S"],
    typing: true,
    run: ({ keeping }) => keeping.saveFile(),
    when: documentOpen,
  },
  {
    id: "open",
    title: "Open a file",
    group: "File",
    keys: ["Ctrl+O"],
    typing: true,
    run: ({ keeping }) => keeping.chooseFiles(),
  },
  {
    id: "start",
    title: "Start page",
    group: "File",
    keys: [],
    run: ({ keeping }) => keeping.close(),
    when: documentOpen,
  },
  {
    id: "share",
    title: "Copy a link to this document",
    group: "File",
    keys: [],
    run: (parts) => copyLink(parts),
    when: documentOpen,
  },
  {
    id: "export",
    title: "Export",
    group: "File",
    keys: ["Ctrl+Shift+E"],
    run: ({ workbench }) => workbench.set({ sheet: "export" }),
    when: editing,
  },
  {
    id: "history",
    title: "History",
    group: "File",
    keys: [],
    run: ({ workbench }) => workbench.set({ sheet: "history" }),
    when: editing,
  },
  {
    id: "data",
    title: "Data sets",
    group: "File",
    keys: [],
    run: ({ workbench }) => workbench.set({ sheet: "data" }),
  },
  {
    id: "palette",
    title: "Show or hide the palette",
    group: "Studio",
    keys: ["Ctrl+Alt+1"],
    run: ({ workbench }) => workbench.toggle("palette"),
    when: editing,
  },
  {
    id: "inspector",
    title: "Show or hide the inspector",
    group: "Studio",
    keys: ["Ctrl+Alt+2"],
    run: ({ workbench }) => workbench.toggle("inspector"),
    when: editing,
  },
  {
    id: "dock",
    title: "Show or hide training",
    group: "Studio",
    keys: ["Ctrl+Alt+3"],
    run: ({ workbench }) => workbench.toggle("dock"),
    when: editing,
  },
  {
    id: "keys",
    title: "Keyboard",
    group: "Studio",
    keys: ["?"],
    run: ({ workbench }) => workbench.set({ sheet: "keys" }),
    when: ({ workbench }) => workbench.store.getState().sheet === null,
  },
];

/** The command of an id. Throws where there is none: ids are written in this project alone. */
export function commandOf(id: string): Command {
  const found = commands.find((command) => command.id === id);
  if (!found) throw new Error(`there is no command "${id}"`);
  return found;
}

/** Gives a command where it can be given. */
export function runCommand(id: string, parts: Parts): void {
  const command = commandOf(id);
  if (command.when?.(parts) ?? true) void command.run(parts);
}

async function copyLink({ keeping, workbench }: Parts): Promise<void> {
  const link = await keeping.link();
  try {
    await navigator.clipboard.writeText(link);
    workbench.say("Link copied. The whole document is in it; nothing was sent anywhere.", { tone: "good" });
  } catch {
    workbench.say("The browser does not let this page use the clipboard. Copy the address from the address bar.");
    history.replaceState(null, "", link);
  }
}
