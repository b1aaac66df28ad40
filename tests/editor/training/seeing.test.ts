/** What charts and words are made of: who is who, where tiles lie, what a look at snapshots says. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driftBetween } from "../../../src/editor/training/drift.ts";
import { gradientFinding, spreadFinding } from "../../../src/editor/training/health.ts";
import { huesOf, lossLines, optimizerLines } from "../../../src/editor/training/lines.ts";
import { thinned } from "../../../src/editor/training/thinned.ts";
import { orderOf, partsOf, tile } from "../../../src/editor/training/tiles.ts";
import { histogram } from "../../../src/editor/training/toy.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import type { Snapshot } from "../../../src/session/protocol.ts";
import { analyzed, template } from "../../helpers/documents.ts";

describe("lines", () => {
  const ring = template("toy-ring");

  it("are called after the networks that they train, the critic rose and the other teal", () => {
    const lines = lossLines(analyzed(ring), ["d_loss", "g_loss"]);
    expect(lines.map(({ label, hue }) => [label, hue])).toEqual([
      ["discriminator", "--loss"],
      ["generator", "--vector"],
    ]);
    expect(new Set(lines.map(({ dash }) => String(dash))).size).toBe(2);
    expect(optimizerLines(analyzed(ring), ["g_opt"])[0]).toMatchObject({ label: "generator", hue: "--vector" });
    expect([...huesOf(analyzed(ring))]).toEqual([
      ["discriminator", "--loss"],
      ["generator", "--vector"],
    ]);
  });

  it("know the losses that a sum is made of, and the critic by what it scores", () => {
    const lines = lossLines(analyzed(template("vanilla-mnist")), ["d_real", "d_fake", "d_loss", "g_loss"]);
    expect(lines.map(({ label, hue, part }) => [label, hue, part])).toEqual([
      ["discriminator", "--loss", false],
      ["generator", "--vector", false],
      ["d real", "--loss", true],
      ["d fake", "--loss", true],
    ]);
    expect(lines[0].dash).toEqual([]);
    expect(new Set(lines.filter(({ hue }) => hue === "--loss").map(({ dash }) => String(dash))).size).toBe(3);
  });

  it("keep the nodes' own names where two would be called the same, and for losses that train nothing", () => {
    const second = { kind: "Optimizer", params: { trains: ["generator"] } };
    const third = { kind: "GANLoss", params: { role: "generator" } };
    const document: GanDocument = {
      ...ring,
      training: {
        ...ring.training,
        nodes: { ...ring.training.nodes, g_opt2: second, g_loss2: third, spare_loss: third },
        edges: [
          ...ring.training.edges,
          ...["g_loss2", "spare_loss"].map((loss) => ({ from: "fake_score.score", to: `${loss}.fake` })),
          { from: "g_loss2.out", to: "g_opt2.loss" },
        ],
      },
    };
    const lines = lossLines(analyzed(document), ["d_loss", "g_loss", "g_loss2", "spare_loss"]);
    expect(lines.map(({ label }) => label)).toEqual(["discriminator", "g loss", "g loss2", "spare loss"]);
    expect(lines[1].hue).toBe(lines[2].hue);
    expect(lines[1].dash).not.toEqual(lines[2].dash);
  });
});

describe("driftBetween", () => {
  const ring = template("toy-ring");
  const nodes = (changed: GanDocument["training"]["nodes"]): GanDocument => ({
    ...ring,
    training: { ...ring.training, nodes: { ...ring.training.nodes, ...changed } },
  });
  const adam = ring.training.nodes.d_opt;

  it("knows what means nothing, what is live, and what is another graph", () => {
    const say = (after: GanDocument) => driftBetween(ring, after);
    expect(say({ ...ring, name: "Other", layout: {} })).toBe("none");
    expect(say({ ...ring, training: { ...ring.training, iterations: 5 } })).toBe("none");
    expect(say(JSON.parse(JSON.stringify(ring)) as GanDocument)).toBe("none");
    expect(say(nodes({ d_opt: { ...adam, params: { ...adam.params, lr: 0.1 } } }))).toBe("live");
    expect(say(nodes({ d_opt: { ...adam, params: { ...adam.params, rule: "SGD" } } }))).toBe("meaning");
    expect(say({ ...ring, training: { ...ring.training, batch: 32 } })).toBe("meaning");
    expect(say({ ...ring, training: { ...ring.training, edges: ring.training.edges.slice(1) } })).toBe("meaning");
  });
});

describe("tiles", () => {
  it("all fit, and none could be larger", () => {
    const boxes = fc.record({ width: fc.integer({ min: 120, max: 900 }), height: fc.integer({ min: 120, max: 500 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), boxes, fc.constantFrom(0, 5), (count, box, below) => {
        const { columns, width, height, stepX, stepY } = tile(count, box, 1, below);
        const rows = Math.ceil(count / columns);
        expect((columns - 1) * stepX + width).toBeLessThanOrEqual(box.width);
        expect((rows - 1) * stepY + height + below).toBeLessThanOrEqual(box.height);
        for (let other = 1; other <= count; other++) {
          const across = Math.floor((box.width - 2 * (other - 1)) / other);
          const down = Math.floor((box.height - 2 * (Math.ceil(count / other) - 1)) / Math.ceil(count / other) - below);
          expect(Math.min(across, down)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it("come in the order of their scores, or as they are", () => {
    const scores = Float32Array.of(0.5, -1, 2);
    expect(orderOf(3, scores, true)).toEqual([2, 0, 1]);
    expect(orderOf(3, scores, false)).toEqual([0, 1, 2]);
    expect(orderOf(3, null, true)).toEqual([0, 1, 2]);
    expect([...partsOf(scores)]).toEqual([0.5, 0, 1]);
    expect([...partsOf(Float32Array.of(3, 3))]).toEqual([0.5, 0.5]);
  });
});

describe("health", () => {
  const at = (samples: number, data: number, iteration = 100): Snapshot => ({
    iteration,
    sheet: { count: 0, type: "vector", shape: [2], pixels: null, points: null, scores: null },
    field: null,
    spread: { samples, data },
  });

  it("tells samples that look alike from varied ones", () => {
    expect(spreadFinding(at(0.12, 0.61))).toEqual({
      tone: "warn",
      text: "Samples look alike: spread 0.120, the data's 0.610. Mode collapse?",
    });
    expect(spreadFinding(at(0.12, 0.61), at(0.05, 0.61))).toMatchObject({
      tone: "plain",
      text: expect.stringMatching(/so far/) as string,
    });
    expect(spreadFinding(at(0.12, 0.61), at(0.12, 0.61))!.tone).toBe("warn");
    expect(spreadFinding(at(0.3, 0.61))!.tone).toBe("plain");
    expect(spreadFinding(at(0.6, 0.61))).toEqual({ tone: "good", text: "Samples are as varied as the data" });
    expect(spreadFinding(at(1.2, 0.61))!.text).toMatch(/further apart/);
    expect(spreadFinding(at(0.01, 0.61, 20))!.tone).toBe("plain");
    expect(spreadFinding(at(0.01, 0.61, 0))!.tone).toBe("plain");
    expect(spreadFinding({ ...at(1, 1), spread: null })).toBeNull();
  });

  it("warns of gradients that vanish or explode, once there are enough of them", () => {
    expect(gradientFinding("generator", new Float32Array(50).fill(1e-8))!.text).toMatch(/vanishes/);
    expect(gradientFinding("generator", new Float32Array(50).fill(1e6))!.text).toMatch(/very large/);
    expect(gradientFinding("generator", new Float32Array(50).fill(0.4))).toBeNull();
    expect(gradientFinding("generator", new Float32Array(5).fill(1e-8))).toBeNull();
  });

  it("draws means of equal parts, and histograms that sum to what lies within", () => {
    expect(thinned(Array.from({ length: 120 }, (_, index) => index)).slice(0, 2)).toEqual([0.5, 2.5]);
    expect(thinned([NaN, 1])).toEqual([1]);
    const counts = histogram(Float32Array.of(0, 0.5, 0.999, 7), 0, 1);
    expect(counts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(0.75);
  });
});
