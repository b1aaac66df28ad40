/** What the mounted canvas is in the middle of: an open search, a wire to drop on, a refusal. Nothing of it is kept. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { EdgeDeclaration } from "../../core/document/types.ts";
import type { Point } from "./geometry.ts";

/** A port that a new node is to be wired to. */
export interface LooseEnd {
  readonly node: string;
  readonly port: string;
  readonly side: "inputs" | "outputs";
}

export interface Searching {
  /** Where the menu opens, in pixels from the canvas's corner. */
  readonly at: Point;
  /** Where the node goes, in the graph's coordinates; null where it finds its own place. */
  readonly place: Point | null;
  /** What it must fit. */
  readonly end: LooseEnd | null;
  /** The node that it follows where it fits. */
  readonly after: string | null;
  /** The wire that it goes into the middle of. */
  readonly into: EdgeDeclaration | null;
}

export interface LocalState {
  readonly searching: Searching | null;
  /** The node from which a wire is laid by the keyboard. */
  readonly connecting: string | null;
  /** Why a connection cannot be, and where to say it. */
  readonly refusal: { readonly at: Point; readonly why: string } | null;
  /** The wire between whose ends something would go if it were dropped now. */
  readonly target: string | null;
  /** The note whose text is being written. */
  readonly writing: string | null;
}

export type Local = StoreApi<LocalState>;

export const createLocal = (): Local =>
  createStore<LocalState>(() => ({
    searching: null,
    connecting: null,
    refusal: null,
    target: null,
    writing: null,
  }));

export const LocalContext = createContext<Local | null>(null);

export function useLocalStore(): Local {
  const local = useContext(LocalContext);
  if (!local) throw new Error("a part of the canvas stands outside of it");
  return local;
}
export const useLocal = <T>(select: (state: LocalState) => T): T => useStore(useLocalStore(), select);
