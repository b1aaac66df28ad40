/** What a command is, and the conditions that many share. The list of all is in commands.ts. */
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

export const documentOpen = ({ keeping }: Parts): boolean => keeping.store.getState().id !== null;
export const editing = (parts: Parts): boolean =>
  documentOpen(parts) && parts.workbench.store.getState().sheet === null;
