/** How components reach the studio's parts: one context that the composition root (main.tsx) fills. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { TrainingClient } from "../training/client.ts";
import type { Training, TrainingState } from "../training/training.ts";
import type { CanvasView } from "../canvas/view.ts";
import type { Keeping, KeepingState } from "../keeping/keeping.ts";
import type { Studio, StudioState } from "./studio.ts";
import type { Workbench, WorkbenchState } from "./workbench.ts";

export interface Parts {
  readonly studio: Studio;
  readonly workbench: Workbench;
  readonly training: Training;
  readonly keeping: Keeping;
  /** The training worker, for what is no part of a run: data sets, files. */
  readonly client: TrainingClient;
  /** What commands ask of the canvas that is mounted. */
  readonly view: CanvasView;
}

export const PartsContext = createContext<Parts | null>(null);

export function useParts(): Parts {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error("a component stands outside of the studio");
  return parts;
}

export const useStudio = <T>(select: (state: StudioState) => T): T => useStore(useParts().studio.store, select);
export const useWorkbench = <T>(select: (state: WorkbenchState) => T): T =>
  useStore(useParts().workbench.store, select);
export const useTraining = <T>(select: (state: TrainingState) => T): T => useStore(useParts().training.store, select);
export const useKeeping = <T>(select: (state: KeepingState) => T): T => useStore(useParts().keeping.store, select);
