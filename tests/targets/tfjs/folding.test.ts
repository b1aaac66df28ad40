/**
 * The layer before takes in a normalization, where nothing learns, and an activation that only weakens negative values: the same
 * values, and the same gradients, from fewer computations.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import type { Instruction, NetworkProgram } from "../../../src/core/program/types.ts";
import { createOps } from "../../../src/runtime/ops.ts";
import { draw } from "../../../src/runtime/philox.ts";
import { foldable } from "../../../src/targets/tfjs/folding.ts";
import { compileNetwork } from "../../../src/targets/tfjs/network.ts";
import { createVariables } from "../../../src/targets/tfjs/variables.ts";
import { network, randomWeights, tf } from "../onnx/networks.ts";

const image = { type: "image", shape: [6, 5, 7] };
const vector = { type: "vector", shape: [9] };

const before: Readonly<Record<string, readonly [input: object, kind: string, params: Record<string, unknown>]>> = {
  "a convolution": [image, "Conv2d", { out_channels: 5, kernel_size: 3 }],
  "a convolution in groups, without a bias": [image, "Conv2d", { out_channels: 9, groups: 3, bias: false }],
  "a transposed convolution": [image, "ConvTranspose2d", { out_channels: 7, kernel_size: 4, stride: 2, padding: 1 }],
  "a transposed convolution without a bias": [image, "ConvTranspose2d", { out_channels: 1, bias: false }],
  "a convolution under spectral norm": [image, "Conv2d", { out_channels: 4, spectral_norm: true }],
  "an equalized convolution": [image, "ConvTranspose2d", { out_channels: 4, equalized: 0.5 }],
  "a linear layer": [vector, "Linear", { out_features: 11 }],
  "an equalized linear layer without a bias": [vector, "Linear", { out_features: 3, bias: false, equalized: 1 }],
};

describe.each(Object.entries(before))("after %s", (_, [input, kind, params]) => {
  const norm = input === image ? "BatchNorm2d" : "BatchNorm1d";
  const net = network({
    x: ["Input", { ...input }],
    first: [kind, params, "x"],
    norm: [norm, { eps: 0.01 }, "first"],
    last: ["LeakyReLU", {}, "norm"],
    y: ["Output", {}, "last"],
  });

  it.each([1, 2, 3])("the values are those of all layers, seed %i", (seed) => {
    const [folded, whole] = [valuesOf(net, seed, { watched: false }), valuesOf(net, seed, { watched: true })];
    expect(folded.computed).toEqual(["first", "last"]);
    expect(whole.computed).toEqual(["first", "norm", "last"]);
    expect(folded.y.length).toBe(whole.y.length);
    const distances = whole.y.map((value, i) => Math.abs(value - folded.y[i]) / Math.max(1, Math.abs(value)));
    expect(Math.max(...distances)).toBeLessThan(1e-5);
  });
});

const taking: Readonly<Record<string, readonly [input: object, kind: string, params: Record<string, unknown>]>> = {
  "batch normalization": [image, "BatchNorm2d", {}],
  "batch normalization of features": [vector, "BatchNorm1d", { eps: 0.01 }],
  "instance normalization": [image, "InstanceNorm2d", {}],
  "instance normalization with running statistics": [image, "InstanceNorm2d", { affine: true, track_running_stats: true }],
  "group normalization": [image, "GroupNorm", { num_groups: 2 }],
  "a convolution": [image, "Conv2d", { out_channels: 6, kernel_size: 3, stride: 1, padding: 1 }],
  "a convolution without a bias": [image, "Conv2d", { out_channels: 6, kernel_size: 3, stride: 1, padding: 1, bias: false }],
  "a transposed convolution": [image, "ConvTranspose2d", { out_channels: 6, kernel_size: 3, stride: 1, padding: 1 }],
  "a linear layer": [vector, "Linear", { out_features: 9 }],
  "a sum": [image, "Add", {}],
}; // prettier-ignore

describe.each(Object.entries(taking))("%s in training takes in", (_, [input, kind, params]) => {
  describe.each([
    ["ReLU", {}],
    ["LeakyReLU", { negative_slope: 0.2 }],
  ])("%s", (activation, slope) => {
    const net = network({
      x: ["Input", { ...input }],
      first: [kind, params, "x", ...(kind === "Add" ? ["x"] : [])],
      act: [activation, slope, "first"],
      y: ["Output", {}, "act"],
    });

    it.each([
      [1, false],
      [2, false],
      [3, true],
    ])("seed %i, twice differentiable: %s", (seed, secondOrder) => {
      const [fused, apart] = [false, true].map((watched) => trained(net, seed, { watched, secondOrder }));
      expect(fused.computed).toEqual(["first"]);
      expect(apart.computed).toEqual(["first", "act"]);
      expect(Object.keys(fused.numbers)).toEqual(Object.keys(apart.numbers));
      for (const [name, wanted] of Object.entries(apart.numbers)) {
        const scale = Math.max(1e-3, ...wanted.map(Math.abs));
        const distances = wanted.map((value, i) => Math.abs(value - fused.numbers[name][i]) / scale);
        expect(Math.max(...distances), name).toBeLessThan(1e-5);
      }
    });
  });
});

describe("an activation is computed by itself", () => {
  it.each<[string, Record<string, [string, Record<string, unknown>, ...string[]]>]>([
    [
      "where something else reads the normalization",
      {
        norm: ["BatchNorm2d", {}, "x"],
        act: ["ReLU", {}, "norm"],
        sum: ["Add", {}, "norm", "act"],
        y: ["Output", {}, "sum"],
      },
    ],
    [
      "where the normalization is an output of the network",
      {
        norm: ["BatchNorm2d", {}, "x"],
        act: ["ReLU", {}, "norm"],
        y: ["Output", {}, "act"],
        z: ["Output", {}, "norm"],
      },
    ],
    [
      "where it is more than a slope below 0",
      { norm: ["BatchNorm2d", {}, "x"], act: ["SiLU", {}, "norm"], y: ["Output", {}, "act"] },
    ],
  ])("%s", (_, layers) =>
    expect(foldable(network({ x: ["Input", image], ...layers }), { training: true }).size).toBe(0),
  );
});

describe("nothing is folded", () => {
  it.each<[string, Record<string, [string, Record<string, unknown>, ...string[]]>]>([
    [
      "where something else reads what the convolution gives",
      {
        first: ["Conv2d", { out_channels: 4 }, "x"],
        norm: ["BatchNorm2d", {}, "first"],
        sum: ["Add", {}, "first", "norm"],
        y: ["Output", {}, "sum"],
      },
    ],
    [
      "where an output channel of groups is a part of several",
      {
        first: ["ConvTranspose2d", { out_channels: 4, groups: 2 }, "x"],
        norm: ["BatchNorm2d", {}, "first"],
        y: ["Output", {}, "norm"],
      },
    ],
    [
      "where the normalization depends on what comes in",
      {
        first: ["Conv2d", { out_channels: 4 }, "x"],
        norm: ["InstanceNorm2d", {}, "first"],
        y: ["Output", {}, "norm"],
      },
    ],
  ])("%s", (_, layers) =>
    expect(foldable(network({ x: ["Input", image], ...layers }), { training: false }).size).toBe(0),
  );
});

/** A training pass of three rows: values, new buffers, gradients of the input and the weights, and which layers were computed. */
function trained(net: NetworkProgram, seed: number, options: { watched: boolean; secondOrder: boolean }) {
  const variables = createVariables(tf, [net]);
  const own = variables.networks.get(net.name)!;
  own.set(randomWeights(net, seed));
  const numbers: Record<string, number[]> = {};
  const keep = (name: string, tensor: Tensor) => void (numbers[name] = [...tensor.dataSync()]);
  const ops = createOps(tf, options);
  const random = () => expect.fail("draws");
  const compiled = compileNetwork(tf, net, {
    weights: (path) => own.all.get(path)!,
    setBuffer(path, value) {
      keep(path, value);
      value.dispose();
    },
    ops,
    random,
  });
  const computed: string[] = [];
  const enter = <T>({ id }: Instruction, compute: () => T): T => {
    computed.push(id);
    return compute();
  };
  const observe = options.watched ? { observe: () => {} } : {};
  const normal = (of: string, shape: number[]) =>
    tf.tensor(draw(seed, of, { iteration: 0 }).normal(tf.util.sizeFromShape(shape)), shape);
  tf.tidy(() => {
    const x = tf.variable(normal("x", [3, ...compiled.inputs[0].shape!.slice(1)]));
    const dy = normal("dy", x.shape);
    const loss = () => {
      const { y } = compiled.evaluate({ x }, { training: true, ops, random, enter, ...observe });
      keep("y", y);
      return tf.sum<Scalar>(tf.mul(y, dy));
    };
    const learned = [...own.all.values()].filter(({ trainable }) => trainable);
    const { grads } = tf.variableGrads(loss, [x, ...learned]);
    Object.values(grads).forEach((gradient, i) => keep(`gradient ${i}`, gradient));
    x.dispose();
  });
  variables.dispose();
  return { numbers, computed };
}

