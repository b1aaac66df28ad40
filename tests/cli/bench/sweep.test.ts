/** Cases over batches: who is waited for, what is shown in one table, why a bound is missed, how long it takes. */
import { describe, expect, it } from "vitest";
import { figureOf } from "../../../src/cli/bench/measure.ts";
import { drawPlot } from "../../../src/cli/bench/plots.ts";
import { sectionText } from "../../../src/cli/bench/print.ts";
import type { Steps } from "../../../src/cli/bench/children/protocol.ts";
import { expectedSeconds } from "../../../src/cli/bench/suites/train/duration.ts";
import { patienceOf } from "../../../src/cli/bench/suites/train/patience.ts";
import { reasonText } from "../../../src/cli/bench/suites/train/reasons.ts";
import { measureSteps } from "../../../src/cli/bench/suites/train/steps.ts";
import { ratiosOverBatch, sweepFigures, type AtBatch } from "../../../src/cli/bench/suites/train/sweep.ts";
import type { RunningTrainer } from "../../../src/cli/bench/suites/train/trainers.ts";

describe("patience", () => {
  it("leaves out who has shown at a smaller batch that a step takes too long, and says from what", () => {
    const patience = patienceOf(5, ["ours"]);
    for (const name of ["ours", "theirs"]) {
      expect(patience.unwilling(name, 1)).toBeNull();
      expect(patience.tried(name, 1, 900)).toBeNull();
    }
    expect(patience.unwilling("theirs", 5)).toBeNull();
    expect(patience.unwilling("theirs", 7)).toMatch(/took 0.90 s at batch 1, so about 6.3 s here; more than 5 s/);
    expect(patience.unwilling("ours", 7)).toBeNull();
  });

  it("leaves out who takes too long now, but for those that are always waited for", () => {
    const patience = patienceOf(5, ["ours"]);
    expect(patience.tried("theirs", 7, 6300)).toMatch(/left out: a step takes 6.3 s/);
    expect(patience.tried("ours", 7, 6300)).toBeNull();
  });
});

/** Answers with a step of so many milliseconds, and remembers what it was asked. */
function trainer(ms: number, asked: number[], fails = false): RunningTrainer {
  return {
    ready: { versions: {}, losses: {} },
    async ask(request) {
      const { steps } = request as { steps: number };
      asked.push(steps);
      if (fails) throw new Error("out of memory");
      return { ms, peakMB: 1, finite: true } satisfies Steps;
    },
    stop: () => void asked.push(0),
  };
}

describe("steps of a round", () => {
  it("are as many as its time allows, one at least; who ends in the first or takes too long is absent and stopped", async () => {
    const asked: Record<string, number[]> = { quick: [], slow: [], slower: [], broken: [] };
    const running = new Map([
      ["quick", trainer(100, asked.quick)],
      ["slow", trainer(4000, asked.slow)],
      ["slower", trainer(6000, asked.slower)],
      ["broken", trainer(1, asked.broken, true)],
    ]);
    const { figure } = await measureSteps(
      { running, absent: new Map([["nobody", "absent: no such file"]]) },
      { case: "c", reference: "slow", rounds: 2, steps: null, seconds: 1, patience: [patienceOf(5, []), 7] },
    );
    expect(asked).toEqual({ quick: [1, 1, 10, 10, 10], slow: [1, 1, 1, 1], slower: [1, 0], broken: [1, 0] });
    expect(figure.rows.map(({ contestant, absent }) => [contestant, absent])).toEqual([
      ["quick", undefined],
      ["slow", undefined],
      ["nobody", "absent: no such file"],
      ["slower", expect.stringContaining("left out: a step takes 6.0 s")],
      ["broken", "absent: out of memory"],
    ]);
  });
});

const at = (batch: number, ours: number, plain: number | null): AtBatch => ({
  ...{ case: "dcgan", batch },
  figure: {
    ...figureOf(
      new Map([
        ["ours", [{ value: ours, extra: { "peak MB": 100 * batch } }]],
        ...(plain === null ? [] : [["plain", [{ value: plain }]] as const]),
        ["theirs", [{ value: 10 }]],
      ]),
      {
        ...{ case: `dcgan, batch ${batch}`, unit: "ms a step", reference: "theirs" },
        absent: new Map(plain === null ? [["plain", "left out: slow"]] : []),
      },
    ),
    targets: [{ what: `dcgan, batch ${batch}`, atMost: 2, unit: "×", found: ours / 10 }],
    notes: ours > 20 ? [`why batch ${batch}`] : [],
  },
});
const all = [at(1, 12, 80), at(7, 25, null)];

describe("a sweep", () => {
  it("is a table with a line a batch; reasons and who was left out stand below", () => {
    const figures = sweepFigures(all, "ours");
    expect(sectionText({ title: "S", text: "t", figures }).split("\n").slice(5)).toEqual([
      expect.stringMatching(/^dcgan +ms a step, ours +× theirs +plain, × +theirs, ms +peak MB$/),
      expect.stringMatching(/^batch 1 +12\.0 +1\.20 \(1\.20–1\.20\) +8\.00 +10\.0 +100$/),
      expect.stringMatching(/^batch 7 +25\.0 +2\.50 \(2\.50–2\.50\) +10\.0 +700$/),
      "met: dcgan, batch 1: 1.20 × (at most 2.00 ×)",
      "NOT MET: dcgan, batch 7: 2.50 × (at most 2.00 ×)",
      "why batch 7",
      "batch 7: plain left out: slow",
    ]);
  });

  it("is a plot of ratios over batches, without a law through them", () => {
    const plot = ratiosOverBatch(all, "ours", "T", "× theirs");
    expect(plot).toMatchObject({ groups: [1, 7], series: [{ name: "dcgan", values: [1.2, 2.5] }] });
    expect(drawPlot(plot)).not.toContain("exponent");
  });

  it("tells how long it takes: more with every row of a batch, and nothing for whom nobody waits", () => {
    const plan = { case: "c", batch: 1, steps: null, about: 100 };
    const seconds = (about: number, limit = 5) => expectedSeconds("wasm", { ...plan, about }, { rounds: 3, limit });
    expect(seconds(3000)).toBeGreaterThan(seconds(300));
    expect(seconds(3000, 5)).toBeLessThan(seconds(3000, 100));
    const sweep = [6, 160, 2640, 1080, 1600, 27_500].flatMap((last) => [1, 7, 16, 33, 64].map((batch) => (last * batch) / 64)); // prettier-ignore
    expect(sweep.reduce((sum, about) => sum + seconds(about), 0) / 60).toBeLessThan(40); // minutes, of all cases
  });
});

it("a reason names the kernels that take most, with their speed beside the ceiling, and what is outside of them", () => {
  const kernel = (name: string, ms: number, flops: number) => ({ kernel: name, shapes: "[2]", calls: 1, ms, flops });
  const kernels = [kernel("Conv2D", 40, 1.16e9), ...[5, 4, 3, 2, 1, 1, 1].map((ms) => kernel("Add", ms, 0))];
  const text = reasonText("dcgan, batch 1", 2.5, 2, { ms: 80, kernels }, 58);
  expect(text).toContain("why dcgan, batch 1 takes 2.50 ×, more than 2.00 ×: of 80.0 ms a step (ceiling 58.0 GFLOP/s)");
  expect(text).toContain("Conv2D [2] 40.0 ms (50 %), 29.0 GFLOP/s, 50 % of the ceiling");
  expect(text).toContain("2 others 2.00 ms (3 %); outside of kernels 23.0 ms (29 %)");
});
