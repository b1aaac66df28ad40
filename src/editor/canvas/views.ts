/**
 * What nodes and wires say now, apart from where they stand: a layer that is typed into changes the words of all that come
 * after it, and React Flow, which keeps places and handles, need not hear of it. Each node and wire that is on the screen
 * listens to its own entry.
 */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { NodeView, WireView } from "./scene.ts";

export interface Views {
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly wires: ReadonlyMap<string, WireView>;
  /** The largest side of what is drawn in this graph, for each node that has room for a drawing beside it. */
  readonly drawings: ReadonlyMap<string, number>;
}
export type ViewsStore = StoreApi<Views>;

export const noViews: Views = { nodes: new Map(), wires: new Map(), drawings: new Map() };

/** Without a stage around them, nodes and wires say what they were made with. */
export const ViewsContext = createContext<ViewsStore>(createStore(() => noViews));

export const useNodeView = (id: string, made: NodeView): NodeView =>
  useStore(useContext(ViewsContext), ({ nodes }) => nodes.get(id) ?? made);

export const useWireView = (key: string, made: WireView): WireView =>
  useStore(useContext(ViewsContext), ({ wires }) => wires.get(key) ?? made);

export const useDrawing = (id: string, made: number | null): number | null =>
  useStore(useContext(ViewsContext), ({ nodes, drawings }) => (nodes.has(id) ? (drawings.get(id) ?? null) : made));