/** One forward pass of three rows, and which layers were computed. Whoever watches is shown all of them. */
function valuesOf(net: NetworkProgram, seed: number, { watched }: { readonly watched: boolean }) {
  const variables = createVariables(tf, [net]);
  const own = variables.networks.get(net.name)!;
  own.set(randomWeights(net, seed));
  const ops = createOps(tf, { secondOrder: false });
  const random = () => expect.fail("draws");
  const compiled = compileNetwork(tf, net, {
    weights: (path) => own.all.get(path)!,
    setBuffer: () => expect.fail("keeps"),
    ops,
    random,
  });
  const shape = [3, ...compiled.inputs[0].shape!.slice(1)];
  const size = shape.reduce((a, b) => a * b);
  const computed: string[] = [];
  const enter = <T>({ id }: Instruction, compute: () => T): T => {
    computed.push(id);
    return compute();
  };
  const before = tf.memory().numTensors;
  const x = tf.tensor(draw(seed, "x", { iteration: 0 }).normal(size), shape);
  const observe = watched ? { observe: () => {} } : {};
  const { y } = compiled.evaluate({ x }, { training: false, ops, random, enter, ...observe });
  expect(tf.memory().numTensors).toBe(before + 2);
  const values = [...y.dataSync()];
  tf.dispose([x, y]);
  variables.dispose();
  return { y: values, computed };
}
