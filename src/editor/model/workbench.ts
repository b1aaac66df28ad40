/**
 * How the studio is set up around the document: theme, panels, which sheet is open, and short messages. What is worth
 * remembering between visits is kept by the shell (keeping/); nothing here belongs to the document.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { BackendChoice } from "../../runtime/backend.ts";

export type Theme = "system" | "light" | "dark";
export type Panel = "palette" | "inspector" | "dock";
export type Sheet = "export" | "keys" | "history" | "data" | "weights" | "about";

export interface Toast {
  readonly id: number;
  readonly tone: "plain" | "good" | "bad";
  readonly text: string;
  readonly action?: { readonly title: string; run(): void };
}

export interface WorkbenchState {
  readonly theme: Theme;
  readonly panels: Readonly<Record<Panel, boolean>>;
  /** Pixels. */
  readonly sizes: Readonly<Record<Panel, number>>;
  readonly sheet: Sheet | null;
  readonly backend: BackendChoice;
  readonly snap: boolean;
  readonly minimap: boolean;
  /** Networks run top to bottom, or left to right. */
  readonly direction: "down" | "right";
  /** Keys that the person gave to commands, by their ids, in place of the usual ones. */
  readonly bindings: Readonly<Record<string, readonly string[]>>;
  readonly toasts: readonly Toast[];
}

export interface Workbench {
  readonly store: StoreApi<WorkbenchState>;
  set(change: Partial<WorkbenchState>): void;
  toggle(panel: Panel): void;
  /** Says something for a few seconds; an error stays until it is closed. */
  say(text: string, options?: { readonly tone?: Toast["tone"]; readonly action?: Toast["action"] }): void;
  dismiss(id: number): void;
}

const initial: WorkbenchState = {
  theme: "system",
  panels: { palette: true, inspector: true, dock: true },
  sizes: { palette: 228, inspector: 316, dock: 268 },
  sheet: null,
  backend: "auto",
  snap: true,
  minimap: true,
  direction: "down",
  bindings: {},
  toasts: [],
};

/** @param kept what was remembered of the last visit, in the place of the defaults */
export function createWorkbench(kept: Partial<WorkbenchState> = {}): Workbench {
  const store = createStore<WorkbenchState>(() => ({ ...initial, ...kept }));
  let count = 0;
  return {
    store,
    set: (change) => store.setState(change),
    toggle: (panel) => store.setState(({ panels }) => ({ panels: { ...panels, [panel]: !panels[panel] } })),
    say(text, { tone = "plain", action } = {}) {
      const toast: Toast = { id: ++count, tone, text, ...(action ? { action } : {}) };
      store.setState(({ toasts }) => ({ toasts: [...toasts.filter((each) => each.text !== text), toast].slice(-4) }));
    },
    dismiss: (id) => store.setState(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) })),
  };
}
