// The line beside a node's title, for what people write and for anything else, and how shapes are spelled on wires.

import { describe, expect, it } from "vitest";
import { briefOf } from "../../../src/core/kind/brief.ts";
import { exact, grouped, rounded, shapeText } from "../../../src/core/kind/display.ts";
import type { NodeKind } from "../../../src/core/kind/kind.ts";
import { image, label, loss, vector } from "../../../src/core/kind/ports.ts";
import { kinds, vocabulary } from "../../../src/kinds/index.ts";
import { fc } from "../../helpers/properties.ts";

const all = (kinds as readonly NodeKind[]).map((kind) => [`${kind.graph}/${kind.name}`, kind] as const);

describe("the line beside a node's title", () => {
  it.each([
    ["network", "ConvTranspose2d", { out_channels: 128 }, "128, 4×4, stride 2"],
    ["network", "ConvTranspose2d", { out_channels: 256, kernel_size: 7, stride: [1, 2], padding: 0 }, "256, 7×7, stride 1×2, padding 0"], // prettier-ignore
    [
      "network",
      "Conv2d",
      { out_channels: "$channels", stride: "$s", bias: false },
      "$channels, 4×4, stride $s, no bias",
    ],
    ["network", "Conv2d", { out_channels: "many", bias: "$b" }, "many, 4×4, stride 2, bias $b"],
    ["network", "LeakyReLU", { negative_slope: 0.2 }, "0.2"],
    ["network", "BatchNorm2d", {}, ""],
    ["network", "BatchNorm2d", { momentum: 0.5 }, "momentum 0.5"],
    ["network", "Reshape", { shape: ["$c", 7, 7] }, "$c×7×7"],
    ["network", "ZeroPad2d", { padding: 3 }, "3"],
    ["network", "ReflectionPad2d", { padding: [1, 2, 0, 1] }, "(1, 2, 0, 1)"],
    ["network", "Input", { type: "image", shape: [1, 28, 28] }, "image, 1×28×28"],
    ["network", "Block", { block: "residual", repeat: 9 }, "residual × 9"],
    ["training", "Dataset", { name: "mnist" }, "mnist"],
    ["training", "Dataset", { range: [0, 1], resize: [64, 64] }, "mnist, range 0 … 1, resize 64"],
    ["training", "Optimizer", { lr: 0.0002, trains: ["generator"] }, "Adam 0.0002 · trains generator"],
    ["training", "Optimizer", { rule: "Adagrad", trains: ["generator"] }, "trains generator, Adagrad"],
    ["training", "Network", { network: "generator", sample: true }, "generator, sample"],
    ["training", "GANLoss", { role: "generator" }, "generator, non-saturating"],
    ["training", "WeightedSum", { weights: [1, -0.5] }, "1, −0.5"],
  ] as const)("of a %s %s with %j is %j", (graph, name, written, expected) => {
    expect(briefOf(vocabulary[graph].get(name)!, written)).toBe(expected);
  });

  it.each(all)("of %s is short for its defaults, and there for anything at all", (_, kind) => {
    expect(briefOf(kind, {}).length).toBeLessThanOrEqual(60);
    const written = fc.oneof(
      fc.dictionary(fc.constantFrom("other", ...Object.keys(kind.fields)), fc.anything()),
      fc.record(
        Object.fromEntries(
          Object.entries(kind.fields).map(([name, field]) => [
            name,
            fc.oneof(fc.constantFrom<unknown>(field.default, "$name", ["$name", 2], null, -3), fc.jsonValue()),
          ]),
        ),
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(written, (params) => {
        expect(briefOf(kind, params)).toBeTypeOf("string");
      }),
      { numRuns: 60 },
    );
  });
});

describe("what people read", () => {
  it("has one spelling of types", () => {
    expect([image(256, 7, 7), vector(100), label(10), loss].map(shapeText)).toEqual(["256×7×7", "100", "label of 10", "scalar"]); // prettier-ignore
  });
  it("has a true minus, thousands apart, and four digits", () => {
    expect([-524288, 1984].map(grouped)).toEqual(["−524,288", "1,984"]);
    expect([-0.2, Math.LN2, 1e-8, -1e-8, 12543.6, 0.99999, 1 / 0].map(rounded)).toEqual(["−0.2", "0.6931", "1e-8", "−1e-8", "12,544", "1", "∞"]); // prettier-ignore
    expect([-0.0002, 6272].map(exact)).toEqual(["−0.0002", "6272"]);
  });
});
