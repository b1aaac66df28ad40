// A convolutional critic may end with an image of one pixel instead of a vector of one score: training takes both alike.

import { beforeAll, describe, expect, it } from "vitest";
import { analyze } from "../../src/core/analysis/analyze.ts";
import { isError } from "../../src/core/analysis/diagnostics.ts";
import { emptyDocument, type GanDocument, type NodeDeclaration } from "../../src/core/document/types.ts";
import { lower } from "../../src/core/program/lower.ts";
import { GANLoss } from "../../src/kinds/training/GANLoss.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { createSession } from "../../src/session/session.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";

beforeAll(openTraining);

const objectives = GANLoss.fields.objective.schema.enum as string[];

describe.each(objectives)("a critic with the objective %s", (objective) => {
  it("trains the same whether its scores are pixels or numbers", async () => {
    const [pixels, numbers] = [await losses(objective, false), await losses(objective, true)];
    expect(pixels).toHaveLength(3);
    pixels.forEach((report, iteration) => {
      expect(Object.keys(report)).toEqual(["d_loss", "g_loss"]);
      for (const [name, loss] of Object.entries(report)) expect(loss).toBeCloseTo(numbers[iteration][name], 5);
    });
    expect(pixels[2]).not.toEqual(pixels[0]);
  });
});

async function losses(objective: string, flatten: boolean): Promise<Readonly<Record<string, number>>[]> {
  const document = documentOf(objective, flatten);
  const analysis = analyze(document, vocabulary, () => null);
  expect(analysis.diagnostics.filter(isError)).toEqual([]);
  const session = createSession({
    tf,
    program: lower(document, analysis)!,
    dataSets: new Map(),
    variant: "test",
    readEvery: 1,
  });
  const reports: Readonly<Record<string, number>>[] = [];
  try {
    await session.run({ until: 3, report: ({ losses }) => void reports.push(losses) });
  } finally {
    session.dispose();
  }
  return reports;
}

/** Noise in the shape of images stands for the data, so that no data set is needed. */
function documentOf(objective: string, flatten: boolean): GanDocument {
  const row = (layers: readonly NodeDeclaration[]) => {
    const nodes = [{ kind: "Input" }, ...layers, { kind: "Output" }].map((node, index) => [`n${index}`, node] as const);
    const edges = nodes.slice(1).map(([id], index) => ({ from: `n${index}.out`, to: `${id}.in` }));
    return { nodes: Object.fromEntries(nodes), edges };
  };
  const generator = row([
    { kind: "ConvTranspose2d", params: { out_channels: 2, stride: 1, padding: 0 } },
    { kind: "Tanh" },
  ]);
  const data = row([{ kind: "Reshape", params: { shape: [2, 4, 4] } }]);
  const critic = row([
    { kind: "Conv2d", params: { out_channels: 1, stride: 1, padding: 0 } },
    ...(flatten ? [{ kind: "Flatten" }] : []),
  ]);
  const end = `n${Object.keys(critic.nodes).length - 1}`;
  const call = (network: string, sample = false): NodeDeclaration => ({ kind: "Network", params: { network, sample } });
  const ganLoss = (role: string): NodeDeclaration => ({ kind: "GANLoss", params: { role, objective } });
  const optimizer = (network: string): NodeDeclaration => ({
    kind: "Optimizer",
    params: { trains: [network], rule: "SGD", lr: 0.05 },
  });
  const wires = ["z.out > fake.n0", "pixels.out > real.n0", "real.n2 > real_score.n0", "fake.n3 > fake_score.n0",
    `real_score.${end} > d_loss.real`, `fake_score.${end} > d_loss.fake`, `fake_score.${end} > g_loss.fake`, `real_score.${end} > g_loss.real`,
    "d_loss.out > d_opt.loss", "g_loss.out > g_opt.loss"]; // prettier-ignore
  return {
    ...emptyDocument("Scores as pixels"),
    networks: { generator, data, critic },
    training: {
      batch: 4,
      nodes: {
        z: { kind: "Noise", params: { features: 5 } },
        pixels: { kind: "Noise", params: { features: 32 } },
        fake: call("generator", true),
        real: call("data"),
        real_score: call("critic"),
        fake_score: call("critic"),
        d_loss: ganLoss("discriminator"),
        g_loss: ganLoss("generator"),
        d_opt: optimizer("critic"),
        g_opt: optimizer("generator"),
      },
      edges: wires.map((wire) => ({ from: wire.split(" > ")[0], to: wire.split(" > ")[1] })),
    },
  };
}
