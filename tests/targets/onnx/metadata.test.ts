import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/document/parse.ts";
import { decodeModel } from "../../../src/targets/onnx/model.ts";
import { documentIn, metadataOf, type ModelOrigin } from "../../../src/targets/onnx/write-metadata.ts";
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
