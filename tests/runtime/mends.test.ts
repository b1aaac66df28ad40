// Each mend by itself: with all the others in place and this one taken back, an operation has a wrong gradient or none; with
// it, the gradient agrees with finite differences. And operations that are wrong and not mended are used nowhere.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Scalar, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { gradientTable } from "../../src/runtime/gradient-table.ts";
import { piecewiseConstant, repairGradients } from "../../src/runtime/gradients.ts";
import { gradientError, secondOrderError } from "./finite-differences.ts";
import { depthwise, firstOrder, inputsOf, secondOrder, secondOrderOnKernels, type Case } from "./gradient-cases.ts";
import { installTrainingKernels, openWasm, tf } from "./wasm-backend.ts";

const table = gradientTable(tf);
const shipped = new Map(table.map(({ kernelName }) => [kernelName, tf.getGradient(kernelName)]));
const recorder = tf.engine() as unknown as Record<"addTapeNode", (...parts: unknown[]) => void>;
const recordsAsShipped = recorder.addTapeNode;

const without = new Map<string, number>();

beforeAll(async () => {
  await openWasm();
  repairGradients(tf);
  // The project's kernels have the scatter that wasm lacks as shipped.
  without.set("GatherV2", errorWithout("GatherV2"));
  await installTrainingKernels();
});

/** What shows that a kernel's gradient needs its mend. */
const shownBy: Readonly<Record<string, string>> = {
  Abs: "abs at 0",
  Maximum: "maximum against a row",
  Minimum: "minimum against a row",
  SquaredDifference: "squaredDifference against a row",
  MirrorPad: "mirrorPad, reflect",
  ResizeBilinear: "resizeBilinear to twice the size, half-pixel centres",
  ResizeNearestNeighbor: "resizeNearestNeighbor to an uneven size, half-pixel centres",
  DepthToSpace: "depthToSpace",
  StridedSlice: "stridedSlice, forwards and backwards",
  GatherV2: "gather of rows, some twice",
  Conv2DBackpropFilter: "conv2d",
  DepthwiseConv2dNativeBackpropInput: "depthwiseConv2d",
  DepthwiseConv2dNativeBackpropFilter: "depthwiseConv2d",
  EluGrad: "elu",
  AvgPoolGrad: "avgPool",
  MaxPoolGrad: "maxPool, windows overlapping",
};
const caseOf = (kernelName: string): Case => named(shownBy[kernelName]);
const named = (name: string): Case => [...firstOrder, ...twice].find((c) => c.name === name)!;
const twice: readonly Case[] = [...secondOrder, ...secondOrderOnKernels, depthwise];

/** The error of a case's gradient, in the order in which it is mended; Infinity where it throws. */
function errorOf(c: Case): number {
  const error = twice.includes(c) ? secondOrderError : gradientError;
  try {
    return tf.tidy(() => error(tf, c.f, inputsOf(c)));
  } catch {
    return Infinity;
  }
}

/** The same with TensorFlow.js's own gradient of one kernel, or none where it has none. */
function errorWithout(kernelName: string): number {
  const mended = tf.getGradient(kernelName);
  register(kernelName, shipped.get(kernelName));
  try {
    return errorOf(caseOf(kernelName));
  } finally {
    register(kernelName, mended);
  }
}

function register(kernelName: string, gradient: ReturnType<typeof tf.getGradient> | undefined): void {
  if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  if (gradient) tf.registerGradient(gradient);
}

describe("each mended gradient is needed", () => {
  it.each(table)("$kernelName: $reason", async ({ kernelName }) => {
    // Wasm has no kernels for the gradients of depthwise convolutions.
    await tf.setBackend(kernelName.startsWith("Depthwise") ? "cpu" : "wasm");
    expect(without.get(kernelName) ?? errorWithout(kernelName)).toBeGreaterThan(0.03);
    expect(errorOf(caseOf(kernelName))).toBeLessThan(1e-3);
  });
});

/** Runs f with the tape as TensorFlow.js writes it. */
function recordedAsShipped<T>(f: () => T): T {
  const mended = recorder.addTapeNode;
  recorder.addTapeNode = recordsAsShipped;
  try {
    return f();
  } finally {
    recorder.addTapeNode = mended;
  }
}

describe("the order on the tape is needed", () => {
  beforeAll(async () => void (await tf.setBackend("wasm")));
  it.each(["tanh", "sigmoid", "exp", "softmax", "logSoftmax"])("by %s in the second order", (name) => {
    expect(recordedAsShipped(() => errorOf(named(name)))).toBeGreaterThan(0.03);
    expect(errorOf(named(name))).toBeLessThan(1e-3);
  });
});

