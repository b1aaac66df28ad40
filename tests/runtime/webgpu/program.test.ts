// Own compute programs between tfjs's operations.

import type { Tensor, TensorInfo } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { dispatch, output, release, spread, type WebGPUBackend } from "../../../src/runtime/webgpu/program.ts";
import { driver, openWebGPU, tf } from "./software-webgpu.ts";

/** The sum and the difference of two vectors, and a binding that the code never touches. */
const sumAndDifference = {
  label: "SumAndDifference",
  outputs: { sum: "f32", difference: "f32" },
  inputs: { a: "f32", b: "f32", unused: "f32" },
  uniforms: { scale: "f32", count: "u32" },
  code: `
@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= uniforms.count) { return; }
  sum[id.x] = (a[id.x] + b[id.x]) * uniforms.scale;
  difference[id.x] = (a[id.x] - b[id.x]) * uniforms.scale;
}`,
} as const;

const double = {
  label: "Double",
  outputs: { x: "f32" },
  inputs: {},
  uniforms: {},
  code: "@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { x[id.x] *= 2; }",
} as const;

describe.runIf(driver)("a program of the project's own", () => {
  let backend: WebGPUBackend;
  beforeAll(async () => void (backend = await openWebGPU()));

  const asTensor = (info: TensorInfo): Tensor => tf.engine().makeTensorFromTensorInfo(info);

  it("gives several outputs, in order with tfjs's operations, and its inputs may be disposed at once", async () => {
    const [sum, difference] = tf.tidy(() => {
      const a = tf.add(tf.tensor2d([[1, 2, 3]]), 1);
      const b = tf.mul(tf.tensor1d([1, 1, 2]), 3);
      const outputs = [output(backend, [3]), output(backend, [3])];
      const call = { outputs, inputs: [a, b, b], uniforms: { scale: 0.5, count: 3 }, grid: [1, 1, 1] } as const;
      dispatch(backend, sumAndDifference, call);
      return outputs.map((info) => tf.add(asTensor(info), 10));
    });
    expect([...(await sum.data())]).toEqual([12.5, 13, 15]);
    expect([...(await difference.data())]).toEqual([9.5, 10, 9]);
    tf.dispose([sum, difference]);
  });

  it("writes a tensor in place, also one whose values were read before", async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const twice = () => dispatch(backend, double, { outputs: [x], inputs: [], uniforms: {}, grid: [3, 1, 1] });
    twice();
    expect([...(await x.data())]).toEqual([2, 4, 6]);
    twice();
    expect([...(await x.data())]).toEqual([4, 8, 12]);
    x.dispose();
  });

  it("gives its memory back once it was submitted", () => {
    const used = () => backend.bufferManager.getNumUsedBuffers();
    const info = output(backend, [3]);
    backend.ensureCommandEncoderReady();
    const submit = () => (backend.endComputePassEncoder(), backend.submitQueue());
    submit();
    const before = used();
    dispatch(backend, double, { outputs: [info], inputs: [], uniforms: {}, grid: [3, 1, 1] });
    release(backend, info);
    expect(used()).toBe(before + 2);
    submit();
    expect(used()).toBe(before);
    expect(backend.tensorMap.has(info.dataId)).toBe(false);
  });

  it("spreads more workgroups than one axis holds over two", () => {
    const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
    expect(spread(backend, most)).toEqual([most, 1, 1]);
    const [x, y] = spread(backend, 2 * most + 1);
    expect(x * y).toBeGreaterThan(2 * most);
    expect(x).toBeLessThanOrEqual(most);
  });

  it("is named where tfjs tells what took how long", async () => {
    const x = tf.tensor1d([1]);
    const info = await backend.time(() =>
      dispatch(backend, double, { outputs: [x], inputs: [], uniforms: {}, grid: [1, 1, 1] }),
    );
    expect((info as unknown as { getExtraProfileInfo(): string }).getExtraProfileInfo()).toContain("Double");
    x.dispose();
  });
});
