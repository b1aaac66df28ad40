/**
 * Networks as papers have them. Templates take one step of every optimizer, on images of their data sets, with losses that
 * are numbers, and are then the same in ONNX Runtime; so are architectures that are no templates, with fresh weights.
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataSet } from "../../src/cli/data.ts";
import { applyEdits, type Edit } from "../../src/core/document/edits.ts";
import { parse } from "../../src/core/document/parse.ts";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import type { WeightStore } from "../../src/core/program/weights.ts";
import { resized } from "../../src/datasets/resize.ts";
import { isImageSet, type ImageSet } from "../../src/datasets/types.ts";
import { proveOnnx } from "../../src/targets/onnx/prove.ts";
import { writeOnnx } from "../../src/targets/onnx/write.ts";
import { summarize } from "../../src/targets/summary/summary.ts";
import type { PlainTensors } from "../../src/targets/tfjs/nchw.ts";
import { lowered, template } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { inTfjs, randomWeights } from "../targets/onnx/networks.ts";
import { programOf, sessionOf, train } from "./sessions.ts";

beforeAll(openTraining);

/**
 * `size`: of images in place of the paper's. CycleGAN's networks take any, and an iteration evaluates ten of them; Pix2Pix's
 * generator halves eight times and takes no less than 256. With a batch of 1, BatchNorm1d would give its bias whatever
 * InfoGAN feeds it, and PyTorch refuses to train.
 */
const papers = [
  { name: "dcgan-64", size: null, batch: 1 },
  { name: "infogan-paper", size: null, batch: 2 },
  { name: "cyclegan-paper", size: 64, batch: 1 },
  { name: "pix2pix-paper", size: null, batch: 1 },
] as const;

/** What the wasm heap holds at most. */
const heap = 4 * 2 ** 30;

describe.each(papers)("$name, a batch of $batch", ({ name, size, batch }) => {
  it("takes a step, and is then the same in ONNX Runtime", { timeout: 240_000 }, async () => {
    const document = applyEdits(template(name), size === null ? [] : sized(template(name), size));
    const dataSets = await fewRows(document);
    const program = programOf({ ...document, training: { ...document.training, batch } }, dataSets);
    const needed = Object.values(summarize(program).networks).reduce((sum, { memory }) => sum + memory, 0);
    expect(needed).toBeLessThan(heap / 2);

    const session = sessionOf(program, dataSets);
    const [{ losses }] = await train(session, 1);
    for (const [loss, value] of Object.entries(losses))
      expect(Number.isFinite(value), `${loss} is ${value}`).toBe(true);

    for (const network of program.networks)
      await expectSameInOnnx(network, await session.weights(network.name), (feeds) => session.evaluate(network.name, feeds)); // prettier-ignore
    session.dispose();
  });
});

/** `size`: of images, the least that the networks take; ACGAN's images come of a Linear as large as the data. */
const architectures = [
  { name: "srresnet", size: 6 },
  { name: "acgan-mnist", size: null },
  { name: "unet_128", size: null },
  { name: "resnet_6", size: 16 },
] as const;

it.each(architectures)("$name is the same in ONNX Runtime", { timeout: 240_000 }, async ({ name, size }) => {
  const text = readFileSync(new URL(`../architectures/${name}.gan.json`, import.meta.url), "utf8");
  const document = parse(text).document!;
  const inputs = Object.entries(document.networks).flatMap(([network, { nodes }]) =>
    Object.keys(nodes).flatMap((node): Edit[] =>
      nodes[node].kind === "Input" && size !== null
        ? [{ do: "set-param", graph: `networks.${network}`, node, param: "shape", value: [3, size, size] }]
        : [],
    ),
  );
  for (const network of lowered(applyEdits(document, inputs)).networks) {
    // small enough that SRResNet, which bounds nothing, gives numbers of the size of an image's
    const weights = new Map(
      [...randomWeights(network)].map(([path, { shape, data }]) => [path, { shape, data: shape.length > 1 ? data.map((value) => 0.25 * value) : data }]), // prettier-ignore
    );
    const { run, dispose } = inTfjs(network, weights);
    await expectSameInOnnx(network, weights, run);
    dispose();
  }
});

async function expectSameInOnnx(
  network: NetworkProgram,
  weights: WeightStore,
  run: (feeds: PlainTensors) => Promise<PlainTensors>,
): Promise<void> {
  const bytes = writeOnnx(network, weights, { opset: 17, producerVersion: "test" });
  const { largest, relative } = await proveOnnx({ bytes, network, run, batches: [1], seed: 1 });
  expect(largest, network.name).toBeLessThan(1e-4);
  expect(relative, network.name).toBeLessThan(1e-4);
}

const dataNodes = ({ training }: GanDocument) =>
  Object.entries(training.nodes).flatMap(([node, { kind, params }]) =>
    kind === "Dataset" ? [{ node, params: params as { readonly name: string; readonly resize?: Size } }] : [],
  );
type Size = number | readonly [number, number];

const sized = (document: GanDocument, size: number): Edit[] =>
  dataNodes(document).map(({ node }) => ({ do: "set-param", graph: "training", node, param: "resize", value: size }));

/** The first two rows of each data set that a document names, at the size that it asks for. */
async function fewRows(document: GanDocument): Promise<Record<string, ImageSet>> {
  const sets = dataNodes(document).map(async ({ params: { name, resize } }): Promise<[string, ImageSet]> => {
    const set = await loadDataSet(name);
    if (!isImageSet(set)) throw new Error(`${name} holds no images`);
    const { heldOut: _, ...seen } = set;
    const size = resize === undefined ? set.item.shape.slice(1) : [resize, resize].flat();
    return [name, resized({ ...seen, count: 2 }, [size[0], size[1]])];
  });
  return Object.fromEntries(await Promise.all(sets));
}