describe("kernels that are constant in pieces stay off the tape", () => {
  beforeAll(async () => void (await tf.setBackend("cpu")));
  const truth = (x: Tensor) => tf.cast(x, "bool");
  const whole = (x: Tensor) => tf.cast(x, "int32") as Tensor2D;
  const operations: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    Greater: (x) => tf.greater(x, 0.5),
    GreaterEqual: (x) => tf.greaterEqual(x, 0.5),
    Less: (x) => tf.less(x, 0.5),
    LessEqual: (x) => tf.lessEqual(x, 0.5),
    Equal: (x) => tf.equal(x, 2),
    NotEqual: (x) => tf.notEqual(x, 2),
    LogicalAnd: (x) => tf.logicalAnd(truth(x), truth(x)),
    LogicalOr: (x) => tf.logicalOr(truth(x), truth(x)),
    LogicalNot: (x) => tf.logicalNot(truth(x)),
    IsNan: (x) => tf.isNaN(x),
    IsInf: (x) => tf.isInf(x),
    IsFinite: (x) => tf.isFinite(x),
    Step: (x) => tf.step(x, 0.1),
    Sign: (x) => tf.sign(x),
    Floor: (x) => tf.floor(x),
    Ceil: (x) => tf.ceil(x),
    Round: (x) => tf.round(x),
    ArgMax: (x) => tf.argMax(x),
    ArgMin: (x) => tf.argMin(x),
    OneHot: (x) => tf.oneHot(whole(x), 3),
    ZerosLike: (x) => tf.zerosLike(x),
    OnesLike: (x) => tf.onesLike(x),
  };
  /** Those without a gradient, as shipped; the others carry zeros backwards at full cost. */
  const missing = ["Greater", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "LogicalNot"];
  const slopes = (constant: (x: Tensor) => Tensor) =>
    tf.tidy(() => {
      const f = (x: Tensor): Scalar => tf.sum(tf.mul(x, tf.sum(tf.cast(constant(x), "float32"))));
      return Array.from(
        tf
          .grad(f)(tf.tensor1d([0.3, 2, -1.4]))
          .dataSync(),
      );
    });

  it("are these", () => expect(Object.keys(operations).sort()).toEqual([...piecewiseConstant].sort()));

  it.each(Object.entries(operations))("%s", (name, operation) => {
    const value = tf.tidy(() => tf.sum(tf.cast(operation(tf.tensor1d([0.3, 2, -1.4])), "float32")).dataSync()[0]);
    expect(slopes(operation)).toEqual([value, value, value]);
    const asShipped = () => recordedAsShipped(() => slopes(operation));
    if (missing.includes(name)) expect(asShipped).toThrow(`gradient function not found for ${name}`);
    else expect(asShipped(), "zeros are carried backwards").toEqual([value, value, value]);
  });
});

describe("what is wrong and not mended is not used", () => {
  beforeAll(async () => void (await tf.setBackend("wasm")));
  const image = (x: Tensor) => x as Tensor4D;
  const avoided: Readonly<Record<string, Case>> = {
    "tf.batchNorm": {
      name: "without a scale",
      f: (x) => tf.batchNorm(x, [0.5, 0.1], [1, 2], [0.5, 1]),
      inputs: [[3, 2]],
    },
    "tf.einsum": {
      name: "a product",
      f: (a, b) => tf.einsum("ij,jk->ik", a, b),
      inputs: [
        [2, 3],
        [3, 2],
      ],
    },
    "tf.cumprod": { name: "along a row", f: (x) => tf.cumprod(x), inputs: [[4]] },
    "tf.maxPool": {
      name: "of negative values, on wasm",
      f: (x) => tf.maxPool(image(tf.sub(x, 5)), 2, 2, "valid"),
      inputs: [[1, 4, 4, 3]],
    },
  };

  it.each(Object.entries(avoided))("%s", (operation, c) => {
    expect(errorOf(c)).toBeGreaterThan(0.03);
    const folder = new URL("../../src/", import.meta.url).pathname;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const users = files.filter((file) => readFileSync(path.join(folder, file), "utf8").includes(`${operation}(`));
    expect(users).toEqual([]);
  });

  it("a dilated tf.conv2d, for which filters are spread out instead", () => {
    const f = (x: Tensor, w: Tensor) => tf.conv2d(image(x), image(w), 1, "valid", "NHWC", 2);
    const inputs = [
      [1, 5, 5, 1],
      [2, 2, 1, 1],
    ];
    expect(errorOf({ name: "dilated", f, inputs })).toBe(Infinity);
  });
});
