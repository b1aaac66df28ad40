import { afterAll, beforeAll, expect, it } from "vitest";
import { AllocationError } from "../../../src/runtime/errors.ts";
import type { Tensor, Tensor4D, TensorInfo } from "../../../src/runtime/tf.ts";
import { installKernels, type InstalledKernels } from "../../../src/runtime/wasm/install.ts";
import { kernelBytes, normal, run, startWasm, tf } from "./backend.ts";

let installed: InstalledKernels;
beforeAll(async () => {
  await startWasm();
  installed = await installKernels(tf, await kernelBytes());
});
afterAll(() => installed.uninstall());

it("refuses a tensor of 6 GB, which tfjs would wrap around to 2 GB", () => {
  const before = tf.memory();
  const error = caught(() => tf.fill([1500, 1_000_000], 1));
  expect(error).toBeInstanceOf(AllocationError);
  expect(error).toMatchObject({ bytes: 6e9, shape: [1500, 1_000_000] });
  expect(error.message).toMatch(/5\.59 GiB for a tensor of shape \[1500, 1000000\].*smaller batch/);
  expect(tf.memory()).toEqual(before);
  expectSane();
});

it("goes on after the heap was filled to its end", () => {
  // Blocks are reserved, not written, so that the test takes none of the machine's memory.
  const blocks: Tensor[] = [];
  const witness = normal([1000], 1);
  const values = witness.dataSync();
  const before = tf.memory();
  const error = caught(() => {
    for (let i = 0; i < 64; i++) blocks.push(reserve([2 ** 26]));
  });
  expect(error).toBeInstanceOf(AllocationError);
  expect(blocks.length).toBeGreaterThan(10);
  expect(caught(() => tf.tensor1d(new Float32Array(2 ** 26)))).toBeInstanceOf(AllocationError);
  expectSane(); // small tensors still find room

  // A step that fails inside its tidy and tape holds nothing afterwards, and the next, smaller one works.
  const held = tf.memory();
  const w = tf.tidy(() => tf.variable(tf.ones([1, 1, 1, 64]) as Tensor4D));
  const step = (batch: number) =>
    tf.tidy(() => {
      const x = tf.ones([batch, 32, 32, 1]) as Tensor4D;
      const { grads } = tf.variableGrads(() => tf.conv2d(x, w, 1, "valid").mean() as never, [w]);
      return grads[w.name].dataSync()[0];
    });
  expect(caught(() => step(2000))).toBeInstanceOf(AllocationError);
  expect(step(2)).toBeCloseTo(1 / 64, 6);
  w.dispose();
  expect(tf.memory()).toEqual(held);

  tf.dispose(blocks);
  expect(tf.memory()).toEqual(before);
  reserve([2 ** 29]).dispose(); // what was freed can be had again
  expect(witness.dataSync()).toEqual(values);
  witness.dispose();
});

it("frees the outputs of a kernel whose last output does not fit", () => {
  const before = tf.memory();
  const blocks: Tensor[] = [];
  const big = reserve([2 ** 27]);
  caught(() => {
    for (let i = 0; i < 64; i++) blocks.push(reserve([2 ** 26]));
  });
  blocks.splice(-3).forEach((block) => block.dispose()); // room for one output of three
  const inputs = { param: big, m: big, v: big, grad: big };
  expect(caught(() => run("AdamUpdate", inputs, { learningRate: 1, step: 1 }))).toBeInstanceOf(AllocationError);
  expect(caught(() => blocks.push(reserve([2 ** 27])))).toBeUndefined();
  tf.dispose([big, blocks]);
  expect(tf.memory()).toEqual(before);
});

it("names the kernel when its scratch memory does not fit", () => {
  tf.tidy(() => {
    const [x, dy] = [normal([1, 4, 4, 1024], 1), normal([1, 4, 4, 12], 2)];
    const blocks: Tensor[] = [];
    for (const size of [2 ** 26, 2 ** 20]) {
      caught(() => {
        while (true) blocks.push(reserve([size]));
      });
    }
    const attributes = { strides: 1, pad: "same", dataFormat: "NHWC", filterShape: [3, 3, 1024, 12] };
    const error = caught(() => run("Conv2DBackpropFilter", { x, dy }, attributes));
    expect(error).toBeInstanceOf(AllocationError);
    expect(error.message).toContain("Conv2DBackpropFilter's scratch");
    tf.dispose(blocks);
    expect(run("Conv2DBackpropFilter", { x, dy }, attributes).shape).toEqual([3, 3, 1024, 12]);
  });
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  return undefined as never;
}

/** A tensor whose memory is allocated and left as it is. */
function reserve(shape: number[]): Tensor {
  const backend = tf.backend() as unknown as { makeOutput(shape: number[], dtype: string): TensorInfo };
  return tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, "float32"));
}

function expectSane(): void {
  tf.tidy(() => {
    const sum = tf.matMul(tf.ones([3, 4]), tf.ones([4, 5])).sum();
    expect(sum.dataSync()[0]).toBe(60);
  });
}
