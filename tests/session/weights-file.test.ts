/** Networks that start from a file's weights: trained on, frozen, awaited, resumed, and edited while training. */
import { beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { weightsOf, type WeightStore } from "../../src/core/program/weights.ts";
import { isLiveChange } from "../../src/session/live.ts";
import { draw } from "../../src/runtime/philox.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { graph, node } from "../helpers/documents.ts";
import { points, smallGan } from "./documents.ts";
import { programOf, sessionOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const sha256 = (digit: string) => digit.repeat(64);
const file = (digit: string, name = "net.safetensors") => ({ file: name, sha256: sha256(digit) });

/** The small GAN whose network starts from a file. */
const naming = (network: string, weights: object, document = smallGan({ stateful: true })): GanDocument => ({
  ...document,
  networks: { ...document.networks, [network]: { ...document.networks[network], weights } as never },
});

/** The generator's samples are looked at by a network that nobody trains. */
function judged(weights?: object): GanDocument {
  const { networks, training, ...document } = smallGan();
  const judge = graph({ x: node("Input"), fc: node("Linear", { out_features: 3 }), bn: node("BatchNorm1d"), y: node("Output") }, "x.out > fc.in", "fc.out > bn.in", "bn.out > y.in"); // prettier-ignore
  const wires = graph({}, "data.out > seen_real.x", "fake.x > seen_fake.x", "seen_fake.y > content.input", "seen_real.y > content.target", "content.out > sum.in.0", "g_loss.out > sum.in.1", "sum.out > g_opt.loss"); // prettier-ignore
  const nodes = { ...training.nodes, seen_real: node("Network", { network: "judge" }), seen_fake: node("Network", { network: "judge" }), content: node("L1Loss"), sum: node("WeightedSum", { weights: [10, 1] }) }; // prettier-ignore
  const edges = [...training.edges.filter(({ to }) => to !== "g_opt.loss"), ...wires.edges];
  return { ...document, networks: { ...networks, judge: weights ? { ...judge, weights } : judge }, training: { ...training, nodes, edges } } as GanDocument; // prettier-ignore
}

function randomWeights(document: GanDocument, name: string, seed: number): WeightStore {
  const network = programOf(document, dataSets).networks.find((each) => each.name === name)!;
  return new Map(
    weightsOf(network).map(({ path, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [path, { shape, data: draw(seed, path, { iteration: 0 }).uniform(size).map((u) => u + 0.5) }]; // prettier-ignore
    }),
  );
}

describe("a network that names a file of weights", () => {
  it("starts from them, the others from their initializers", async () => {
    const document = naming("critic", file("a"));
    const given = randomWeights(document, "critic", 4);
    const [session, plain] = [document, smallGan({ stateful: true })].map(
      (each) =>
      sessionOf(programOf(each, dataSets), dataSets, { weights: each === document ? new Map([["critic", given]]) : new Map() }), // prettier-ignore
    );
    expect(session.awaited).toEqual([]);
    expect(await session.weights("critic")).toEqual(given);
    expect(await session.weights("generator")).toEqual(await plain.weights("generator"));
    await train(session, 1);
    expect(await session.weights("critic")).not.toEqual(given);
    for (const each of [session, plain]) each.dispose();
  });

  it("keeps them to the bit, with its statistics, where no optimizer trains it, and gradients pass through it", async () => {
    const document = judged(file("b"));
    const given = randomWeights(document, "judge", 5);
    const weights = new Map([["judge", given]]);
    const session = sessionOf(programOf(document, dataSets), dataSets, { weights });
    const reports = await train(session, 3);
    expect(await session.weights("judge")).toEqual(given);
    const other = sessionOf(programOf(document, dataSets), dataSets, { weights: new Map([["judge", randomWeights(document, "judge", 6)]]) }); // prettier-ignore
    expect(await train(other, 3)).not.toEqual(reports);
    expect(await other.weights("generator")).not.toEqual(await session.weights("generator"));
    for (const each of [session, other]) each.dispose();
  });

  it("is awaited where none come, and is not trained until a checkpoint brings them", async () => {
    const program = programOf(judged(file("b")), dataSets);
    const weights = new Map([["judge", randomWeights(judged(), "judge", 5)]]);
    const [whole, first, second] = [{ weights }, { weights }, {}].map((each) => sessionOf(program, dataSets, each));
    expect(second.awaited).toEqual(["judge"]);
    await expect(train(second, 1)).rejects.toThrow(/judge/);
    await expect(second.stepOptimizer()).rejects.toThrow(/judge/);
    const reports = await train(whole, 4);
    await train(first, 2);
    second.restore(await first.checkpoint());
    expect(second.awaited).toEqual([]);
    expect(await train(second, 4)).toEqual(reports.slice(2));
    for (const each of [whole, first, second]) each.dispose();
  });

  it("shares them with networks of the same blocks, whichever comes first", async () => {
    const blocks = { b: graph({ in: node("Input"), fc: node("Linear", { out_features: 2 }), out: node("Output") }, "in.out > fc.in", "fc.out > out.in") }; // prettier-ignore
    const sharing = (name: string) => graph({ [name]: node("Input"), b: node("Block", { block: "b", share: "s" }), fc: node("Linear", { out_features: name === "x" ? 1 : 2 }), y: node("Output") }, `${name}.out > b.in`, "b.out > fc.in", "fc.out > y.in"); // prettier-ignore
    const document = smallGan();
    for (const named of ["generator", "critic"] as const) {
      const both = { generator: sharing("z"), critic: sharing("x") };
      const training = { ...document.training, edges: document.training.edges.map((edge) => ({ ...edge, from: edge.from.replace(/^fake\.x/, "fake.y").replace(".score", ".y") })), nodes: { ...document.training.nodes, z: node("Noise", { features: 2 }) } }; // prettier-ignore
      const whole = naming(named, file("c"), { ...document, blocks, networks: both, training } as GanDocument);
      const given = randomWeights(whole, named, 7);
      const session = sessionOf(programOf(whole, dataSets), dataSets, { weights: new Map([[named, given]]) });
      for (const network of ["generator", "critic"])
        expect((await session.weights(network)).get("s.fc.weight")).toEqual(given.get("s.fc.weight"));
      expect(await session.weights(named)).toEqual(given);
      session.dispose();
    }
  });
});

describe("an edit of the file that a network names", () => {
  const before = naming("critic", file("a"));
  const programs = (weights?: object) => programOf(weights ? naming("critic", weights) : smallGan({ stateful: true }), dataSets); // prettier-ignore

  it("is none where the same file has another name, else it is one", () => {
    const is = (weights?: object) => isLiveChange(programOf(before, dataSets), programs(weights));
    expect(is(file("a", "elsewhere/critic.safetensors"))).toBe(true);
    expect([is(file("d")), is()]).toEqual([false, false]);
  });

  it("takes the new file's weights while training, and the trained ones where the file stays", async () => {
    const [old, new_] = [4, 8].map((seed) => randomWeights(before, "critic", seed));
    const first = sessionOf(programOf(before, dataSets), dataSets, { weights: new Map([["critic", old]]) });
    await train(first, 2);
    const saved = await first.checkpoint();
    const tensors = tf.memory().numTensors;
    const take = async (weights: object | undefined, given: WeightStore | null) => {
      const next = sessionOf(programs(weights), dataSets, given ? { weights: new Map([["critic", given]]) } : {});
      next.transplant(saved);
      const seen = { critic: await next.weights("critic"), awaited: next.awaited, generator: await next.weights("generator") }; // prettier-ignore
      next.dispose();
      return seen;
    };
    const trained = await first.weights("critic");
    expect((await take(file("d"), new_)).critic).toEqual(new_);
    expect((await take(file("d"), null)).awaited).toEqual(["critic"]);
    expect(await take(file("a", "moved.safetensors"), null)).toEqual({
      ...{ critic: trained, awaited: [] },
      generator: await first.weights("generator"),
    });
    expect((await take(undefined, null)).critic).toEqual(trained); // the weights fit, and nothing says otherwise
    expect(tf.memory().numTensors).toBe(tensors);
    first.dispose();
  });
});
