/** What a gradient penalty may be wired to: its gradient must be one, pass trained evaluations only, and be differentiable again. */
import { describe, expect, it } from "vitest";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { vocabularyOf, type LayerKind, type NodeKind, type Vocabulary } from "../../../src/core/kind/kind.ts";
import { kinds, vocabulary } from "../../../src/kinds/index.ts";
import { analyzed, chain, documentWith, graph, node, wires } from "../../helpers/documents.ts";

const call = (network: string, params: object = {}) => node("Network", { network, ...params });
const critic = (...layers: readonly NodeDeclaration[]) => chain([...layers, node("Linear", { out_features: 1 })]);

interface Game {
  readonly networks?: GanDocument["networks"];
  readonly nodes?: Record<string, NodeDeclaration>;
  readonly output: string;
  readonly wrt: string;
  readonly wires?: readonly string[];
  readonly stale?: readonly string[];
}

/** The game of toy-ring with a penalty in the discriminator's loss. */
function game({ networks = {}, nodes = {}, output, wrt, wires: more = [], stale = [] }: Game): GanDocument {
  const edges = wires(
    ...["data.out > real_score.x", "z.out > fake.x", "fake.y > fake_score.x", "fake_score.y > g_loss.fake"],
    ...["real_score.y > d_loss.real", "fake_score.y > d_loss.fake", "d_loss.out > total.in.0"],
    ...[`${output} > penalty.output`, `${wrt} > penalty.wrt`, "penalty.out > total.in.1"],
    ...["total.out > d_opt.loss", "g_loss.out > g_opt.loss", ...more],
  ).map((edge) => (stale.includes(edge.to) ? { ...edge, stale: true } : edge));
  return documentWith({
    networks: { g: chain([node("Linear", { out_features: 2 })]), d: critic(node("LeakyReLU")), ...networks },
    training: {
      nodes: {
        data: node("Dataset", { name: "toy-ring" }),
        z: node("Noise", { features: 3 }),
        fake: call("g", { sample: true }),
        real_score: call("d"),
        fake_score: call("d"),
        d_loss: node("GANLoss"),
        g_loss: node("GANLoss", { role: "generator" }),
        penalty: node("GradientPenalty", { mode: "r1" }),
        total: node("WeightedSum"),
        d_opt: node("Optimizer", { trains: ["d"] }),
        g_opt: node("Optimizer", { trains: ["g"] }),
        ...nodes,
      },
      edges,
    },
  });
}

const told = (document: GanDocument, known: Vocabulary = vocabulary) =>
  analyzed(document, known).diagnostics.map(({ code, facts, at }) => [code, facts.node ?? facts.layer ?? facts.from, at.port ?? at.node]); // prettier-ignore

describe("a gradient penalty", () => {
  it("may lie on the score of data and on that of fakes", () => {
    expect(told(game({ output: "real_score.y", wrt: "data.out" }))).toEqual([]);
    expect(told(game({ output: "fake_score.y", wrt: "fake.y" }))).toEqual([]);
  });

  it("wants the score of what it is differentiated by", () => {
    const independent = [["penalty-independent", "real_score.y", "output"]];
    expect(told(game({ output: "real_score.y", wrt: "fake.y" }))).toEqual(independent);
    expect(told(game({ output: "real_score.y", wrt: "real_score.y" }))).toEqual(independent);
  });

  it("does not see through a stale wire", () => {
    const document = game({ output: "real_score.y", wrt: "data.out", stale: ["real_score.x"] });
    expect(told(document)).toEqual([["penalty-independent", "real_score.y", "output"]]);
  });

  it("passes only evaluations that its optimizer trains", () => {
    const far = game({ output: "fake_score.y", wrt: "z.out" });
    expect(told(far)).toEqual([["penalty-untrained", "fake", "wrt"]]);
    const training = {
      ...far.training,
      nodes: { ...far.training.nodes, d_opt: node("Optimizer", { trains: ["d", "g"] }) },
    };
    expect(told({ ...far, training })).toEqual([]);
  });

  it("belongs to the loss of the optimizer that trains what it lies on", () => {
    const document = game({
      output: "real_score.y",
      wrt: "data.out",
      nodes: { other: node("WeightedSum") },
      wires: ["penalty.out > other.in.0", "g_loss.out > other.in.1"],
    });
    const edges = document.training.edges.map((edge) =>
      edge.to === "g_opt.loss" ? { ...edge, from: "other.out" } : edge,
    );
    expect(told({ ...document, training: { ...document.training, edges } })).toEqual([
      ["penalty-untrained", "real_score", "wrt"],
    ]);
  });

  it("follows the ports of a network: an output that another input feeds does not depend on this one", () => {
    const two = graph(
      {
        x: node("Input"),
        other: node("Input"),
        a: node("Linear", { out_features: 1 }),
        b: node("Linear", { out_features: 1 }),
        y: node("Output"),
        second: node("Output"),
      },
      ...["x.out > a.in", "other.out > b.in", "a.out > y.in", "b.out > second.in"],
    );
    const over = (output: string, wrt: string) =>
      game({
        networks: { d: two },
        output,
        wrt,
        wires: ["data.out > real_score.other", "fake.y > fake_score.other"],
      });
    expect(told(over("fake_score.second", "fake.y"))).toEqual([]);
    const mixed = game({
      networks: { d: two },
      output: "mixed.second",
      wrt: "fake.y",
      nodes: { mixed: call("d") },
      wires: ["data.out > real_score.other", "fake.y > fake_score.other", "fake.y > mixed.x", "data.out > mixed.other"],
    });
    expect(told(mixed)).toEqual([["penalty-independent", "mixed.second", "output"]]);
  });

  it("may not lie on a layer that can be differentiated once only", () => {
    const known = (kinds as readonly NodeKind[]).find(
      (kind): kind is LayerKind => kind.role === "layer" && kind.name === "Tanh",
    )!;
    const once: NodeKind = { ...known, name: "Once", twiceDifferentiable: false };
    const withOnce = vocabularyOf([...(kinds as readonly NodeKind[]), once]);
    const on = (networks: GanDocument["networks"], output = "real_score.y", wrt = "data.out") =>
      told(game({ networks, output, wrt }), withOnce);
    expect(on({ d: critic(node("Once")) })).toEqual([["penalty-once", "Once", "0"]]);
    expect(on({ g: chain([node("Linear", { out_features: 2 }), node("Once")]) })).toEqual([]);
    const aside = graph(
      {
        x: node("Input"),
        a: node("Linear", { out_features: 1 }),
        b: node("Once"),
        y: node("Output"),
        second: node("Output"),
      },
      ...["x.out > a.in", "x.out > b.in", "a.out > y.in", "b.out > second.in"],
    );
    expect(on({ d: aside })).toEqual([]);
    expect(on({ d: aside }, "real_score.second")).toEqual([["penalty-once", "Once", "b"]]);
  });
});
