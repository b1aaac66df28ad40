/** The gradient through virtual steps: against finite differences, and where the critic has none. (PyTorch: unroll.test.ts.) */
import { beforeAll, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { WeightStore } from "../../src/core/program/weights.ts";
import { draw } from "../../src/runtime/philox.ts";
import type { Session } from "../../src/session/session.ts";
import { node, wires } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { game, line, points } from "./documents.ts";
import { programOf, sessionOf, stateOf, train } from "./sessions.ts";

beforeAll(openTraining);

it("virtual steps are differentiated as finite differences have it, through convolutions and normalized weights", async () => {
  const document = convolutional({ optimizer: "d_opt", steps: 3 });
  const program = programOf(document, {});
  const from = sessionOf(program, {});
  const start = await from.weights("generator");
  /** The generator's loss, which comes first, and its weights after a step of SGD at rate 1. */
  const stepFrom = async (weights: WeightStore) => {
    const session = sessionOf(program, {});
    session.setWeights("generator", weights);
    const { losses } = await session.stepOptimizer();
    const after = await session.weights("generator");
    expect(await weightsOf(session, "critic")).toEqual(await weightsOf(from, "critic")); // weight_u and buffers too
    session.dispose();
    return { loss: losses.g_loss, after };
  };
  expect(Object.keys(await weightsOf(from, "critic"))).toContain("conv.weight_u");
  const { after } = await stepFrom(start);
  const directions = [...start].map(([name, { data }], seed) => [name, draw(seed, "direction", { iteration: 0 }).normal(data.length)] as const); // prettier-ignore
  for (const [name, direction] of directions) {
    const moved = (h: number) =>
      new Map([...start].map(([path, weight]) => [path, path === name ? { ...weight, data: weight.data.map((v, i) => v + h * direction[i]) } : weight])); // prettier-ignore
    const h = 1e-3;
    const [up, down] = [await stepFrom(moved(h)), await stepFrom(moved(-h))];
    const slope = direction.reduce((sum, d, i) => sum + d * (start.get(name)!.data[i] - after.get(name)!.data[i]), 0);
    expect((up.loss - down.loss) / (2 * h)).toBeCloseTo(slope, 3);
  }
  from.dispose();
});

const dataSets = { points: points() };
it.each([{ rule: "Adam" }, { rule: "RMSprop", momentum: 0.5 }, { rule: "SGD", momentum: 0.9 }])(
  "virtual steps have a derivative where the critic's gradient is 0: %o",
  async (rule) => {
    const hidden = node("Linear", { out_features: 16 });
    const last = (out_features: number) => node("Linear", { out_features, bias: false });
    const document = game(
      line(
        "z",
        [
          ["fc1", hidden],
          ["tanh", node("Tanh")],
          ["fc2", last(2)],
        ],
        "x",
      ),
      line(
        "x",
        [
          ["fc1", hidden],
          ["relu", node("ReLU")],
          ["fc2", last(1)],
        ],
        "score",
      ),
      4,
      {
        objective: "wasserstein",
        critic: { ...rule, clip_grad_norm: 1 },
        generator: { unroll: { optimizer: "d_opt", steps: 2 } },
      },
    );
    const session = sessionOf(programOf(document, dataSets), dataSets);
    const critic = await session.weights("critic");
    const zeros = [...critic].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }] as const);
    session.setWeights("critic", new Map(zeros));
    expect((await train(session, 2)).map(({ losses }) => losses)).toEqual([
      { d_loss: 0, g_loss: -0 },
      { d_loss: 0, g_loss: -0 },
    ]);
    for (const [name, values] of Object.entries(await stateOf(session)))
      expect(values.every(Number.isFinite), name).toBe(true);
    session.dispose();
  },
);

/** Images of 8×8 against a critic with BatchNorm2d and spectral normalization; the generator goes first. */
function convolutional(unroll: object): GanDocument {
  const geometry = { kernel_size: 4, stride: 2, padding: 1 };
  const conv = node("Conv2d", { ...geometry, out_channels: 4, bias: false, spectral_norm: true });
  const up = node("ConvTranspose2d", { ...geometry, out_channels: 1 });
  const generator = line("z", [["fc", node("Linear", { out_features: 32 })], ["view", node("Reshape", { shape: [2, 4, 4] })], ["up", up], ["tanh", node("Tanh")]], "x"); // prettier-ignore
  const critic = line("x", [["conv", conv], ["norm", node("BatchNorm2d")], ["tanh", node("Tanh")], ["flat", node("Flatten")], ["fc", node("Linear", { out_features: 1 })]], "score"); // prettier-ignore
  const settings = { critic: { rule: "SGD", lr: 0.5 }, generator: { rule: "SGD", lr: 1, order: -1, unroll } };
  const document = game(generator, critic, 3, settings);
  const still = { nodes: { x: node("Input"), view: node("Reshape", { shape: [1, 8, 8] }), y: node("Output") }, edges: wires("x.out > view.in", "view.out > y.in") }; // prettier-ignore
  const nodes = { ...document.training.nodes, data: node("Noise", { features: 64 }), view: node("Network", { network: "still" }) }; // prettier-ignore
  const edges = document.training.edges.map((edge) => (edge.from === "data.out" ? { ...edge, from: "view.y" } : edge));
  return {
    ...document,
    networks: { ...document.networks, still },
    training: { ...document.training, nodes, edges: [...edges, ...wires("data.out > view.x")] },
  };
}

const weightsOf = async (session: Session, network: string) =>
  Object.fromEntries([...(await session.weights(network, { raw: true }))].map(([name, { data }]) => [name, data]));
