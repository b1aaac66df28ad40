/** Micro-batches and virtual steps as straight lines: the text that people read, and what is evaluated once. */
import { describe, expect, it } from "vitest";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { parseProgram } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import type { TrainingInstruction } from "../../../src/core/program/types.ts";
import { oneStepOf } from "../../../src/editor/inspector/node/oneStep.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { trainingGraph } from "../../../src/targets/figure/training-graph.ts";
import { printSummary, summarize } from "../../../src/targets/summary/summary.ts";
import { chain, documentWith, lowered, node, wires } from "../../helpers/documents.ts";
import { expectGolden } from "../../helpers/golden.ts";

const call = (network: string, params: object = {}) => node("Network", { network, ...params });

/** The game of points, with what its optimizers say. */
function game(d: object, g: object, more: Record<string, NodeDeclaration> = {}): GanDocument {
  const edges = wires(
    ...["z.out > fake.x", "data.out > real_score.x", "fake.y > fake_score.x", "real_score.y > d_loss.real"],
    ...[
      "fake_score.y > d_loss.fake",
      "fake_score.y > g_loss.fake",
      "d_loss.out > d_opt.loss",
      "g_loss.out > g_opt.loss",
    ],
  );
  const nodes = {
    data: node("Dataset", { name: "toy-ring" }),
    z: node("Noise", { features: 3 }),
    fake: call("g", { sample: true }),
    real_score: call("d"),
    fake_score: call("d"),
    d_loss: node("GANLoss"),
    g_loss: node("GANLoss", { role: "generator" }),
    d_opt: node("Optimizer", { trains: ["d"], ...d }),
    g_opt: node("Optimizer", { trains: ["g"], ...g }),
    ...more,
  };
  const networks = { g: chain([node("Linear", { out_features: 2 })]), d: chain([node("Linear", { out_features: 1 })]) };
  return documentWith({ networks, training: { nodes, edges } });
}

const unroll = (steps: number) => ({ unroll: { optimizer: "d_opt", steps } });
/** The text of the iteration, a list of lines for each slice. */
function iterationOf(document: GanDocument): string[][] {
  const program = lowered(document);
  const text = printProgram(program);
  expect(parseProgram(text)).toEqual(program);
  const [, ...slices] = text.slice(0, text.indexOf("\n  sampling")).split("\n  slice ");
  return slices.map((slice) => slice.split("\n    ").slice(1));
}
/** What is computed, without its details: "fake@0", "update". */
const names = (lines: readonly string[]) => lines.map((each) => each.split(" = ")[0]);
const orders = (document: GanDocument) =>
  Object.fromEntries(
    lowered(document)
      .training!.iteration.flatMap(({ instructions }) => instructions)
      .flatMap((each: TrainingInstruction) =>
        (each.op === "evaluate" || each.op === "compute") && each.gradient ? [[each.id, each.gradient.order]] : [],
      ),
  ) as Record<string, number>;

describe("an unrolled step of two micro-batches", () => {
  it("reads as one straight line", () => {
    const slices = iterationOf(game({ accumulate: 2 }, { accumulate: 2, ...unroll(2) }));
    expectGolden("unrolled.program.txt", slices.map((lines) => lines.join("\n") + "\n").join("\n"));
  });
});

