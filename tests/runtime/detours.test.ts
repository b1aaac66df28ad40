import { describe, expect, it } from "vitest";
import { withoutDetours } from "../../src/runtime/capture/detours.ts";
import { PaperBuffer, wholeCopy, type AnyBuffer, type Command, type Copy } from "../../src/runtime/capture/paper.ts";
import { draw } from "../../src/runtime/philox.ts";

const paper = (size: number) => new PaperBuffer(size, 0);
const real = (size: number) => ({ size }) as GPUBuffer;
const part = (from: AnyBuffer, fromOffset: number, to: AnyBuffer): Copy => ({ ...wholeCopy(from, to), fromOffset, size: to.size }); // prettier-ignore
const dispatch = (...buffers: AnyBuffer[]): Command => ({
  do: "dispatch",
  pipeline: {} as GPUComputePipeline,
  groups: [{ layout: {} as GPUBindGroupLayout, entries: buffers.map((buffer, binding) => ({ binding, buffer, offset: 0, size: buffer.size })) }], // prettier-ignore
  grid: [1, 1, 1],
});

/** What buffers hold after the commands; a dispatch adds to its last buffer what the others hold. Buffers begin different. */
function played(commands: readonly Command[], buffers: readonly AnyBuffer[]): Uint8Array[] {
  const held = new Map(buffers.map((each, index) => [each, new Uint8Array(each.size).fill(index + 1)]));
  for (const command of commands) {
    if (command.do === "copy") {
      const { from, fromOffset, to, toOffset, size } = command;
      held.get(to)!.set(held.get(from)!.slice(fromOffset, fromOffset + size), toOffset);
      continue;
    }
    const bound = command.groups[0]!.entries.map(({ buffer }) => held.get(buffer)!);
    const last = bound.at(-1)!;
    last.forEach((value, index) => (last[index] = bound.reduce((sum, each) => sum + (each[index] ?? 0), value * 3)));
  }
  return buffers.map((each) => held.get(each)!);
}

describe("copies of copies", () => {
  it("what an optimizer wrote is cut straight into homes, and read there meanwhile", () => {
    const [flat, first, second, homes] = [paper(32), paper(8), paper(24), [real(8), real(24)]] as const;
    const [updated, read] = [dispatch(homes[0], homes[1], flat), real(8)];
    const commands = [
      updated,
      ...[part(flat, 0, first), part(flat, 8, second)],
      dispatch(first, read),
      ...[wholeCopy(first, homes[0]), wholeCopy(second, homes[1])],
    ];
    const short = [updated, part(flat, 0, homes[0]), part(flat, 8, homes[1]), dispatch(homes[0], read)];
    expect(withoutDetours(commands, [])).toEqual(short);
  });

  it("stay where the target's number is needed meanwhile, the source's afterwards, or sizes differ", () => {
    const [between, home] = [paper(8), real(8)];
    const [computed, homewards] = [dispatch(real(8), between), wholeCopy(between, home)];
    for (const stay of [
      [dispatch(home, between), homewards],
      [computed, dispatch(home, real(8)), homewards],
      [computed, homewards, dispatch(between, real(8))],
      [computed, part(between, 0, real(4))],
    ])
      expect(withoutDetours(stay, [])).toEqual(stay);
    expect(withoutDetours([computed, homewards], [between])).toEqual([computed, homewards]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("change nothing of what is left by being spared (seed %i)", (seed) => {
    const random = draw(seed, "detours", { iteration: 0 });
    let spared = 0;
    for (let round = 0; round < 200; round++) {
      const buffers: AnyBuffer[] = [...Array.from({ length: 16 }, () => paper(8)), ...Array.from({ length: 3 }, () => real(8))]; // prettier-ignore
      const kept = [buffers[0] as PaperBuffer];
      const picks = random.integers(60, buffers.length);
      const commands: Command[] = [];
      const written = new Set<AnyBuffer>(buffers.slice(16));
      for (let at = 0; at < 60; at += 3) {
        const [one, other, what] = [buffers[picks[at]], buffers[picks[at + 1]], picks[at + 2]];
        if (one === other || !written.has(one)) continue;
        if (what < 6 && written.has(other)) commands.push(dispatch(one, other));
        else if (what < 9 && written.has(other)) commands.push({ ...wholeCopy(one, other), fromOffset: 4, size: 4 });
        else commands.push(wholeCopy(one, other));
        written.add(other);
      }
      const short = withoutDetours(commands, kept);
      spared += commands.length - short.length;
      const [before, after] = [played(commands, buffers), played(short, buffers)];
      for (const index of [0, 16, 17, 18]) expect(after[index]).toEqual(before[index]);
    }
    expect(spared).toBeGreaterThan(100);
  });
});
