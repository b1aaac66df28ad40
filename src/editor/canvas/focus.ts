/** Going through a graph by the arrow keys: along the wires, and sideways to what stands beside. */
import type { Flow, Rect } from "./geometry.ts";
import type { Scene } from "./scene.ts";

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";
export const isArrow = (key: string): key is Arrow => /^Arrow(Up|Down|Left|Right)$/.test(key);

/** Steps on the canvas. */
export const steps = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
} as const satisfies Record<Arrow, readonly [number, number]>;

/** The node that an arrow leads to; null where there is none. */
export function neighbour(
  { wires }: Scene,
  rects: ReadonlyMap<string, Rect>,
  flow: Flow,
  from: string,
  arrow: Arrow,
): string | null {
  const [onwards, back] = flow === "down" ? ["ArrowDown", "ArrowUp"] : ["ArrowRight", "ArrowLeft"];
  if (arrow === onwards)
    return nearest(
      rects,
      from,
      wires.filter((w) => w.from.node === from).map((w) => w.to.node),
    );
  if (arrow === back)
    return nearest(
      rects,
      from,
      wires.filter((w) => w.to.node === from).map((w) => w.from.node),
    );
  const [dx, dy] = steps[arrow];
  const start = middle(rects.get(from)!);
  const beside = [...rects].filter(([id, rect]) => {
    const { x, y } = middle(rect);
    const [along, across] = dx === 0 ? [(y - start.y) * dy, x - start.x] : [(x - start.x) * dx, y - start.y];
    return id !== from && along > 0 && Math.abs(across) <= along * 2;
  });
  return nearest(
    rects,
    from,
    beside.map(([id]) => id),
  );
}

function nearest(rects: ReadonlyMap<string, Rect>, from: string, ids: readonly string[]): string | null {
  const start = middle(rects.get(from)!);
  const far = (id: string) => {
    const { x, y } = middle(rects.get(id)!);
    return Math.hypot(x - start.x, y - start.y);
  };
  return [...ids].sort((a, b) => far(a) - far(b))[0] ?? null;
}

const middle = ({ x, y, width, height }: Rect) => ({ x: x + width / 2, y: y + height / 2 });
