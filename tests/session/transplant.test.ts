/** What a session takes over from the checkpoint of another program. */
import { beforeAll, describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from "../../src/session/checkpoint.ts";
import type { GanDocument } from "../../src/core/document/types.ts";
import { isLiveChange } from "../../src/session/live.ts";
import type { Session } from "../../src/session/session.ts";
import { documentWith, graph, node, vectorInput } from "../helpers/documents.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { points, smallGan, statefulGan } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

const dataSets = { points: points() };
const stateful = programOf(statefulGan(), dataSets);

describe("a checkpoint of an equal program", () => {
  it.each([1, 2, 3])("is taken over as restore does, to the bit (seed %i)", async (seed) => {
    const first = sessionOf(stateful, dataSets, { seed });
    await train(first, 3);
    const saved = await first.checkpoint();
    const [restored, transplanted] = [sessionOf(stateful, dataSets, { seed }), sessionOf(stateful, dataSets, { seed })];
    await train(transplanted, 1); // whatever was there before
    restored.restore(saved);
    expect(transplanted.transplant(saved)).toEqual({ kept: 12, fresh: [] }); // of four layers, and BatchNorm's four
    expect(await train(transplanted, 6)).toEqual(await train(restored, 6));
    expect(encodeCheckpoint(await transplanted.checkpoint())).toEqual(encodeCheckpoint(await restored.checkpoint()));
    for (const session of [first, restored, transplanted]) session.dispose();
  });
});

describe("a checkpoint of a program with other live parameters", () => {
  it("goes on as if the new ones had always been to come: half the rate is a schedule's half", async () => {
    const document = (lr: number, schedule = {}) =>
      smallGan({
        stateful: true,
        critic: { lr, schedule },
        generator: { lr, schedule, ema: { decay: 0.9, start: 2 } },
      });
    const whole = sessionOf(programOf(document(0.02, { type: "step", every: 4, gamma: 0.5 }), dataSets), dataSets);
    const [fast, slow] = [0.02, 0.01].map((lr) => programOf(document(lr), dataSets));
    expect(isLiveChange(fast, slow)).toBe(true);
    const [before, after] = [sessionOf(fast, dataSets), sessionOf(slow, dataSets)];
    const reports = await train(whole, 8);
    await train(before, 4);
    expect(after.transplant(await before.checkpoint()).fresh).toEqual([]);
    expect(await train(after, 8)).toEqual(reports.slice(4));
    expect(await stateOf(after)).toEqual(await stateOf(whole));
    for (const session of [whole, before, after]) session.dispose();
  });
});

describe("a checkpoint of another program", () => {
  const rule = { lr: 0.01, betas: [0.5, 0.999] };
  const first = smallGan({ critic: rule, generator: { ...rule, ema: { decay: 0.9 } } });
  const wider = withOutputs(first, "critic", 24);

  it("gives what fits by path and shape, and the rest starts fresh", async () => {
    const { saved, session, fresh } = await edited(first, wider);
    expect(fresh).toEqual({ kept: 5, fresh: ["critic/fc1.weight", "critic/fc1.bias", "critic/fc2.weight"] });
    expect([session.iteration, (await session.checkpoint()).steps]).toEqual([5, { d_opt: 5, g_opt: 5 }]);
    const unused = sessionOf(session.program, dataSets);
    const [state, initial] = [await stateOf(session), await stateOf(unused)];
    for (const [name, values] of Object.entries(state)) {
      const isFresh = /critic\/fc(1|2\.weight)/.test(name);
      expect(values, name).toEqual(isFresh ? initial[name] : saved.tensors.get(name)!.data);
    }
    expect(Object.keys(state).filter((name) => name.startsWith("averages/"))).toHaveLength(4);
    unused.dispose();
    session.dispose();
  });

  it("begins the averages of fresh weights with the weights", async () => {
    const { session } = await edited(first, withOutputs(first, "generator", 24));
    const [raw, averaged] = [await session.weights("generator", { raw: true }), await session.weights("generator")];
    expect(averaged.get("fc1.weight")).toEqual(raw.get("fc1.weight"));
    expect(averaged.get("fc2.bias")).not.toEqual(raw.get("fc2.bias")); // this one stayed
    await train(session, 6);
    const after = (await session.weights("generator", { raw: true })).get("fc1.weight")!.data;
    (await session.weights("generator")).get("fc1.weight")!.data.forEach((value, at) => {
      expect(value).toBeCloseTo(0.9 * raw.get("fc1.weight")!.data[at] + 0.1 * after[at], 6);
    });
    session.dispose();
  });

  it("lets Adam's first step of a fresh weight be as long as its rate", async () => {
    const { session } = await edited(first, wider);
    const before = (await session.weights("critic")).get("fc1.weight")!.data;
    await train(session, session.iteration + 1);
    const after = (await session.weights("critic")).get("fc1.weight")!.data;
    after.forEach((value, at) => expect(Math.abs(value - before[at]) / rule.lr).toBeCloseTo(1, 1));
    session.dispose();
  });

  it("makes a run that its own checkpoints continue to the bit, through bytes and another edit", async () => {
    const { session } = await edited(first, wider);
    await train(session, 7);
    const saved = decodeCheckpoint(encodeCheckpoint(await session.checkpoint()), "x");
    expect(saved.began).toEqual({ "d_opt/critic/fc1.weight": 5, "d_opt/critic/fc1.bias": 5, "d_opt/critic/fc2.weight": 5 }); // prettier-ignore
    const [restored, again] = [sessionOf(session.program, dataSets), sessionOf(session.program, dataSets)];
    restored.restore(saved);
    again.transplant(saved);
    const reports = await train(session, 10);
    for (const other of [restored, again]) {
      expect(await train(other, 10)).toEqual(reports);
      expect(encodeCheckpoint(await other.checkpoint())).toEqual(encodeCheckpoint(await session.checkpoint()));
      other.dispose();
    }
    session.dispose();
  });

  it("keeps the weights where the rule is another, and its slots begin anew", async () => {
    const { saved, session, fresh } = await edited(first, smallGan({ critic: { rule: "RMSprop" }, generator: rule }));
    expect(fresh).toEqual({ kept: 8, fresh: [] });
    const state = await stateOf(session);
    expect(state["weights/critic/fc1.weight"]).toEqual(saved.tensors.get("weights/critic/fc1.weight")!.data);
    expect(new Set(state["slots/d_opt/critic/fc1.weight/square_avg"])).toEqual(new Set([0]));
    expect(await train(session, 8)).toHaveLength(3);
    session.dispose();
  });

  it("lets an optimizer that is new begin at step 0", async () => {
    const { nodes, edges, ...rest } = first.training;
    const { g_opt, ...others } = nodes;
    const renamed = edges.map(({ from, to }) => ({ from, to: to.replace("g_opt.", "late.") }));
    const document = { ...first, training: { ...rest, nodes: { ...others, late: g_opt }, edges: renamed } };
    const { session, fresh } = await edited(first, document);
    expect(fresh).toEqual({ kept: 8, fresh: [] });
    expect((await session.checkpoint()).steps).toEqual({ d_opt: 5, late: 0 });
    session.dispose();
  });

  it("gives one value to a weight that networks share, also where one of them is new to it", async () => {
    const [before, after] = [tied(["generator"]), tied(["generator", "critic"])];
    const { saved, session, fresh } = await edited(before, after);
    expect(fresh.fresh).not.toContain("critic/s.fc.weight");
    const state = await stateOf(session);
    const shared = Object.keys(state).filter((name) => /^weights\/\w+\/s\./.test(name) && name.endsWith("weight"));
    expect(shared).toHaveLength(2);
    const wanted = saved.tensors.get(shared.find((name) => name.includes("generator"))!)!.data;
    for (const name of shared) expect(state[name], name).toEqual(wanted);
    session.dispose();
  });

  it("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const { saved, session } = await edited(first, wider);
    const held = tf.memory().numTensors;
    session.transplant(saved);
    await session.stepOptimizer();
    session.transplant(saved);
    expect(tf.memory().numTensors).toBe(held);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Five iterations of one document, taken over into another. */
async function edited(before: GanDocument, after: GanDocument) {
  const trained = sessionOf(programOf(before, dataSets), dataSets);
  await train(trained, 5);
  const saved: Checkpoint = await trained.checkpoint();
  trained.dispose();
  const session: Session = sessionOf(programOf(after, dataSets), dataSets);
  return { saved, session, fresh: session.transplant(saved) };
}

/** With another number of units in a network's hidden layer. */
function withOutputs(document: GanDocument, network: string, out_features: number): GanDocument {
  const { nodes, ...rest } = document.networks[network];
  const changed = { ...rest, nodes: { ...nodes, fc1: node("Linear", { out_features }) } };
  return { ...document, networks: { ...document.networks, [network]: changed } };
}

/** Two networks 2 → 2 that begin with a layer of the shared block, or with one of their own. */
function tied(sharing: readonly string[]): GanDocument {
  const block = graph({ x: node("Input"), fc: node("Linear", { out_features: 2 }), y: node("Output") }, "x.out > fc.in", "fc.out > y.in"); // prettier-ignore
  const network = (name: string, out: string) => {
    const common = sharing.includes(name) ? { share: "s" } : {};
    return graph(
      { x: node("Input", vectorInput(2)), common: node("Block", { block: "tied", ...common }), own: node("Linear", { out_features: 2 }), [out]: node("Output") },
      "x.out > common.x", "common.y > own.in", `own.out > ${out}.in`,
    ); // prettier-ignore
  };
  return documentWith({
    blocks: { tied: block },
    networks: { generator: network("generator", "y"), critic: network("critic", "score") },
    training: {
      batch: 4,
      ...graph(
        {
          z: node("Noise", { features: 2 }),
          fake: node("Network", { network: "generator", sample: true }),
          score: node("Network", { network: "critic" }),
          d_loss: node("BCEWithLogitsLoss", { target: 0 }),
          g_loss: node("BCEWithLogitsLoss"),
          d_opt: node("Optimizer", { trains: ["critic"], order: 0 }),
          g_opt: node("Optimizer", { trains: ["generator"], order: 1 }),
        },
        "z.out > fake.x", "fake.y > score.x", "score.score > d_loss.in", "score.score > g_loss.in", "d_loss.out > d_opt.loss", "g_loss.out > g_opt.loss",
      ), // prettier-ignore
    },
  });
}
