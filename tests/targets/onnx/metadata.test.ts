import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/document/parse.ts";
import { decodeModel } from "../../../src/targets/onnx/model.ts";
import { documentIn, metadataOf, type ModelOrigin } from "../../../src/targets/onnx/write-metadata.ts";
import { originOf } from "../../../src/targets/onnx/origin.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";
import { randomWeights, template, templates, templateText } from "./networks.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const origin = (document: string): ModelOrigin => ({
  document,
  documentHash: sha256(document),
  network: "generator",
  seed: 1,
  iterations: 3000,
  latent: { distribution: "normal", size: 100 },
  classes: 10,
  dataRange: [-1, 1],
});

describe("metadata", () => {
  it.each(templates)("of %s holds the document and gives it back", (name) => {
    const text = templateText(name);
    const [network] = template(name).networks;
    const metadata = metadataOf({ ...origin(text), network: network.name });
    const bytes = writeOnnx(network, randomWeights(network), { producerVersion: "0.0.0", metadata });
    expect(documentIn(decodeModel(bytes))).toEqual({ document: text, network: network.name });
  });

  it("says how the model was trained and how it is fed", () => {
    const document = JSON.stringify({ format: "ganvas/1", name: "a", author: "Ada", license: "CC0-1.0" });
    expect(metadataOf(origin(document))).toEqual({
      model_author: "Ada",
      model_license: "CC0-1.0",
      "Image.NominalPixelRange": "Normalized_1_1",
      "ganvas.network": "generator",
      "ganvas.seed": "1",
      "ganvas.iterations": "3000",
      "ganvas.latent.distribution": "normal",
      "ganvas.latent.size": "100",
      "ganvas.classes": "10",
      "ganvas.data.range": "-1,1",
      "ganvas.document.sha256": sha256(document),
      "ganvas.document": document,
    });
  });

  it.each([
    [[0, 1], "Normalized_0_1"],
    [[-1, 1], "Normalized_1_1"],
    [[0, 255], "NominalRange_0_255"],
    [[-2, 2], undefined],
  ] as const)("names the pixel range %j as ONNX does, or not at all", (dataRange, wanted) => {
    expect(metadataOf({ ...origin("{}"), dataRange })["Image.NominalPixelRange"]).toBe(wanted);
  });

  it("leaves out what a network does not have", () => {
    const keys = Object.keys(metadataOf({ ...origin("{}"), latent: null, classes: null, dataRange: null }));
    expect(keys).toEqual([
      "ganvas.network",
      "ganvas.seed",
      "ganvas.iterations",
      "ganvas.document.sha256",
      "ganvas.document",
    ]);
  });

  it("keeps the document's parts that are not known here", () => {
    const text = `{"format": "ganvas/1", "name": "Größe — 画像", "networks": {}, "studio": {"zoom": 2}}`;
    const [network] = template("toy-1d").networks;
    const bytes = writeOnnx(network, randomWeights(network), {
      producerVersion: "0.0.0",
      metadata: metadataOf(origin(text)),
    });
    expect(parse(documentIn(decodeModel(bytes))!.document).document).toMatchObject({
      name: "Größe — 画像",
      studio: { zoom: 2 },
    });
  });

  it("is null where a model holds no document", () => {
    const [network] = template("toy-1d").networks;
    expect(
      documentIn(decodeModel(writeOnnx(network, randomWeights(network), { producerVersion: "0.0.0" }))),
    ).toBeNull();
  });
});

describe("what a document and its run say of a model", () => {
  const told = async (name: string, network: string) => {
    const run = { document: templateText(name), network, program: template(name), seed: 1, iterations: 2 };
    const { latent, classes, dataRange } = await originOf(run);
    return { latent, classes, dataRange };
  };

  it.each(["generator", "sampler"])("is the noise and the range that samples have (%s)", async (network) => {
    expect(await told("dcgan-mnist", network)).toEqual({
      latent: { distribution: "normal", size: 100 },
      classes: null, // the data have labels, and nothing that is sampled takes one
      dataRange: [-1, 1],
    });
  });

  it("is the noise rather than a code beside it, and the classes that are drawn", async () => {
    const { sources } = template("infogan").training!;
    const noises = sources.filter(({ params }) => typeof params.distribution === "string");
    const size = Math.max(...noises.map(({ outputs }) => outputs[0].type.shape[0]));
    expect(noises.length).toBeGreaterThan(1);
    expect(await told("infogan", "sampler")).toMatchObject({ latent: { size }, classes: 10 });
  });

  it("is no noise where samples are made of images", async () => {
    expect((await told("pix2pix", "sampler")).latent).toBeNull();
  });

  it("has the digest of the document's bytes", async () => {
    const text = `{"name": "Größe"}`;
    const { documentHash } = await originOf({ document: text, network: "g", program: null, seed: 1, iterations: 0 });
    expect(documentHash).toBe(sha256(text));
  });
});
