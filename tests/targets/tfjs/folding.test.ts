/** Where nothing learns, a normalization goes into the layer before it: the same values from fewer computations. */
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
  ])("%s", (_, layers) => expect(foldable(network({ x: ["Input", image], ...layers })).size).toBe(0));
});

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
