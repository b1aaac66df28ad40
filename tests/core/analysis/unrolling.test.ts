/** What an optimizer may unroll. (Wrong names and networks in common: tests/broken.) */
import { describe, expect, it } from "vitest";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { vocabularyOf, type LayerKind, type NodeKind } from "../../../src/core/kind/kind.ts";
import { kinds, vocabulary } from "../../../src/kinds/index.ts";
import { analyzed, chain, documentWith, node, wires } from "../../helpers/documents.ts";

const linear = (out_features: number) => node("Linear", { out_features });
const call = (network: string, params: object = {}) => node("Network", { network, ...params });

/** A game whose generator unrolls the critic; `hidden` lies in one of the two. */
function game(hidden: { readonly g?: NodeDeclaration; readonly d?: NodeDeclaration }, stale = false): GanDocument {
  const layers = (own: NodeDeclaration | undefined, last: number) =>
    chain([...(own ? [linear(4), own] : []), linear(last)]);
  const edges = wires(
    ...["z.out > fake.x", "data.out > real_score.x", "fake.y > fake_score.x", "real_score.y > d_loss.real"],
    ...["fake_score.y > d_loss.fake", "fake_score.y > g_loss.fake", "d_loss.out > d_opt.loss"],
    ...["fake.y > pull.input", "data.out > pull.target", "g_loss.out > sum.in.0", "pull.out > sum.in.1", "sum.out > g_opt.loss"], // prettier-ignore
  ).map((edge) => (stale && edge.from === "g_loss.out" ? { ...edge, stale } : edge));
  const nodes = {
    data: node("Dataset", { name: "toy-ring" }),
    z: node("Noise", { features: 3 }),
    fake: call("g", { sample: true }),
    real_score: call("d"),
    fake_score: call("d"),
    d_loss: node("GANLoss"),
    g_loss: node("GANLoss", { role: "generator" }),
    pull: node("MSELoss"),
    sum: node("WeightedSum"),
    d_opt: node("Optimizer", { trains: ["d"] }),
    g_opt: node("Optimizer", { trains: ["g"], unroll: { optimizer: "d_opt", steps: 2 } }),
  };
  return documentWith({ networks: { g: layers(hidden.g, 2), d: layers(hidden.d, 1) }, training: { nodes, edges } });
}

const tanh = vocabulary.network.get("Tanh") as LayerKind;
const once: LayerKind = { ...tanh, name: "Once", twiceDifferentiable: false };
const known = vocabularyOf([...kinds, once as NodeKind]);
const told = (document: GanDocument) =>
  analyzed(document, known).diagnostics.map(({ code, at }) => [code, at.graph, at.node]);

describe("what is unrolled", () => {
  it("may be any optimizer of other networks that the loss depends on", () => {
    expect(told(game({ g: node("Tanh"), d: node("Tanh") }))).toEqual([]);
  });

  it("must be differentiable twice; what feeds it need not be", () => {
    expect(told(game({ d: node("Once") }))).toEqual([["unroll-once", "networks.d", "1"]]);
    expect(told(game({ g: node("Once") }))).toEqual([]);
  });

  it("must be reached by a wire that is not stale: no gradient passes one that is", () => {
    expect(told(game({}, true))).toEqual([["unroll-unreached", "training", "g_opt"]]);
  });

  it("may not make an iteration longer than can be written out", () => {
    const document = game({});
    const { g_opt, ...others } = document.training.nodes;
    const with_ = (more: object): GanDocument => {
      const nodes = { ...others, g_opt: node("Optimizer", { ...g_opt.params, ...more }) };
      return { ...document, training: { ...document.training, nodes } };
    };
    const unroll = { optimizer: "d_opt", steps: 99 };
    expect(told(with_({ unroll, steps: 50 }))).toEqual([]);
    expect(told(with_({ unroll, steps: 51 }))).toEqual([["param-needs", "training", "g_opt"]]);
    const [{ fix, facts }] = analyzed(with_({ unroll: null, steps: 1000, accumulate: 6 })).diagnostics;
    expect(facts.needs).toBe("steps · accumulate · (unrolled steps + 1) of at most 5,000 (now 6,000)");
    expect(fix?.title).toBe("Set accumulate to 1");
  });
});
