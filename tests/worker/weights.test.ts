/// <reference types="node" />
/** Weights and the training worker in a real browser: files that networks name, a warm start, and the sampler as a file. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeCheckpointWeights } from "../../src/session/checkpoint.ts";
import { weightsInSafetensors } from "../../src/targets/safetensors/weights.ts";
import { graph, node } from "../helpers/documents.ts";
import { startStudio, type Studio, type Tab } from "./browser.ts";
import type { TestPage } from "./page.ts";

let studio: Studio;
beforeAll(async () => {
  studio = await startStudio();
});
afterAll(() => studio?.close());

/** Points of a class against a critic, and a network that looks at both and that nobody trains. */
function write(judge?: { readonly file: string; readonly sha256: string }): string {
  const line = (features: number) => graph({ x: node("Input"), fc: node("Linear", { out_features: features }), y: node("Output") }, "x.out > fc.in", "fc.out > y.in"); // prettier-ignore
  const nodes = {
    data: node("Dataset", { name: "toy-ring" }),
    digit: node("RandomLabel", { classes: 3 }),
    hot: node("OneHot"),
    z: node("Noise", { features: 4 }),
    joined: node("Concat"),
    fake: node("Network", { network: "generator", sample: true }),
    real_score: node("Network", { network: "critic" }),
    fake_score: node("Network", { network: "critic" }),
    seen: node("Network", { network: "judge" }),
    wanted: node("Network", { network: "judge" }),
    content: node("L1Loss"),
    sum: node("WeightedSum", { weights: [1, 1] }),
    d_loss: node("GANLoss"),
    g_loss: node("GANLoss", { role: "generator" }),
    d_opt: node("Optimizer", { trains: ["critic"] }),
    g_opt: node("Optimizer", { trains: ["generator"] }),
  };
  const training = graph(nodes, "z.out > joined.in.0", "digit.out > hot.in", "hot.out > joined.in.1", "joined.out > fake.x", "data.out > real_score.x", "fake.y > fake_score.x", "real_score.y > d_loss.real", "fake_score.y > d_loss.fake", "fake_score.y > g_loss.fake", "fake.y > seen.x", "data.out > wanted.x", "seen.y > content.input", "wanted.y > content.target", "content.out > sum.in.0", "g_loss.out > sum.in.1", "sum.out > g_opt.loss", "d_loss.out > d_opt.loss"); // prettier-ignore
  const networks = { generator: line(2), critic: line(1), judge: { ...line(5), ...(judge ? { weights: judge } : {}) } };
  return JSON.stringify({ format: "ganvas/1", name: "Classes", networks, training: { ...training, batch: 8, iterations: 9, seed: 2 } }); // prettier-ignore
}

const values = (shape: readonly number[], value: number) => ({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => value + at / 8) }); // prettier-ignore
const judgeWeights = (value: number) =>
  new Map([["fc.weight", values([5, 2], value)], ["fc.bias", values([5], -value)]]); // prettier-ignore

const open = (tab: Tab, document: string, run: string) => tab.ask("open", { document, run, backend: "wasm" });

/** Keeps a file in the browser; its SHA-256. */
const keep = (tab: Tab, bytes: Uint8Array) =>
  tab.page.evaluate(
    async (numbers) => {
      const { weights } = await (window as unknown as { page: TestPage }).page.openStorage();
      return weights.put(Uint8Array.from(numbers));
    },
    [...bytes],
  );
const sweep = (tab: Tab) =>
  tab.page.evaluate(async () => (await (window as unknown as { page: TestPage }).page.openStorage()).weights.sweep());
const weightsOf = async (tab: Tab, network: string) =>
  weightsInSafetensors(Uint8Array.from((await tab.ask("exportSafetensors", { network })).bytes), network);

