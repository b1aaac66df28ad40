/** What keys do on a focused node. Commands of the whole studio are not here: the shell listens for those. */
import { useCallback, type FocusEvent, type KeyboardEvent, type RefObject } from "react";
import { useParts } from "../model/context.ts";
import { nudge, openSelected } from "./actions.ts";
import { isArrow, neighbour, steps } from "./focus.ts";
import { grid } from "./geometry.ts";
import { useLocalStore } from "./local.ts";
import type { Stage } from "./useScene.ts";

export function useKeys({ scene, rects, flow }: Stage, frame: RefObject<HTMLDivElement | null>) {
  const parts = useParts();
  const local = useLocalStore();

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.key === "Escape") local.setState({ refusal: null, connecting: null });
      const node = nodeOf(event.target);
      if (node === null || event.ctrlKey || event.metaKey) return;
      if (isArrow(event.key)) {
        if (event.altKey || event.shiftKey) {
          const [dx, dy] = steps[event.key];
          nudge(parts, dx * grid, dy * grid);
        } else {
          const to = rects.has(node) ? neighbour(scene, rects, flow, node, event.key) : null;
          if (to !== null) parts.view.commands?.focus(to);
        }
      } else if (event.altKey || event.shiftKey) return;
      else if (event.key === "c" && scene.nodes.has(node)) local.setState({ connecting: node });
      else if (event.key === "Enter") {
        if (scene.nodes.has(node)) openSelected(parts);
        else local.setState({ writing: node });
      } else return;
      event.preventDefault();
    },
    [parts, local, scene, rects, flow],
  );
  /** What the keyboard reaches is selected, so that the inspector shows it. */
  const onFocus = useCallback(
    (event: FocusEvent) => {
      const node = nodeOf(event.target);
      if (node === null || !event.target.matches(":focus-visible")) return;
      if (!parts.studio.store.getState().selection.nodes.has(node)) parts.studio.select([node]);
      if (!seen(event.target, frame.current)) parts.view.commands?.focus(node);
    },
    [parts, frame],
  );
  return { onKeyDown, onFocus };
}

/** The node that the keyboard is on; null where it is on something inside of one, or elsewhere. */
const nodeOf = (target: EventTarget): string | null =>
  target instanceof HTMLElement && target.classList.contains("react-flow__node") ? (target.dataset.id ?? null) : null;

function seen(element: Element, frame: Element | null): boolean {
  const [inner, outer] = [element.getBoundingClientRect(), frame?.getBoundingClientRect()];
  return (
    !outer ||
    (inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom)
  );
}
