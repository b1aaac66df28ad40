import { afterEach, beforeAll, expect, it } from "vitest";
import type { Tensor4D } from "../../../src/runtime/tf.ts";
import type { WasmBackend } from "../../../src/runtime/wasm/heap.ts";
import { installKernels, type InstalledKernels } from "../../../src/runtime/wasm/install.ts";
import { kernelBytes, normal, run, startWasm, tf } from "./backend.ts";

let bytes: { simd: Uint8Array; relaxed: Uint8Array };
let installed: InstalledKernels | undefined;
beforeAll(async () => {
  await startWasm();
  bytes = await kernelBytes();
});
afterEach(() => {
  installed?.uninstall();
  installed = undefined;
});

it("leaves the heap as large as it was, with free blocks in it too", async () => {
  const memory = (tf.backend() as unknown as WasmBackend).wasm.asm.memory!;
  const size = memory.buffer.byteLength;
  const [first, between] = [tf.zeros([2 ** 20]), tf.zeros([1000])];
  first.dispose();
  installed = await installKernels(tf, bytes); // the first time that this module is looked at
  expect(memory.buffer.byteLength).toBe(size);
  between.dispose();
});

it("takes relaxed SIMD where the engine has it", async () => {
  expect(WebAssembly.validate(bytes.relaxed as BufferSource)).toBe(true);
  installed = await installKernels(tf, bytes);
  expect(installed.variant).toBe("relaxed");
});

it("takes SIMD128 where the engine refuses the relaxed module", async () => {
  const unknown = Uint8Array.from([...bytes.relaxed.subarray(0, 8), 255, 255]);
  installed = await installKernels(tf, { ...bytes, relaxed: unknown });
  expect(installed.variant).toBe("simd");
});

it("says so when the wanted variant is not supported", async () => {
  const relaxed = Uint8Array.from([0]);
  await expect(installKernels(tf, { ...bytes, relaxed }, { variant: "relaxed" })).rejects.toThrow(/"auto"/);
});

it("wants the wasm backend to be active", async () => {
  await tf.setBackend("cpu");
  await expect(installKernels(tf, bytes)).rejects.toThrow(/"cpu" is active/);
  await tf.setBackend("wasm");
});

it("computes the same with either variant, and leaves everything as it was", async () => {
  const names = () => tf.getKernelsForBackend("wasm").map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]);
  const byName = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]));
  const before = names().sort(byName);
  const results: Float32Array[] = [];
  for (const variant of ["simd", "relaxed"] as const) {
    const { uninstall } = await installKernels(tf, bytes, { variant });
    tf.tidy(() => {
      const x = normal([4, 9, 9, 12], 1);
      const attributes = { strides: 2, pad: "same", dataFormat: "NHWC", dilations: 1 };
      results.push(run("Conv2D", { x, filter: normal([3, 3, 12, 20], 2) }, attributes).dataSync() as Float32Array);
    });
    uninstall();
  }
  expect(Math.max(...results[0].map((value, i) => Math.abs(value - results[1][i])))).toBeLessThan(1e-4);
  expect(names().sort(byName)).toEqual(before);
});

it("refuses to install twice", async () => {
  installed = await installKernels(tf, bytes);
  await expect(installKernels(tf, bytes)).rejects.toThrow(/already/);
});

it("leaks neither tensors nor heap over training steps", async () => {
  installed = await installKernels(tf, bytes);
  const w = tf.variable(normal([3, 3, 5, 7], 1) as Tensor4D);
  const x = normal([4, 9, 9, 5], 2) as Tensor4D;
  const step = () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => tf.conv2d(x, w, 2, "same").tanh().mean() as never, [w]);
      const [m, v] = [tf.zerosLike(w), tf.zerosLike(w)];
      const hyper = { learningRate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, decoupled: false };
      const inputs = { param: w, m, v, grad: grads[w.name] };
      const [next] = run<never[]>("AdamUpdate", inputs, { ...hyper, step: 1 });
      w.assign(next);
    });
  const memory = (tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm.memory;
  for (let i = 0; i < 3; i++) step();
  const before = { ...tf.memory(), heap: memory.buffer.byteLength };
  for (let i = 0; i < 2000; i++) step();
  expect({ ...tf.memory(), heap: memory.buffer.byteLength }).toEqual(before);
  tf.dispose([w, x]);
});
