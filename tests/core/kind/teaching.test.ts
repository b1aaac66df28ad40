// What every kind tells those who learn from it: its equation and lesson, its arithmetic with numbers that are true, and the
// line beside a node's title. The arithmetic is held against shapes, weights and the very functions that training runs.

import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { arithmeticOf } from "../../../src/core/kind/arithmetic.ts";
import { briefOf } from "../../../src/core/kind/brief.ts";
import { grouped, shapeText } from "../../../src/core/kind/display.ts";
import type { Field, Fields, Params } from "../../../src/core/kind/fields.ts";
import { isMisfit, type Arithmetic, type NodeKind } from "../../../src/core/kind/kind.ts";
import { image, label, loss, vector, type PortType } from "../../../src/core/kind/ports.ts";
import { elements } from "../../../src/core/program/weights.ts";
import { functions, kinds, layers, vocabulary } from "../../../src/kinds/index.ts";
import { createOps } from "../../../src/runtime/ops.ts";
import { casesOf, type Case } from "../../conformance/cases.ts";
import { understand } from "../../conformance/document.ts";
import { lossCasesOf } from "../../conformance/loss-cases.ts";
import { dataSets } from "../../helpers/data-sets.ts";
import { fc } from "../../helpers/properties.ts";
import { openTraining, tf } from "../../runtime/wasm-backend.ts";

beforeAll(openTraining);

const all = (kinds as readonly NodeKind[]).map((kind) => [`${kind.graph}/${kind.name}`, kind] as const);

const defaultsOf = ({ fields }: { readonly fields: Fields }): Params<Fields> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** What analysis found of a layer's case. */
function found(c: Case) {
  const { params, inputs, outputs, weights } = understand(c).program!.instructions[0];
  return {
    params: params as Params<Fields>,
    inputs: inputs.map(({ type }) => type),
    outputs: outputs.map(({ type }) => type),
    weights,
  };
}

function expectWhole(lines: readonly Arithmetic[]): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    for (const part of [line.quantity, line.formula, line.numbers, line.result]) {
      expect(part).toMatch(/\S/);
      expect(part, "numbers are written with a minus, shapes with a cross").not.toMatch(/NaN|undefined|\bnull\b|\*/);
    }
}