describe("virtual steps", () => {
  it("reuse what does not depend on virtual weights, and nothing that does", () => {
    const [, generator] = iterationOf(game({}, unroll(2)));
    expect(names(generator)).toEqual([
      ...["reuse data@0", "real_score@0~0", "reuse fake@0", "fake_score@0~0", "d_loss@0~0"],
      ...["virtual-update d_opt~1 loss d_loss@0~0 gradient g_opt@0", "real_score@0~1", "fake_score@0~1", "d_loss@0~1"],
      ...["virtual-update d_opt~2 loss d_loss@0~1 gradient g_opt@0", "fake_score@0~2", "g_loss@0~2"],
      "update g_opt loss g_loss@0~2 trains g",
    ]);
  });

  it("start from the weights as they are where the generator goes first, and leave them to the critic's own step", () => {
    const [generator, critic] = iterationOf(game({}, { order: -1, ...unroll(1) }));
    expect(names(generator)).toEqual([
      ...["data@0", "real_score@0~0", "z@0", "fake@0", "fake_score@0~0", "d_loss@0~0"],
      ...["virtual-update d_opt~1 loss d_loss@0~0 gradient g_opt@0", "fake_score@0~1", "g_loss@0~1"],
      "update g_opt loss g_loss@0~1 trains g",
    ]);
    expect(names(critic).slice(0, 2)).toEqual(["reuse data@0", "real_score@0"]);
  });

  it("are differentiated twice, what feeds them and what follows them once", () => {
    expect(orders(game({}, unroll(1)))).toEqual({
      ...{ "real_score@0": 1, "fake_score@0": 1, "d_loss@0": 1, "fake@0": 1 },
      ...{ "real_score@0~0": 2, "fake_score@0~0": 2, "d_loss@0~0": 2, "fake_score@0~1": 1, "g_loss@0~1": 1 },
    });
  });

  it("are taken of each step's own draw", () => {
    const [, , first, second] = iterationOf(game({ steps: 2 }, { steps: 2, ...unroll(1) }));
    expect(first).toContain("reuse data@0");
    expect(second).toContain("reuse data@1");
    expect(names(second)).toContain("real_score@1~0");
  });
});

describe("micro-batches", () => {
  it("are as if there were none where there is one", () => {
    expect(iterationOf(game({ accumulate: 1 }, { accumulate: 1 }))).toEqual(iterationOf(game({}, {})));
  });

  it("serve again, each for its own, as far as both optimizers have them", () => {
    const [, generator] = iterationOf(game({ accumulate: 2 }, { accumulate: 3 }));
    expect(names(generator)).toEqual([
      ...["reuse fake@0", "fake_score@0#2", "g_loss@0", "accumulate g_opt@0 loss g_loss@0"],
      ...["reuse fake@0.1", "fake_score@0.1#2", "g_loss@0.1", "accumulate g_opt@0.1 loss g_loss@0.1"],
      ...["z@0.2", "fake@0.2", "fake_score@0.2", "g_loss@0.2", "accumulate g_opt@0.2 loss g_loss@0.2"],
      "update g_opt accumulated trains g",
    ]);
  });

  it("are counted among the draws of their sources", () => {
    const { sources } = lowered(game({ steps: 2, accumulate: 3 }, { accumulate: 4 })).training!;
    expect(sources.map(({ id, draws }) => [id, draws])).toEqual([["data", 6], ["z", 7]]); // prettier-ignore
  });
});

describe("what else reads a Program", () => {
  const [plain, ahead] = [game({}, {}), game({ accumulate: 2 }, { accumulate: 3, ...unroll(2) })].map((document) =>
    lowered(document),
  );

  it("tells the same figure, with what the optimizers do", () => {
    const [one, other] = [plain, ahead].map(({ training, networks }) => trainingGraph(training!, networks));
    const byEnds = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    const wired = ({ wires: own }: typeof one) => own.map(({ from, to, entry }) => ({ from, to, entry })).sort(byEnds);
    expect(wired(other)).toEqual(wired(one));
    expect(other.nodes.find(({ id }) => id === "g_opt")!.lines.join(" ")).toContain("3 micro-batches");
    expect(other.nodes.find(({ id }) => id === "g_opt")!.lines.join(" ")).toContain("unrolls 2");
  });

  it("counts the same weights and operations", () => {
    expect(printSummary(summarize(ahead))).toBe(printSummary(summarize(plain)));
  });

  it("shows one step without what repeats in it", () => {
    for (const optimizer of ["d_opt", "g_opt"])
      expect(oneStepOf(ahead, optimizer, vocabulary)).toEqual(oneStepOf(plain, optimizer, vocabulary));
  });
});
