/** The whole way from what is drawn to the sample, as one ONNX file, against the networks that it is made of. */
import { describe, expect, it } from "vitest";
import { samplerOf, samplerWeights } from "../../../src/core/program/sampler.ts";
import type { Program } from "../../../src/core/program/types.ts";
import type { WeightStore } from "../../../src/core/program/weights.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";
import { graph as wiredGraph, node } from "../../helpers/documents.ts";
import { emptyDocument, type GanDocument } from "../../../src/core/document/types.ts";
import { inTfjs, programOf, randomWeights, template } from "./networks.ts";

const weightsOf = (program: Program): ReadonlyMap<string, WeightStore> =>
  new Map(program.networks.map((network) => [network.name, randomWeights(network)]));

const samplerFrom = (program: Program) => {
  const all = weightsOf(program);
  const network = samplerOf(program, vocabulary);
  return { all, network, weights: samplerWeights(program, network, (name) => all.get(name)!) };
};

describe("a sampler", () => {
  it("of a generator alone computes what the generator does", async () => {
    const program = template("dcgan-mnist");
    const { all, network, weights } = samplerFrom(program);
    expect(network.inputs).toEqual([{ name: "z", type: { type: "vector", shape: [100] } }]);
    const generator = program.networks.find(({ name }) => name === "generator")!;
    const alone = inTfjs(generator, all.get("generator")!);
    const bytes = writeOnnx(network, weights, { producerVersion: "0.0.0" });
    const run = async (feeds: Parameters<typeof alone.run>[0]) => {
      const { image } = await alone.run({ z: feeds.z });
      return { [network.outputs[0].name]: image };
    };
    expect((await proveOnnx({ bytes, network, run, batches: [1, 3], seed: 2 })).largest).toBeLessThan(1e-5);
    alone.dispose();
  });

  it("takes noise, label and codes, through two networks and what joins them", async () => {
    const program = programOf(conditional);
    const { network, weights } = samplerFrom(program);
    expect(network.inputs.map(({ name, type }) => `${name} ${type.type}`).sort()).toEqual(["digit label", "z vector"]);
    const whole = inTfjs(network, weights);
    const bytes = writeOnnx(network, weights, { producerVersion: "0.0.0" });
    expect((await proveOnnx({ bytes, network, run: whole.run, batches: [1, 4], seed: 3 })).largest).toBeLessThan(1e-5);
    whole.dispose();
  });

  it("names the function that is no layer", () => {
    const { d_opt, ...nodes } = conditional.training.nodes;
    const edges = conditional.training.edges
      .filter(({ to }) => !to.startsWith("d_opt") && to !== "fake.w")
      .concat({ from: "w.y", to: "shuffled.in" }, { from: "shuffled.out", to: "fake.w" });
    const training = { ...conditional.training, nodes: { ...nodes, d_opt, shuffled: node("Shuffle") }, edges: edges.concat({ from: "sum.out", to: "d_opt.loss" }) }; // prettier-ignore
    expect(() => samplerOf(programOf({ ...conditional, training }), vocabulary)).toThrow(/Shuffle stands between/);
  });
});

/** A mapping network and a synthesis network, with a class among what is drawn. */
const conditional: GanDocument = {
  ...emptyDocument("conditional"),
  networks: {
    mapping: wiredGraph({ x: node("Input"), fc: node("Linear", { out_features: 5 }), act: node("LeakyReLU"), y: node("Output") }, "x.out > fc.in", "fc.out > act.in", "act.out > y.in"), // prettier-ignore
    synthesis: wiredGraph({ w: node("Input"), fc: node("Linear", { out_features: 2 }), y: node("Output") }, "w.out > fc.in", "fc.out > y.in"), // prettier-ignore
    critic: wiredGraph({ x: node("Input"), fc: node("Linear", { out_features: 1 }), y: node("Output") }, "x.out > fc.in", "fc.out > y.in"), // prettier-ignore
  },
  training: wiredGraph(
    {
      z: node("Noise", { features: 3 }),
      digit: node("RandomLabel", { classes: 4 }),
      hot: node("OneHot"),
      joined: node("Concat"),
      w: node("Network", { network: "mapping" }),
      fake: node("Network", { network: "synthesis", sample: true }),
      score: node("Network", { network: "critic" }),
      sum: node("GANLoss", { role: "generator" }),
      d_opt: node("Optimizer", { trains: ["mapping", "synthesis"] }),
    },
    "z.out > joined.in.0",
    "digit.out > hot.in",
    "hot.out > joined.in.1",
    "joined.out > w.x",
    "w.y > fake.w",
    "fake.y > score.x",
    "score.y > sum.fake",
    "sum.out > d_opt.loss",
  ),
};