describe("a network that names a file of weights", () => {
  it("starts from the file that the browser keeps, and is refused where it keeps none", async () => {
    const tab = await studio.openTab("named");
    const sha256 = await keep(tab, encodeCheckpointWeights(judgeWeights(1)));
    const document = write({ file: "judge.safetensors", sha256 });
    await open(tab, document, "named");
    expect(await weightsOf(tab, "judge")).toEqual(judgeWeights(1));
    await tab.ask("train", { until: 2 });
    expect(await weightsOf(tab, "judge")).toEqual(judgeWeights(1)); // nobody trains it

    // another file while training: its weights come, the others stay
    const next = await keep(tab, encodeCheckpointWeights(judgeWeights(3)));
    const trained = await weightsOf(tab, "generator");
    expect(await tab.ask("adopt", { document: write({ file: "judge.safetensors", sha256: next }) })).toMatchObject({ iteration: 2, kept: 4, fresh: ["judge/fc.weight", "judge/fc.bias"] }); // prettier-ignore
    expect([await weightsOf(tab, "judge"), await weightsOf(tab, "generator")]).toEqual([judgeWeights(3), trained]);
    const absent = write({ file: "other.safetensors", sha256: "0".repeat(64) });
    await expect(tab.ask("adopt", { document: absent })).rejects.toThrow(
      /other\.safetensors, which is not in this browser/,
    );
    expect(await weightsOf(tab, "judge")).toEqual(judgeWeights(3)); // as it was

    await sweep(tab); // no kept document names them
    await tab.reload();
    expect(await open(tab, write({ file: "renamed.safetensors", sha256: next }), "named")).toMatchObject({ iteration: 2, notices: [] }); // prettier-ignore
    expect(await weightsOf(tab, "judge")).toEqual(judgeWeights(3)); // the run has them
    await tab.ask("train", { until: 3 });
    await expect(open(tab, document, "fresh")).rejects.toThrow(
      /judge\.safetensors, which is not in this browser\. Choose/,
    );
    await tab.page.close();
  });

  it("is refused weight by weight where the file is another network's", async () => {
    const tab = await studio.openTab("misfit");
    const sha256 = await keep(tab, encodeCheckpointWeights(new Map([["fc.weight", values([2, 5], 1)]])));
    await expect(open(tab, write({ file: "judge.safetensors", sha256 }), "misfit")).rejects.toThrow(
      /fc\.weight is \[2, 5\], and \[5, 2\] is wanted.*fc\.bias is missing/,
    );
    await tab.page.close();
  });
});

describe("weights put into a run", () => {
  it("are taken by name and shape, and what does not fit is told", async () => {
    const tab = await studio.openTab("warm");
    await open(tab, write(), "warm");
    const before = await weightsOf(tab, "judge");
    const given = new Map([["fc.weight", values([5, 2], 2)], ["fc.bias", values([4], 2)], ["stray", values([1], 0)]]); // prettier-ignore
    const { fits } = await tab.ask("importWeights", { network: "judge", bytes: encodeCheckpointWeights(given) });
    expect(fits).toEqual([
      { network: "judge", taken: 1, misfits: [{ path: "fc.bias", found: [4], wanted: [5] }], missing: [], unused: ["stray"] }, // prettier-ignore
    ]);
    const after = await weightsOf(tab, "judge");
    expect(after.get("fc.weight")).toEqual(given.get("fc.weight"));
    expect(after.get("fc.bias")).toEqual(before.get("fc.bias"));
    await tab.page.close();
  });
});

describe("the sampler", () => {
  it("is proven, and its file brings the document and the weights of the networks in it", async () => {
    const tab = await studio.openTab("sampler");
    const document = write();
    await open(tab, document, "sampler");
    await tab.ask("train", { until: 3 });
    const trained = await weightsOf(tab, "generator");
    const given = { network: null, opset: 17, weights: "float32", keepDropout: false, document } as const;
    const { bytes, proof } = await tab.ask("exportOnnx", given);
    expect(proof.samples).toBeGreaterThan(10);
    expect(proof.largest).toBeLessThan(1e-4);
    const model = await tab.ask("importOnnx", { name: "s.onnx", bytes: Uint8Array.from(bytes) });
    expect(model).toMatchObject({ document, network: null });
    await open(tab, document, "another");
    expect(await weightsOf(tab, "generator")).not.toEqual(trained);
    const { fits } = await tab.ask("importWeights", { network: null, bytes: Uint8Array.from(model.weights) });
    expect(fits).toEqual([{ network: "generator", taken: 2, misfits: [], missing: [], unused: [] }]);
    expect(await weightsOf(tab, "generator")).toEqual(trained);
    await tab.page.close();
  });
});

it("logs no error and asks nothing of another origin", () => {
  expect(studio.complaints).toEqual([]);
});
