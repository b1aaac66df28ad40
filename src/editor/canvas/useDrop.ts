/** Dropping what the palette gave: on a wire, in between; elsewhere, where it falls. */
import { useReactFlow } from "@xyflow/react";
import { useCallback, type DragEvent, type RefObject } from "react";
import { insertable } from "../../core/editing/fits.ts";
import { useParts } from "../model/context.ts";
import { addChoice, judgingOf } from "./adding.ts";
import type { Choice } from "./choices.ts";
import { card, row } from "./geometry.ts";
import { useLocalStore } from "./local.ts";
import { carriedOver } from "./parcel.ts";
import type { Stage } from "./useScene.ts";
import { wireAt } from "./wires.ts";

export function useDrop(stage: Stage, frame: RefObject<HTMLDivElement | null>) {
  const parts = useParts();
  const local = useLocalStore();
  const { screenToFlowPosition } = useReactFlow();

  const over = useCallback(
    (event: DragEvent, { declaration }: Choice) => {
      const place = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const size = stage.flow === "down" ? row : card;
      const wire = wireAt(stage, { x: place.x - size.width / 2, y: place.y - size.height / 2, ...size });
      const fits = wire && insertable(judgingOf(parts.studio), stage.scene.name, wire.edge);
      const into = fits?.some(({ kind }) => kind.name === declaration.kind) ? wire : null;
      return { place, into };
    },
    [parts, stage, screenToFlowPosition],
  );
  const onDragOver = useCallback(
    (event: DragEvent) => {
      const choice = carriedOver(event.dataTransfer);
      if (!choice) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      const target = over(event, choice).into?.key ?? null;
      if (local.getState().target !== target) local.setState({ target });
    },
    [local, over],
  );
  const onDragLeave = useCallback(
    (event: DragEvent) => {
      if (!frame.current?.contains(event.relatedTarget as Node | null)) local.setState({ target: null });
    },
    [local, frame],
  );
  const onDrop = useCallback(
    (event: DragEvent) => {
      const choice = carriedOver(event.dataTransfer);
      if (!choice) return;
      event.preventDefault();
      const { place, into } = over(event, choice);
      local.setState({ target: null });
      const added = addChoice(parts, choice, { place, end: null, after: null, into: into?.edge ?? null });
      parts.view.commands?.focus(added);
    },
    [parts, local, over],
  );
  return { onDragOver, onDragLeave, onDrop };
}
