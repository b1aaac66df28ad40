import { describe, expect, it } from "vitest";
import { image, label, loss, vector, type PortType } from "../../../src/core/kind/ports.ts";
import { largestSide, tensorGeometry } from "../../../src/targets/figure/figure.ts";
import { fc } from "../../helpers/properties.ts";

const side = fc.integer({ min: 1, max: 1024 });
const types: fc.Arbitrary<PortType> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 4096 }), side, side).map(([c, h, w]) => image(c, h, w)),
  fc.integer({ min: 1, max: 65_536 }).map(vector),
  fc.tuple(side, side).map(([t, e]): PortType => ({ type: "embedded", shape: [t, e] })),
  side.map((t): PortType => ({ type: "tokens", shape: [t] })),
  fc.constantFrom(label(10), loss),
);
const extent = (type: PortType, largest: number) => {
  const [upperLeft, upperRight, , lowerLeft] = tensorGeometry(type, { largest }).faces.front;
  return { length: upperRight.x - upperLeft.x, height: lowerLeft.y - upperLeft.y };
};

describe("the tensor's cuboid", () => {
  it("lies within its size, its three faces meeting in one corner", () => {
    fc.assert(
      fc.property(types, (type) => {
        const { width, height, depth, faces } = tensorGeometry(type, { largest: largestSide([type]) });
        for (const { x, y } of Object.values(faces).flat()) {
          expect(x >= 0 && x <= width + 1e-9 && y >= 0 && y <= height + 1e-9).toBe(true);
        }
        const [, corner] = faces.front;
        expect(faces.top).toContainEqual(corner);
        expect(faces.side).toContainEqual(corner);
        expect(corner.y).toBe(depth);
        expect(height).toBeLessThanOrEqual(48);
      }),
    );
  });

  it("gives the largest side of a figure all its height, and smaller ones less", () => {
    const largest = largestSide([image(3, 64, 32), vector(6272), { type: "embedded", shape: [16, 100] }]);
    expect(largest).toBe(64);
    const heights = [64, 32, 16, 8, 4].map((size) => extent(image(8, size, size), largest).height);
    expect(heights[0]).toBe(34);
    heights.reduce((above, height) => (expect(height).toBeLessThan(above), height));
    expect(extent(image(8, 1, 1), 1024).height).toBe(3);
    expect(extent(image(8, 64, 64), 64)).toEqual(extent(image(8, 32, 32), 32));
  });

  it("grows by as many pixels for every doubling of the channels", () => {
    const lengths = [2, 4, 8, 512].map((channels) => extent(image(channels, 8, 8), 8).length);
    expect(lengths[1] - lengths[0]).toBeCloseTo(4.4);
    expect(lengths[2] - lengths[1]).toBeCloseTo(4.4);
    expect(lengths[3] - lengths[2]).toBeCloseTo(6 * 4.4);
    expect(extent(vector(512), 8).length).toBe(lengths[3]);
  });
});
