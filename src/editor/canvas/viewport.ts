/** Which part of a graph is seen. */
import type { Viewport } from "@xyflow/react";
import { around, type Rect, type Size } from "./geometry.ts";
import type { Stage } from "./useScene.ts";

const margin = 24;
/** What is drawn beside a row. */
const drawing = 200;
/** Smaller than this, words cannot be read. */
const readable = 0.6;

/** All of the graph, or its beginning where all would be too small to read. */
export function firstView(stage: Stage, space: Size): Viewport {
  const bounds = boundsOf(stage);
  if (!bounds) return { x: margin, y: margin, zoom: 1 };
  return centred(bounds, space, Math.max(zoomFor(bounds, space), readable));
}

/** All of what is given, as large as it goes. */
export function wholeView(bounds: Rect, space: Size): Viewport {
  return centred(bounds, space, Math.max(0.1, zoomFor(bounds, space)));
}

export function boundsOf({ rects, nodes, notes }: Pick<Stage, "rects" | "nodes" | "notes">): Rect | null {
  const shown = [...rects].map(([id, rect]) => {
    const { drawing: largest, view } = nodes.get(id)!.data;
    return largest !== null && view.drawn ? { ...rect, width: rect.width + drawing } : rect;
  });
  return around([
    ...shown,
    ...notes.map(({ position, width, height }) => ({ ...position, width: width!, height: height! })),
  ]);
}

const zoomFor = (bounds: Rect, { width, height }: Size): number =>
  Math.min(1, (width - 2 * margin) / bounds.width, (height - 2 * margin) / bounds.height);

function centred(bounds: Rect, { width, height }: Size, zoom: number): Viewport {
  const start = (free: number) => (free > 0 ? free / 2 : margin);
  return {
    x: start(width - bounds.width * zoom) - bounds.x * zoom,
    y: start(height - bounds.height * zoom) - bounds.y * zoom,
    zoom,
  };
}
