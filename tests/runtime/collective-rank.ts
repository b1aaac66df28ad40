/** One rank of tests/runtime/collective.test.ts, in a thread of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { joinCollective, type CollectiveMemory } from "../../src/runtime/collective.ts";

export interface Task {
  readonly memory: CollectiveMemory;
  readonly rank: number;
  readonly rounds: number;
  /** Lengths of the arrays that are summed in each round. */
  readonly lengths: readonly number[];
  /** The round in which this rank ends all. */
  readonly endsAt?: number;
}

export interface Outcome {
  readonly sums: readonly (readonly Float32Array[])[];
  readonly seen: readonly (readonly number[])[];
  readonly error: string | null;
}

/** The numbers that a rank brings to a round. */
export const numbersOf = (rank: number, round: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(1 + rank * 7 + round * 13 + i) * 10 ** ((i + rank) % 7));

function perform({ memory, rank, rounds, lengths, endsAt }: Task): Outcome {
  const collective = joinCollective(memory, rank, 20_000);
  const sums: Float32Array[][] = [];
  const seen: number[][] = [];
  const weights = Array.from({ length: memory.ranks }, (_, each) => each + 1);
  try {
    for (let round = 0; round < rounds; round++) {
      if (round === endsAt) collective.end(`rank ${rank} has had enough`);
      const values = lengths.map((length) => numbersOf(rank, round, length));
      collective.sum(values, weights, values);
      sums.push(values);
      collective.exchange(Float32Array.of(rank, round), (all) => seen.push(all.flatMap((each) => [...each])));
      collective.barrier();
    }
    return { sums, seen, error: null };
  } catch (error) {
    return { sums, seen, error: String(error) };
  }
}

parentPort?.postMessage(perform(workerData as Task));