describe.each(all)("%s teaches", (_, kind) => {
  it("with an equation, a lesson and help for every field", () => {
    expect(kind.equation).toMatch(/\S/);
    expect(kind.lesson.length).toBeGreaterThanOrEqual(80);
    for (const [name, field] of Object.entries(kind.fields)) expect(field.help, name).toMatch(/\S/);
  });

  it("in one short line of its defaults, and in some line of anything at all", () => {
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

for (const kind of layers.values())
  describe(`the arithmetic of ${kind.name}`, () => {
    it("gives the numbers of its shapes and weights", () => {
      for (const c of casesOf(kind)) {
        const { params, inputs, outputs, weights } = found(c);
        const lines = arithmeticOf(kind as NodeKind, params, inputs, outputs);
        expectWhole(lines);
        const extents = extentsOf(outputs[0]);
        for (const { quantity, numbers, result } of lines) {
          const about = `${c.name}: ${quantity} = ${numbers}`;
          const dimensions = quantity.split(" = ").filter((name) => name in extents);
          for (const name of dimensions) expect(result, about).toBe(grouped(extents[name]));
          if (dimensions.length > 0 || quantity === "parameters")
            expect(grouped(computed(numbers)), about).toBe(result);
        }
        const learned = weights.filter(({ trainable }) => trainable);
        const counted = learned.reduce((sum, { shape }) => sum + elements(shape), 0);
        const stated = lines.find(({ quantity }) => quantity === "parameters");
        expect(stated?.result, c.name).toBe(learned.length > 0 ? grouped(counted) : undefined);
      }
    });

    it("is silent where a wire is missing", () => {
      if (kind.inputs.length > 0) expect(arithmeticOf(kind as NodeKind, defaultsOf(kind), [], [])).toEqual([]);
      expect(arithmeticOf(kind as NodeKind, defaultsOf(kind), [null], [null])).toEqual([]);
    });
  });

describe("examples at given values are what training computes", () => {
  /** "x = −1, alpha = 1" */
  const given = ({ numbers }: Arithmetic): Map<string, number> =>
    new Map(numbers.split(", ").map((each) => [each.split(" = ")[0], Number(each.split(" = ")[1].replace("−", "-"))]));
  const context = () => ({ tf, ops: createOps(tf, { secondOrder: false }) });
  const close = (shown: string, y: Tensor, of: string): void =>
    void expect(y.dataSync()[0], of).toBeCloseTo(Number(shown.replace("−", "-")), 3);

  const plain = [...layers.values()].filter(({ shelf, name }) => ["Activation", "Arithmetic"].includes(shelf) && name !== "Concat"); // prettier-ignore
  it.each(plain.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
    for (const c of casesOf(kind)) {
      const { params, inputs, outputs, weights } = found(c);
      const example = arithmeticOf(kind as NodeKind, params, inputs, outputs).find(({ quantity }) => quantity === "y")!;
      const known = [...given(example)].filter(([name]) => /^(x\d*|z)$/.test(name)).map(([, value]) => value);
      expect(known).toHaveLength(inputs.length);
      tf.tidy(() => {
        const start = weights.map(({ name, init }) => [name, tf.tensor([init.type === "constant" ? init.value : NaN])]);
        const y = kind.lowering.tfjs(
          { ...context(), training: false, inputs, outputs, random: never, setBuffer: never },
          params,
          known.map((value) => tf.tensor([[value]])),
          Object.fromEntries(start),
        );
        close(example.result, y as Tensor, c.name);
      });
    }
  });

  const losses = [...functions.values()].filter(({ shelf }) => shelf === "Losses");
  it.each(losses.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
    for (const { name, params, inputs } of lossCasesOf(kind)) {
      const types = inputs.map((input) => input?.type ?? null);
      const lines = arithmeticOf(kind as NodeKind, params, types, [loss]);
      expectWhole(lines);
      for (const line of lines)
        tf.tidy(() => {
          const values = given(line);
          const scores = kind.inputs.map((port) => values.get(port.name) ?? values.get("x") ?? values.get("p"));
          const compute = (...some: readonly (Tensor | null)[]) => kind.lowering.tfjs(context(), params, some);
          const tensors = scores.map((value) => (value === undefined ? null : tf.tensor([[value]])));
          const slope = () => tf.grad((x) => compute(...tensors.slice(0, -1), x).asScalar())(tensors.at(-1)!);
          close(
            line.result,
            line.quantity.startsWith("slope") ? slope() : compute(...tensors),
            `${name}, ${line.quantity}`,
          );
        });
    }
  });
});

describe("the arithmetic of the training graph", () => {
  const training = [...vocabulary.training.values()].map((kind) => [kind.name, kind] as const);
  it.each(training)("%s is whole, whatever is known of its wires, with any value of each field", (_, kind) => {
    const types: readonly (PortType | null)[] = [null, image(1, 28, 28), vector(2), label(10), loss];
    const wirings = [[], ...types.map((type) => [type]), ...types.map((type) => [type, label(10)])];
    for (const params of variants(kind))
      for (const wired of wirings) expectWhole(arithmeticOf(kind, params, wired, wired));
  });

  it.each(
    [...vocabulary.network.values()].filter(({ role }) => role !== "layer").map((kind) => [kind.name, kind] as const),
  )("and so is that of %s", (_, kind) => {
    for (const params of variants(kind))
      for (const type of [null, image(3, 64, 64), vector(100), label(10)]) {
        expectWhole(arithmeticOf(kind, params, [type], [type]));
        expectWhole(arithmeticOf(kind, params, [], []));
      }
  });

  it.each([
    ["Dataset", {}, "pixel of byte 51", "−0.6"],
    ["Noise", { features: 64 }, "typical length of z", "8"],
    ["Noise", { features: 3, distribution: "uniform", low: 0 }, "typical length of z", "1"],
    ["WeightedSum", { weights: [1, -10] }, "ℓ", "−9 where every loss is 1"],
    ["Optimizer", { lr: 0.0002, betas: [0.5, 0.999] }, "first step, g = 1", "0.0002"],
    ["Optimizer", { lr: 0.0002, betas: [0.5, 0.999] }, "memory of g", "2 steps"],
    ["Optimizer", {}, "memory of g²", "1,000 steps"],
    ["Optimizer", { rule: "RMSprop" }, "first step, g = 1", "0.1"],
    ["Optimizer", { rule: "SGD", lr: 0.1, momentum: 0.9 }, "step in the long run, g = 1", "1"],
    ["Optimizer", { schedule: { type: "linear", hold: 100, over: 200 } }, "lr after 200 iterations", "0.0005"],
    ["Optimizer", { steps: 5 }, "updates", "5 an iteration"],
  ])("%s %j: %s is %s", (name, written, quantity, result) => {
    const kind = vocabulary.training.get(name)!;
    const params = { ...defaultsOf(kind), ...read(kind.fields, written) };
    const outputs = kind.role === "source" ? kind.infer(params, dataSets) : [];
    expect(isMisfit(outputs)).toBe(false);
    const lines = arithmeticOf(kind, params, [], outputs as readonly (PortType | null)[]);
    expect(lines.find((line) => line.quantity === quantity)?.result).toBe(result);
  });
});

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

  it("has one spelling of types", () => {
    expect([image(256, 7, 7), vector(100), label(10), loss].map(shapeText)).toEqual(["256×7×7", "100", "label of 10", "scalar"]); // prettier-ignore
  });
});

const extentsOf = ({ type, shape }: PortType): Readonly<Record<string, number>> =>
  type === "image" ? { C: shape[0], H: shape[1], W: shape[2] } : { F: shape[0] };

const never = (): never => {
  throw new Error("a function of single values asks for nothing else");
};

/** The value of "⌊(28 + 2·1 − 1·(4 − 1) − 1) / 2⌋ + 1". */
function computed(numbers: string): number {
  const script = numbers.replaceAll(",", "").replaceAll("·", "*").replaceAll("−", "-").replaceAll("⌊", "Math.floor(").replaceAll("⌋", ")"); // prettier-ignore
  expect(script).toMatch(/^(Math\.floor|[\d\s+\-*/().])+$/);
  return Number(new Function(`return ${script}`)());
}

const read = (fields: Fields, written: Readonly<Record<string, unknown>>): Params<Fields> =>
  Object.fromEntries(Object.entries(written).map(([name, value]) => [name, fields[name].read(value)]));

/** The defaults, and each field at every option or at other values, one after the other. */
function variants(kind: { readonly fields: Fields }): Params<Fields>[] {
  const defaults = defaultsOf(kind);
  return [
    defaults,
    ...Object.entries(kind.fields).flatMap(([name, field]) =>
      others(field).map((value) => ({ ...defaults, [name]: value })),
    ),
  ];
}

const others = (field: Field<unknown>): unknown[] =>
  [...(field.options ?? []), field.bounds?.min, field.bounds?.max, null, true, false, 1, 0.5, 7, -2, [0.5, 2], ["g"], { decay: 1 }, { type: "linear" }, { type: "step" }] // prettier-ignore
    .map((value) => field.read(value))
    .filter((value) => value !== undefined);
