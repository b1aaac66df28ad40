import { describe, expect, it } from "vitest";
import { layered } from "../../../src/targets/figure/layered.ts";
import { fc } from "../../helpers/properties.ts";

const nodes = (ids: string, height = 40) => [...ids].map((id) => ({ id, width: 100, height }));
/** "ab bc" */
const edges = (written: string) => written.split(" ").map(([from, to]) => ({ from, to }));
const rows = (layout: ReturnType<typeof layered>, ids: string) => [...ids].map((id) => layout.positions.get(id)!.y);
const columns = (layout: ReturnType<typeof layered>, ids: string) => [...ids].map((id) => layout.positions.get(id)!.x);

describe("the layered layout", () => {
  it("sets a chain in a straight line", () => {
    const layout = layered(nodes("abc"), edges("ab bc"), { columnGap: 60 });
    expect(columns(layout, "abc")).toEqual([0, 160, 320]);
    expect(rows(layout, "abc")).toEqual([0, 0, 0]);
    expect([layout.width, layout.height]).toEqual([420, 40]);
  });

  it("leaves starts in the first column and draws the others to what they feed", () => {
    // d → r → l and z → g → f → l: r stands beside f
    const layout = layered(nodes("drzgfl"), edges("dr rl zg gf fl"));
    const [d, r, z, , f] = columns(layout, "drzgf");
    expect([d, r]).toEqual([z, f]);
  });

  it("crosses no wires where none need cross", () => {
    const layout = layered(nodes("abcxyz"), edges("az by cx"));
    const order = (ids: string) => [...ids].sort((p, q) => layout.positions.get(p)!.y - layout.positions.get(q)!.y);
    const partner: Record<string, string> = { a: "z", b: "y", c: "x" };
    expect(order("abc").map((id) => partner[id])).toEqual(order("xyz"));
  });

  it("leads a long edge through the columns that it passes, straight and apart from their nodes", () => {
    const layout = layered(nodes("abc"), edges("ab bc ac"));
    const [enter, leave] = layout.routes[2];
    const b = layout.positions.get("b")!;
    expect([enter.x, leave.x]).toEqual([b.x, b.x + 100]);
    expect(enter.y).toBe(leave.y);
    expect(enter.y < b.y || enter.y > b.y + 40).toBe(true);
    expect(layout.routes[0]).toEqual([]);
  });

  it("lays out any graph, circles and loose ends too, without overlap", () => {
    const graphs = fc.integer({ min: 0, max: 14 }).chain((count) =>
      fc.record({
        heights: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: count, maxLength: count }),
        ends: fc.array(fc.tuple(fc.nat(count), fc.nat(count)), { maxLength: 30 }),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ heights, ends }) => {
        const boxes = heights.map((height, at) => ({ id: String(at), width: 80, height: 8 * height }));
        const wires = ends.map(([from, to]) => ({ from: String(from), to: String(to) }));
        const layout = layered(boxes, wires, { rowGap: 24 });
        expect(layout.routes).toHaveLength(wires.length);
        const placed = boxes.map((box) => ({ ...box, ...layout.positions.get(box.id)! }));
        placed.forEach((a, at) => {
          expect(a.y).toBeGreaterThanOrEqual(-2);
          for (const b of placed.slice(at + 1))
            expect(a.x !== b.x || a.y + a.height + 16 <= b.y || b.y + b.height + 16 <= a.y).toBe(true);
        });
      }),
    );
  });

  it("places a thousand nodes within a second", () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ id: String(at), width: 80, height: 40 }));
    const wires = many.slice(1).map(({ id }, at) => ({ from: String(Math.floor(at / 3)), to: id }));
    const begun = performance.now();
    expect(layered(many, wires).positions.size).toBe(1000);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
