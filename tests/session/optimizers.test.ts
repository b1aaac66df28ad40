/** What an Optimizer node asks for beside its rule: schedules, clipping, moving averages. (The rules: tests/runtime.) */
import { beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../src/session/session.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { points, shifted, smallGan } from "./documents.ts";
import { programOf, sessionOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };

describe("a schedule", () => {
  const cases = {
    constant: [{ type: "constant" }, [1, 1, 1, 1, 1, 1]],
    linear: [{ type: "linear", hold: 1, over: 4, end_factor: 0.2 }, [1, 1, 0.8, 0.6, 0.4, 0.2, 0.2]],
    step: [{ type: "step", every: 2, gamma: 0.5 }, [1, 1, 0.5, 0.5, 0.25, 0.25]],
    cosine: [{ type: "cosine", over: 4 }, [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0, 0]],
    "warm-up": [{ type: "constant", warmup: 4 }, [0.25, 0.5, 0.75, 1, 1]],
    // 50 rows are 6 batches of 8: an epoch has 6 iterations
    "in epochs": [{ type: "step", unit: "epochs", every: 1, gamma: 0.1 }, [1, 1, 1, 1, 1, 1, 0.1, 0.1]],
  } as const;
  it.each(Object.entries(cases))("%s sets the rate of each iteration", async (_, [schedule, factors]) => {
    const session = sessionOf(programOf(shifted({ lr: 0.5, schedule }), dataSets), dataSets);
    const [w] = (await session.weights("critic")).get("fc.weight")!.data;
    const rates: number[] = [];
    for (const { before, after } of await steps(session, factors.length)) rates.push((after - before) / w);
    rates.forEach((rate, iteration) => expect(rate).toBeCloseTo(0.5 * factors[iteration], 5));
    session.dispose();
  });
});

describe("weight_clip", () => {
  it("holds every weight of what it trains within its bounds, and no other", async () => {
    const document = smallGan({ critic: { rule: "RMSprop", lr: 0.05, weight_clip: 0.03 }, generator: { lr: 0.05 } });
    const session = sessionOf(programOf(document, dataSets), dataSets);
    await train(session, 3);
    const largest = async (network: string) =>
      [...(await session.weights(network)).values()].map(({ data }) => Math.max(...data.map(Math.abs)));
    const bound = Math.fround(0.03);
    expect(Math.max(...(await largest("critic")))).toBe(bound); // reached: the bound binds
    expect(Math.min(...(await largest("generator")))).toBeGreaterThan(bound);
    session.dispose();
  });
});

describe("clip_grad_norm", () => {
  it("shortens a longer gradient to the norm, and leaves a shorter one", async () => {
    for (const [norm, wanted] of [
      [0.01, 0.01],
      [100, null],
    ] as const) {
      const session = sessionOf(programOf(shifted({ lr: 1, clip_grad_norm: norm }), dataSets), dataSets);
      const { data } = (await session.weights("critic")).get("fc.weight")!;
      await train(session, 1);
      const moved = Math.hypot(...(await session.weights("generator")).get("shift.bias")!.data);
      expect(moved).toBeCloseTo(wanted ?? Math.hypot(...data), 5);
      session.dispose();
    }
  });
});

describe("a moving average", () => {
  it("follows ē ← decay · ē + (1 − decay) · θ after each step", async () => {
    const session = sessionOf(programOf(shifted({ lr: 0.5, ema: { decay: 0.8, start: 0 } }), dataSets), dataSets);
    let average = 0;
    for (const { after, averaged } of await steps(session, 5)) {
      average = 0.8 * average + 0.2 * after;
      expect(averaged).toBeCloseTo(average, 6);
    }
    session.dispose();
  });

  it("begins after `start` steps, from the weight as it is then", async () => {
    const session = sessionOf(programOf(shifted({ lr: 0.5, ema: { decay: 0.8, start: 2 } }), dataSets), dataSets);
    const [first, second, third] = await steps(session, 3);
    expect([first.averaged, second.averaged]).toEqual([first.after, second.after]);
    expect(third.averaged).toBeCloseTo(0.8 * second.after + 0.2 * third.after, 6);
    session.dispose();
  });
});

/** The first θ of `shifted` before and after each of so many iterations, and its average then. */
async function steps(session: Session, count: number): Promise<{ before: number; after: number; averaged: number }[]> {
  const theta = async (raw: boolean) => (await session.weights("generator", { raw })).get("shift.bias")!.data[0];
  const seen = [];
  for (let until = 1; until <= count; until++) {
    const before = await theta(true);
    await train(session, until);
    seen.push({ before, after: await theta(true), averaged: await theta(false) });
  }
  return seen;
}
