// What the Optimizer kind plans: torch.optim's hyperparameters under their names, and the learning rate over time. That
// the rules compute what torch.optim computes is tested in tests/runtime/optimizers.test.ts.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sinks } from "../../src/kinds/index.ts";
import type { OptimizerPlan } from "../../src/kinds/lowering.ts";
import { Optimizer, scheduleFactor } from "../../src/kinds/training/Optimizer.ts";
import type { OptimizerName } from "../../src/runtime/optimizers.ts";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));
const fixture = read("conformance/Optimizer.json") as {
  defaults: Record<OptimizerName, Record<string, unknown>>;
  schedules: { schedule: Record<string, unknown>; factors: number[] }[];
};
const { updates } = read("optimizers.json") as { updates: { name: OptimizerName; hyper: Record<string, unknown> }[] };

/** Parameters as a node has them: read by the fields, defaults filled in. */
const paramsOf = (given: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(Optimizer.fields).map(([name, field]) => {
      const value = name in given ? field.read(given[name]) : field.default;
      if (value === undefined) throw new Error(`${name} cannot be ${JSON.stringify(given[name])}`);
      return [name, value];
    }),
  );
const planOf = (given: Record<string, unknown>): OptimizerPlan => Optimizer.lowering.plan(paramsOf(given));
const start = { iteration: 0, epoch: 0 };

describe("the plan of an Optimizer", () => {
  it("is the only kind of sink", () => expect([...sinks.values()]).toEqual([Optimizer]));

  for (const [rule, defaults] of Object.entries(fixture.defaults))
    it(`has torch.optim's defaults for ${rule}`, () => {
      const { hyper, learningRate } = planOf({ rule });
      expect({ ...hyper, lr: learningRate(start) }).toEqual(defaults);
      const resolved = Optimizer.resolve(paramsOf({ rule }));
      expect(resolved).toMatchObject({ lr: defaults.lr, weight_decay: defaults.weight_decay });
    });

  for (const { name, hyper } of updates.filter(
    (update) => !("dampening" in update.hyper || "centered" in update.hyper),
  ))
    it(`passes ${name} ${JSON.stringify(hyper)} on under torch.optim's names`, () => {
      const plan = planOf({ rule: name, ...hyper });
      expect(plan.rule).toBe(name);
      expect({ ...plan.hyper, lr: plan.learningRate(start) }).toMatchObject(hyper);
    });

  it("carries clipping and averages", () => {
    expect(planOf({})).toMatchObject({ clipGradNorm: null, weightClip: null, ema: null });
    const given = { clip_grad_norm: 2, weight_clip: 0.01, ema: { decay: 0.9, start: 7 } };
    expect(planOf(given)).toMatchObject({ clipGradNorm: 2, weightClip: 0.01, ema: { decay: 0.9, start: 7 } });
  });

  it("multiplies its rate with the schedule", () => {
    const { learningRate } = planOf({ lr: 0.02, schedule: { type: "step", every: 10, gamma: 0.5 } });
    expect([0, 9, 10, 25].map((iteration) => learningRate({ iteration, epoch: 0 }))).toEqual([0.02, 0.02, 0.01, 0.005]);
  });
});

describe("a schedule", () => {
  type Schedule = Parameters<typeof scheduleFactor>[0];
  const scheduleOf = (given: Record<string, unknown>) => Optimizer.fields.schedule.read(given) as Schedule;
  const factors = (given: Record<string, unknown>, count: number) =>
    Array.from({ length: count }, (_, iteration) => scheduleFactor(scheduleOf(given), { iteration, epoch: 0 }));
  const expectClose = (found: readonly number[], expected: readonly number[]) => {
    expect(found).toHaveLength(expected.length);
    found.forEach((factor, index) => expect(factor, `at ${index}`).toBeCloseTo(expected[index], 9));
  };

  for (const { schedule, factors: expected } of fixture.schedules)
    it(`${JSON.stringify(schedule)} is torch.optim.lr_scheduler's`, () =>
      expectClose(factors(schedule, expected.length), expected));

  it("stays at its end, where PyTorch's cosine would rise again", () => {
    expectClose(factors({ type: "cosine", over: 4, end_factor: 0.2 }, 7), [1, 0.2 + 0.4 * (1 + Math.SQRT1_2), 0.6, 0.2 + 0.4 * (1 - Math.SQRT1_2), 0.2, 0.2, 0.2]); // prettier-ignore
    expectClose(factors({ type: "linear", hold: 1, over: 2, end_factor: 0.5 }, 6), [1, 1, 0.75, 0.5, 0.5, 0.5]);
  });

  it("warms up to the full rate first, under every type", () => {
    expectClose(factors({ type: "constant", warmup: 4 }, 6), [0.25, 0.5, 0.75, 1, 1, 1]);
    expectClose(factors({ type: "linear", warmup: 2, over: 4 }, 5), [0.5, 0.75, 0.5, 0.25, 0]);
    expectClose(factors({ type: "step", warmup: 2, every: 2, gamma: 0.1 }, 5), [0.5, 1, 0.1, 0.1, 0.01]);
    expectClose(factors({ type: "cosine", warmup: 2, over: 2 }, 3), [0.5, 0.5, 0]);
  });

  it("counts whole epochs where that is its unit", () => {
    const schedule = scheduleOf({ type: "linear", unit: "epochs", hold: 1, over: 2 });
    const at = (epoch: number) => scheduleFactor(schedule, { iteration: 1_000_000, epoch });
    expectClose([0, 0.9, 1.5, 2, 2.999, 3, 9].map(at), [1, 1, 1, 0.5, 0.5, 0, 0]);
  });
});
