import { describe, expect, it } from "vitest";
import { collectiveMemory, joinCollective } from "../../src/runtime/collective.ts";
import { partOf, rowsOfPart } from "../../src/runtime/parts.ts";
import { answerOf } from "../helpers/threads.ts";
import { numbersOf, type Outcome, type Task } from "./collective-rank.ts";

const rank = new URL("./collective-rank.ts", import.meta.url);

const meet = (ranks: number, task: Omit<Task, "memory" | "rank">, capacity = 64): Promise<Outcome[]> => {
  const memory = collectiveMemory(ranks, capacity);
  const started = Array.from({ length: ranks }, (_, each) => ({ ...task, memory, rank: each }));
  return Promise.all(started.map((each) => answerOf<Outcome>(rank, each)));
};

describe("a collective of threads", () => {
  it.each([2, 3])("gives every one of %i ranks the same weighted sums, taken in their order", async (ranks) => {
    const lengths = [1, 0, 50, 200, 13]; // over several rounds of 64
    const rounds = 40;
    const outcomes = await meet(ranks, { rounds, lengths });
    for (let round = 0; round < rounds; round++) {
      const expected = lengths.map((length) => {
        const sum = numbersOf(0, round, length);
        for (let other = 1; other < ranks; other++)
          numbersOf(other, round, length).forEach((x, i) => (sum[i] += Math.fround(x * (other + 1))));
        return sum;
      });
      for (const { sums } of outcomes) expect(sums[round]).toEqual(expected);
    }
    for (const { seen, error } of outcomes) {
      expect(error).toBeNull();
      expect(seen).toEqual(
        Array.from({ length: rounds }, (_, round) => Array.from({ length: ranks }, (_, each) => [each, round]).flat()),
      );
    }
  });

  it("ends for all where one ends it, with its reason", async () => {
    const outcomes = await Promise.all(
      (() => {
        const memory = collectiveMemory(3, 64);
        return [0, 1, 2].map((each) =>
          answerOf<Outcome>(rank, { memory, rank: each, rounds: 5, lengths: [100], ...(each === 1 && { endsAt: 2 }) }),
        );
      })(),
    );
    expect(outcomes.map(({ error }) => error)).toEqual(Array(3).fill("CollectiveEnded: rank 1 has had enough"));
    for (const { seen } of outcomes) expect(seen.length).toBe(2);
  });

  it("gives a rank up that does not come", () => {
    const alone = joinCollective(collectiveMemory(2, 8), 0, 1000);
    expect(() => alone.barrier()).toThrow("A worker has not answered for 1 seconds.");
    expect(() => alone.sum([new Float32Array(3)], [1, 1], [new Float32Array(3)])).toThrow("A worker has not answered");
  });

  it("refuses more numbers than a slot holds where they are exchanged at once", () => {
    const alone = joinCollective(collectiveMemory(1, 8), 0);
    expect(() => alone.exchange(new Float32Array(9), () => {})).toThrow(RangeError);
  });
});

describe("a part of a batch", () => {
  it("is as large as the others, or one row larger, and together they are the batch", () => {
    expect([0, 1].map((each) => partOf(33, 2, each))).toEqual([
      { start: 0, rows: 17, batch: 33 },
      { start: 17, rows: 16, batch: 33 },
    ]);
    for (const [batch, ranks] of [
      [7, 3],
      [64, 4],
      [4, 4],
    ]) {
      let next = 0;
      for (let each = 0; each < ranks; each++) {
        const { start, rows } = partOf(batch, ranks, each);
        expect(start).toBe(next);
        next += rows;
      }
      expect(next).toBe(batch);
    }
  });

  it("has its rows of what is drawn for the batch", () => {
    expect(rowsOfPart(partOf(3, 2, 1), Int32Array.of(1, 2, 3, 4, 5, 6))).toEqual(Int32Array.of(5, 6));
  });
});
