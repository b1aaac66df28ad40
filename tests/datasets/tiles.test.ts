import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTiles, encodeTiles, mostColours, planesOfTiles, type Tiles } from "../../src/datasets/tiles.ts";

/** Pictures of drawn discs and stripes, or of noise. */
function tiles(count: number, size: number, colourOf: (n: number, x: number, y: number) => number): Tiles {
  const area = size * size;
  const indices = Uint8Array.from({ length: count * area }, (_, at) => {
    const pixel = at % area;
    return colourOf(Math.floor(at / area), pixel % size, Math.floor(pixel / size));
  });
  const palettes = new Uint8Array(count * mostColours * 3);
  for (let n = 0; n < count; n++)
    for (let colour = 0; colour < 5; colour++)
      palettes.set([255 - colour * 50, (n * 17) % 256, 200], (n * mostColours + colour) * 3);
  return { count, size, palettes, indices };
}
const disc = (n: number, x: number, y: number) => ((x - 16) ** 2 + (y - 16) ** 2 < 40 + 10 * n ? 1 + (n % 4) : 0);
const copy = (given: Tiles): Tiles => ({ ...given, palettes: given.palettes.slice(), indices: given.indices.slice() });

describe("packed pictures", () => {
  it("come back as they were, whatever they show", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.array(fc.integer({ min: 0, max: mostColours - 1 }), { minLength: 81, maxLength: 81 }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.uint8Array({ minLength: mostColours * 9, maxLength: mostColours * 9 }),
        (size, pictures, colours) => {
          const indices = Uint8Array.from(pictures.flatMap((picture) => picture.slice(0, size * size)));
          const palettes = colours.slice(0, pictures.length * mostColours * 3).map((byte) => byte | 1); // none is black
          const given = { count: pictures.length, size, palettes, indices };
          expect(decodeTiles(encodeTiles(copy(given)), given.count, size)).toEqual(given);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("take few bytes where they are drawings: a hundred discs less than a byte for ten pixels' edge", () => {
    const given = tiles(100, 32, disc);
    const bytes = encodeTiles(copy(given));
    expect(decodeTiles(bytes, 100, 32)).toEqual(given);
    expect(bytes.length).toBeLessThan(100 * 40);
  });

  it("are other pictures where bytes are missing, and nothing else", () => {
    const given = tiles(10, 32, disc);
    const bytes = encodeTiles(copy(given));
    const cut = decodeTiles(bytes.subarray(0, bytes.length >> 1), 10, 32);
    expect(cut.indices).toHaveLength(given.indices.length);
    expect(cut.indices).not.toEqual(given.indices);
    expect(Math.max(...cut.indices)).toBeLessThan(mostColours);
  });

  it("become planes of red, green and blue", () => {
    const given = tiles(2, 2, (n, x, y) => n * (x + 2 * y));
    const planes = planesOfTiles(given);
    expect([...planes.subarray(0, 12)]).toEqual([255, 255, 255, 255, 0, 0, 0, 0, 200, 200, 200, 200]);
    expect([...planes.subarray(12)]).toEqual([255, 205, 155, 105, 17, 17, 17, 17, 200, 200, 200, 200]);
  });
});
