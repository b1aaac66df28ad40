/**
 * Everything that a person can tell the studio to do, once: the keyboard, the help sheet, menus and tooltips read this list.
 * What a command does is said elsewhere; here are its name, its keys and when it can be given.
 */
import type { Parts } from "../model/context.ts";
import { canvasCommands } from "./canvasCommands.ts";
import { documentOpen, editing, type Command } from "./command.ts";

export { groups, type Command, type CommandGroup } from "./command.ts";

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
  ...canvasCommands,
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
