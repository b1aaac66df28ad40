import { describe, expect, it } from "vitest";
import { changed, enlarged } from "../../src/datasets/augment.ts";

/** Rows of h × w × 1 whose value is a linear ramp: bilinear sampling of it is exact. */
const ramp = (count: number, height: number, width: number) =>
  Float32Array.from({ length: count * height * width }, (_, at) => {
    const pixel = at % (height * width);
    return (pixel % width) + 100 * Math.floor(pixel / width);
  });

describe("augmented images", () => {
  it("are mirrored in the rows that chance has chosen, channels kept", () => {
    const images = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const out = changed(images, [1, 2, 2], { flips: Uint8Array.of(1, 0), cuts: null });
    expect([...out]).toEqual([3, 4, 1, 2, 5, 6, 7, 8]);
    expect(changed(images, [1, 2, 2], { flips: null, cuts: null })).toBe(images);
  });

  it("are cut out of themselves enlarged, at whole pixels from the upper left to the lower right", () => {
    const [height, width] = [32, 64];
    const images = ramp(3, height, width);
    const out = changed(images, [height, width, 1], { flips: null, cuts: Float32Array.of(0, 0, 0.999, 0.999, 0, 0.5) });
    const [high, wide] = [height, width].map((extent) => Math.round(extent * enlarged));
    expect([high, wide]).toEqual([36, 72]);
    const starts = [[0, 0], [4, 8], [0, 4]]; // prettier-ignore
    starts.forEach(([top, left], row) => {
      for (const [y, x] of [
        [16, 32],
        [10, 20],
      ]) {
        // prettier-ignore
        const wanted = ((left + x + 0.5) * width) / wide - 0.5 + 100 * (((top + y + 0.5) * height) / high - 0.5);
        expect(out[row * height * width + y * width + x]).toBeCloseTo(wanted, 2);
      }
    });
  });

  it("stay within the values that they had", () => {
    const out = changed(ramp(1, 4, 4), [4, 4, 1], { flips: Uint8Array.of(1), cuts: Float32Array.of(0.9, 0.1) });
    expect(Math.min(...out)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...out)).toBeLessThanOrEqual(303);
  });
});
