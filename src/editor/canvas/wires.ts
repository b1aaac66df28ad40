/** Wires as places to drop something on. */
import { meets, portPlace, type Point, type Rect } from "./geometry.ts";
import type { WireView } from "./scene.ts";
import type { Stage } from "./useScene.ts";

/** The wire whose line a rectangle lies on; the one that passes nearest to its middle where there are several. */
export function wireAt({ scene, rects, flow }: Pick<Stage, "scene" | "rects" | "flow">, rect: Rect): WireView | null {
  const core: Rect = { x: rect.x + rect.width * 0.2, y: rect.y, width: rect.width * 0.6, height: rect.height };
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
  let best: { readonly wire: WireView; readonly far: number } | null = null;
  for (const wire of scene.wires) {
    if (wire.idle) continue;
    const [a, b] = [endOf(wire, "from"), endOf(wire, "to")];
    if (!a || !b || !meets(a, b, core)) continue;
    const far = Math.hypot((a.x + b.x) / 2 - middle.x, (a.y + b.y) / 2 - middle.y);
    if (!best || far < best.far) best = { wire, far };
  }
  return best?.wire ?? null;

  function endOf(wire: WireView, which: "from" | "to"): Point | null {
    const { node, port } = wire[which];
    const [view, at] = [scene.nodes.get(node), rects.get(node)];
    if (!view || !at) return null;
    const side = which === "from" ? "outputs" : "inputs";
    const place = portPlace(
      view,
      flow,
      side,
      Math.max(
        0,
        view[side].findIndex(({ name }) => name === port),
      ),
    );
    return { x: at.x + place.x, y: at.y + place.y };
  }
}
