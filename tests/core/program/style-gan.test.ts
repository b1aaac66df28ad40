/** Parameters of StyleGAN2's parts, as the table that NVIDIA's code prints gives them for images of 4 × 4 pixels. */
import { describe, expect, it } from "vitest";
import { summarize } from "../../../src/targets/summary/summary.ts";
import type { Graph } from "../../../src/core/document/types.ts";
import { chain, graph, imageInput, lowered, networkDocument, node, vectorInput } from "../../helpers/documents.ts";
import { mappingLayers } from "../../helpers/style-gan.ts";

const trainable = (net: Graph) => summarize(lowered(networkDocument(net))).networks.net.trainable;

describe("StyleGAN2", () => {
  it("has 2,101,248 parameters in its mapping network", () => {
    expect(trainable(chain(mappingLayers(8, 512), vectorInput(512)))).toBe(2_101_248);
  });

  it.each([
    ["its first convolution", { out_channels: 512 }, true, 2_622_465],
    ["what makes colours of it", { out_channels: 3, kernel_size: 1, demodulate: false }, false, 264_195],
  ])("and in %s as many as stated", (_, params, noise, parameters) => {
    const net = graph(
      {
        x: node("Input", imageInput(512, 4, 4)),
        w: node("Input", vectorInput(512)),
        conv: node("ModulatedConv2d", params),
        ...(noise && { noise: node("NoiseInjection", { per_channel: false }) }),
        y: node("Output"),
      },
      "x.out > conv.in",
      "w.out > conv.style",
      ...(noise ? ["conv.out > noise.in", "noise.out > y.in"] : ["conv.out > y.in"]),
    );
    expect(trainable(net)).toBe(parameters);
  });

  it("begins with 8,192 learned numbers", () => {
    expect(trainable(chain([node("LearnedConstant", { channels: 512 })], vectorInput(512)))).toBe(8192);
  });
});
