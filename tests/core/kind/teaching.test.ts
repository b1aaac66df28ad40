// What every kind tells those who learn from it: its equation, its lesson, and its arithmetic with numbers that are true. It is held against shapes, weights and the very functions that training runs.

import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { arithmeticOf } from "../../../src/core/kind/arithmetic.ts";
import { grouped } from "../../../src/core/kind/display.ts";
import type { Field, Fields, Params } from "../../../src/core/kind/fields.ts";
import { isMisfit, type Arithmetic, type NodeKind } from "../../../src/core/kind/kind.ts";
import { image, label, loss, vector, type PortType } from "../../../src/core/kind/ports.ts";
import { elements } from "../../../src/core/program/weights.ts";
import { functions, kinds, layers, sinks, vocabulary } from "../../../src/kinds/index.ts";
import type { Function } from "../../../src/kinds/lowering.ts";
import { eagerFeeds } from "../../../src/runtime/feeds.ts";
import { createOps } from "../../../src/runtime/ops.ts";
import { optimizers, type Hyperparameters } from "../../../src/runtime/optimizers.ts";
import { casesOf, type Case } from "../../conformance/cases.ts";
import { understand } from "../../conformance/document.ts";
import { lossCasesOf } from "../../conformance/loss-cases.ts";
import { functionContext } from "../../helpers/function-context.ts";
import { dataSets } from "../../helpers/data-sets.ts";
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
    new Map(
      numbers
        .replace("at ", "")
        .split(", ")
        .map((each) => [each.split(" = ")[0], Number(each.split(" = ")[1].replace("−", "-"))]),
    );
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
          {
            ...context(),
            training: false,
            shown: null,
            truncation: null,
            inputs,
            outputs,
            feeds: eagerFeeds(tf),
            drawn: never,
            setBuffer: never,
          },
          params,
          known.map((value) => tf.tensor([[value]])),
          Object.fromEntries(start),
        );
        close(example.result, y as Tensor, c.name);
      });
    }
  });

  /** A value for each port; where a class is the target, x is the score of the first of K and the others have 0. */
  const tensorsOf = ({ inputs }: Function, values: ReadonlyMap<string, number>): (Tensor | null)[] =>
    inputs.map(({ name, types }) => {
      if (types.includes("label")) return tf.tensor([0], [1], "int32");
      const value = values.get(name) ?? values.get("x") ?? values.get("p");
      const classes = values.get("K");
      if (classes !== undefined) return tf.tensor([[value!, ...Array<number>(classes - 1).fill(0)]]);
      return value === undefined ? null : tf.tensor([[value]]);
    });
  /** A penalty on the score ‖∇‖·x. */
  const penaltyAt = (
    { inputs, differentiates }: Function,
    values: ReadonlyMap<string, number>,
    compute: (...inputs: readonly Tensor[]) => Tensor,
  ): Tensor => {
    const wrt = tf.tensor([[1]]);
    const recorded = () => {
      const output = tf.mul(wrt, values.get("‖∇‖")!);
      return compute(...inputs.map(({ name }) => (name === differentiates!.output ? output : wrt)));
    };
    return tf.engine().gradients(recorded, [wrt], undefined, true).value;
  };
  const losses = [...functions.values()].filter(({ shelf }) => shelf === "Losses");
  it.each(losses.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
    for (const { name, params, inputs } of lossCasesOf(kind)) {
      const types = inputs.map((input) => input?.type ?? null);
      const lines = arithmeticOf(kind as NodeKind, params, types, [loss]);
      expectWhole(lines);
      for (const line of lines)
        tf.tidy(() => {
          const tensors = tensorsOf(kind, given(line));
          const context = functionContext(tf, { inputs: types, outputs: [loss] });
          const compute = (...some: readonly (Tensor | null)[]) =>
            [kind.lowering.tfjs(context, params, some)].flat()[0] as Tensor;
          const slope = () => tf.grad((x) => compute(...tensors.slice(0, -1), x).asScalar())(tensors.at(-1)!);
          const penalty = () => penaltyAt(kind, given(line), compute);
          const value = () => (kind.differentiates ? penalty() : compute(...tensors));
          close(line.result, line.quantity.startsWith("slope") ? slope() : value(), `${name}, ${line.quantity}`);
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
    ["Optimizer", { rule: "SGD", lr: 0.1, momentum: 0.9, nesterov: true }, "first step, g = 1", "0.19"],
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

describe("the first step of an Optimizer is that of its rule", () => {
  const [optimizer] = sinks.values();
  it.each([
    { rule: "SGD", lr: 0.3 },
    { rule: "SGD", lr: 0.1, momentum: 0.9 },
    { rule: "SGD", lr: 0.1, momentum: 0.9, nesterov: true },
    { rule: "RMSprop" },
    { rule: "RMSprop", lr: 0.01, alpha: 0.75, eps: 0.5 },
    { rule: "Adam", lr: 0.0002, betas: [0.5, 0.999] },
    { rule: "Adam", eps: 0.25 },
    { rule: "AdamW", weight_decay: 0 },
  ])("%j", (written) => {
    const params = optimizer.resolve({ ...defaultsOf(optimizer), ...read(optimizer.fields, written) });
    const { rule, hyper, learningRate } = optimizer.lowering.plan(params);
    const lines = arithmeticOf(optimizer as NodeKind, params, [loss], []);
    tf.tidy(() => {
      const zeros = optimizers[rule].slots(hyper as Hyperparameters).map((slot) => [slot, tf.zeros([1])]);
      const { param } = optimizers[rule].update(tf, {
        param: tf.zeros([1]),
        grad: tf.ones([1]),
        slots: Object.fromEntries(zeros),
        hyper: { ...hyper, lr: learningRate({ iteration: 0, epoch: 0 }) },
        step: 1,
      });
      const stated = lines.find(({ quantity }) => quantity === "first step, g = 1")!.result;
      expect(Number(stated) / -param.dataSync()[0]).toBeCloseTo(1, 3);
    });
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
