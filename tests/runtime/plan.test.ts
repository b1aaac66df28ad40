import { describe, expect, it } from "vitest";
import { PaperBuffer, buffersOf, wholeCopy, type Command } from "../../src/runtime/capture/paper.ts";
import { planOf } from "../../src/runtime/capture/plan.ts";
import { draw } from "../../src/runtime/philox.ts";

const buffer = (size: number) => new PaperBuffer(size, 0);

/** Each is copied to the next. */
const chain = (buffers: readonly PaperBuffer[]): Command[] =>
  buffers.slice(1).map((to, index) => wholeCopy(buffers[index], to));

describe("the places of a recording's buffers", () => {
  it("two buffers of the pool serve a chain of equal ones, however long", () => {
    const { pool } = planOf(chain(Array.from({ length: 50 }, () => buffer(1024))), [], []);
    expect(pool).toEqual([1024, 1024]);
  });

  it("a large one serves small ones after its last use", () => {
    const { pool } = planOf(chain([4000, 10, 10, 10, 10].map((size) => buffer(size))), [], []);
    expect(pool).toEqual([4000, 10]);
  });

  it.each([1, 2, 3])("no two that are in use at one time share one, and each has room (seed %i)", (seed) => {
    const random = draw(seed, "plan", { iteration: 0 });
    const [sizes, lengths] = [random.integers(120, 1000), random.integers(120, 15)];
    const buffers = [...sizes].map((size) => buffer(4 * (size + 1)));
    const commands = buffers.flatMap((from, index) => chain([from, buffers[(index + lengths[index]) % 120]]));
    const kept = buffers[7];
    const { places, pool } = planOf(commands, [], [kept]);

    const used = [...commands.map((command) => [...buffersOf(command)]), [kept]];
    const span = (of: PaperBuffer) => {
      const at = used.flatMap((each, index) => (each.includes(of) ? [index] : []));
      return [Math.min(...at), Math.max(...at)];
    };
    for (const one of buffers) {
      expect(pool[places.get(one)!.in as number]).toBeGreaterThanOrEqual(one.size);
      for (const other of buffers) {
        if (one === other || places.get(one)!.in !== places.get(other)!.in) continue;
        expect(span(one)[1] < span(other)[0] || span(other)[1] < span(one)[0]).toBe(true);
      }
    }
    const all = sizes.reduce((sum, size) => sum + 4 * (size + 1), 0);
    expect(pool.reduce((sum, size) => sum + size, 0)).toBeLessThan(all);
  });

  it("constants are kept once, and feeds lie apart", () => {
    const constant = (...bytes: number[]) => {
      const made = new PaperBuffer(bytes.length, 0, true);
      made.bytes!.set(bytes);
      return made;
    };
    const [one, same, other] = [constant(1, 2, 3, 4), constant(1, 2, 3, 4), constant(5, 6, 7, 8)];
    const fed = [0, 1].map((number) => new PaperBuffer(8, 0, false, number));
    const commands = [one, same, other, ...fed].map((from) => wholeCopy(from, buffer(from.size)));
    const { places, constants, feedOffsets } = planOf(commands, [8, 8], []);
    expect(places.get(one)).toEqual(places.get(same));
    expect(places.get(other)).not.toEqual(places.get(one));
    const { offset } = places.get(other)!;
    expect([...constants.subarray(offset, offset + 4)]).toEqual([5, 6, 7, 8]);
    expect(feedOffsets).toEqual([0, 256]);
  });
});
