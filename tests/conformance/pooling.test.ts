// What the loop's random numbers do not show of pools and normalizations: equal values, curvature behind a maximum, pools that
// other exporters write, and what is written for the newest operator set, read back.

import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { printType } from "../../src/core/kind/ports.ts";
import { layers } from "../../src/kinds/index.ts";
import type { OnnxNode } from "../../src/kinds/lowering.ts";
import { eagerFeeds } from "../../src/runtime/feeds.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { layerOf } from "../../src/targets/onnx/read-layer.ts";
import { readOnnx } from "../../src/targets/onnx/read.ts";
import { writeOnnx } from "../../src/targets/onnx/write.ts";
import { secondOrderError } from "../runtime/finite-differences.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { typeOf, wired, type Case, type Parameters } from "./cases.ts";
import { understand } from "./document.ts";
import { weightValues } from "./values.ts";

beforeAll(openTraining);

function caseOf(name: string, params: Parameters, type: string): Case {
  const kind = layers.get(name)!;
  return { kind, name, params, inputs: wired(kind, [typeOf(type)]), batch: 1, seeds: [0], leading: false };
}

/** The layer as a function of an image [N, H, W, C]. */
function layerAs(name: string, params: Parameters, type: string): (x: Tensor) => Tensor {
  const [{ params: all, inputs, outputs, kind }] = understand(caseOf(name, params, type)).program!.instructions;
  const context = {
    tf,
    ops: createOps(tf, { secondOrder: true }),
    training: true,
    shown: null,
    truncation: null,
    inputs: inputs.map((input) => input.type),
    outputs: outputs.map((output) => output.type),
    feeds: eagerFeeds(tf),
    drawn: (): never => expect.fail("draws"),
    setBuffer: (): never => expect.fail("keeps"),
  };
  return (x) => layers.get(kind)!.lowering.tfjs(context, all, [x], {}) as Tensor;
}

const gradientOf = (f: (x: Tensor) => Tensor, x: Tensor): number[] =>
  Array.from(
    tf.tidy(() =>
      tf
        .grad((at: Tensor) => tf.sum<Scalar>(f(at)))(x)
        .dataSync(),
    ),
  );

describe("equal values", () => {
  it("give MaxPool2d's gradient to the first of each window, as in PyTorch", () => {
    const pool = layerAs("MaxPool2d", { kernel_size: 3, stride: 2, padding: 1 }, "image[1,4,4]");
    expect(gradientOf(pool, tf.ones([1, 4, 4, 1]))).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("share Reduce's gradient, as in torch.amax", () => {
    const reduce = layerAs("Reduce", { mode: "max" }, "image[1,1,4]");
    expect(gradientOf(reduce, tf.tensor4d([2, 1, 2, 0], [1, 1, 4, 1]))).toEqual([0.5, 0, 0.5, 0]);
    const least = layerAs("Reduce", { mode: "min" }, "image[1,1,4]");
    expect(gradientOf(least, tf.tensor4d([2, 1, 2, 1], [1, 1, 4, 1]))).toEqual([0, 0.5, 0, 0.5]);
  });
});

describe("MaxPool2d", () => {
  const x = (): Tensor4D =>
    tf.tensor4d(
      Array.from({ length: 48 }, (_, i) => ((i * 29) % 48) / 8 - 3.1),
      [1, 4, 4, 3],
    );

  it("has a right gradient over channels of negative values, where that of tf.maxPool on wasm is wrong", () => {
    const weights = tf.tensor4d(Array.from({ length: 12 }, (_, i) => i + 1), [1, 2, 2, 3]); // prettier-ignore
    const weighted = (pool: (x: Tensor) => Tensor) => gradientOf((at) => tf.mul(pool(at), weights), x());
    const values = x().dataSync();
    const expected = Array.from(values, (value, place) => {
      const [row, column, channel] = [Math.floor(place / 24), Math.floor(place / 6) % 2, place % 3];
      const first = (row * 8 + column * 2) * 3 + channel;
      const most = Math.max(...[0, 3, 12, 15].map((step) => values[first + step]));
      return value === most ? (row * 2 + column) * 3 + channel + 1 : 0;
    });
    expect(weighted(layerAs("MaxPool2d", {}, "image[3,4,4]"))).toEqual(expected);
    expect(weighted((at) => tf.maxPool(at as Tensor4D, 2, 2, "valid"))).not.toEqual(expected);
  });

  it("carries curvature that lies before it through a second derivative", () => {
    const pool = layerAs("MaxPool2d", { kernel_size: [3, 2], stride: 2, padding: 1 }, "image[3,4,4]");
    const error = tf.tidy(() => secondOrderError(tf, (at: Tensor) => pool(tf.mul(tf.square(at), at)), [x()]));
    expect(error).toBeLessThan(1e-2);
  });
});

describe("pools of other exporters", () => {
  const read = (
    operator: string,
    type: string,
    attributes: Readonly<Record<string, number | readonly number[] | string>>,
  ) => {
    const of = <T>(name: string, absent: T): T => (attributes[name] as T | undefined) ?? absent;
    const none = (): null => null;
    const node: OnnxNode = {
      operator,
      inputs: [typeOf(type)],
      ...{ constant: none, ints: none, number: none },
      ...{ int: of, intList: of, float: of, text: of },
    };
    const found = layerOf(node);
    return typeof found === "string"
      ? found
      : `${found.kind} ${JSON.stringify(found.params)} ${printType(found.outputs[0].type)}`;
  };
  const window = { kernel_shape: [3, 3], strides: [2, 2] };

  it.each([
    ["MaxPool", "image[2,6,6]", { ...window, pads: [1, 1, 1, 1] }, 'MaxPool2d {"kernel_size":[3,3],"stride":[2,2],"padding":[1,1]} image[2,3,3]'],
    ["MaxPool", "image[2,6,6]", { ...window, ceil_mode: 1 }, 'MaxPool2d {"kernel_size":[3,3],"stride":[2,2],"ceil_mode":true} image[2,3,3]'],
    ["MaxPool", "image[2,6,6]", { ...window, pads: [0, 0, 1, 1] }, 'MaxPool2d {"kernel_size":[3,3],"stride":[2,2],"ceil_mode":true} image[2,3,3]'],
    ["MaxPool", "image[2,6,6]", { ...window, pads: [0, 0, 1, 0] }, "pads that differ on opposite sides"],
    ["MaxPool", "image[2,6,6]", { ...window, dilations: [2, 2] }, "a dilated window"],
    ["MaxPool", "image[2,6,6]", { ...window, auto_pad: "SAME_UPPER" }, "auto_pad"],
    ["AveragePool", "image[2,6,6]", { kernel_shape: [2, 2], strides: [2, 2] }, 'AvgPool2d {"count_include_pad":false} image[2,3,3]'],
    ["AveragePool", "image[2,6,6]", { ...window, ceil_mode: 1 }, "windows that reach over the border"],
    ["GlobalAveragePool", "image[2,6,6]", {}, "AdaptiveAvgPool2d {} image[2,1,1]"],
    ["DepthToSpace", "image[8,3,3]", { blocksize: 2, mode: "DCR" }, "mode DCR"],
    ["ReduceMean", "image[8,3,3]", { axes: [-2, -1], keepdims: 0 }, 'Reduce {"over":"pixels"} vector[8]'],
  ])("%s of %s with %j", (operator, type, attributes, expected) => {
    expect(read(operator, type, attributes)).toBe(expected);
  }); // prettier-ignore
});

describe("written for operator set 21 and read back", () => {
  it.each([
    ["GroupNorm", { num_groups: 2 }, "image[4,2,3]"],
    ["GroupNorm", { num_groups: 2, affine: false }, "image[4,2,3]"],
    ["InstanceNorm2d", { affine: true, eps: 0.001 }, "image[4,2,3]"],
    ["MaxPool2d", { kernel_size: 3, stride: 2, ceil_mode: true }, "image[2,6,6]"],
    ["AvgPool2d", { kernel_size: 3, stride: 2, padding: 1, count_include_pad: false }, "image[2,5,6]"],
    ["Reduce", { mode: "max", over: "pixels" }, "image[3,2,4]"],
    ["Reduce", { mode: "sum", over: "channels" }, "image[3,2,4]"],
    ["PixelShuffle", { upscale_factor: 3 }, "image[9,2,1]"],
    ["ReplicationPad2d", { padding: [1, 2, 0, 3] }, "image[2,3,3]"],
  ] as const)("%s %j", (name, params, type) => {
    const c = caseOf(name, params, type);
    const { program } = understand(c);
    const bytes = writeOnnx(program!, weightValues(0, program!), { opset: 21, producerVersion: "test" });
    const { document } = readOnnx(bytes, "layer.onnx");
    const kinds = Object.values(Object.values(document.networks)[0].nodes).map((node) => [
      node.kind,
      node.params ?? {},
    ]);
    const [{ params: all }] = program!.instructions;
    const { fields } = layers.get(name)!;
    const stated = Object.fromEntries(
      Object.entries(all).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(fields[field].default)),
    );
    expect(kinds).toContainEqual([name, stated]);
  });
});
