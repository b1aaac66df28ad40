// node bench/kernels.mjs [rounds]: one DCGAN training step (28×28, batch 64, one thread) on tfjs's wasm backend,
//   as shipped, with the one kernel that it lacks composed from its others;
//   with GANvas's kernels, SIMD128 and relaxed SIMD, fused batch normalization, leaky ReLU and Adam;
//   and in PyTorch on one thread, where /usr/bin/python3 has it (install OpenBLAS beside it: another BLAS is far slower).
// Runs alternate A B C D A B C D, so that a busy machine slows all alike; figures are medians.
// With --profile it then lists where the relaxed step spends its time, kernel by kernel.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import v8 from "node:v8";
import tf from "@tensorflow/tfjs";
import wasm from "@tensorflow/tfjs-backend-wasm";
import { runnerImport } from "vite";
import { buildKernels } from "../scripts/build-kernels.mjs";

v8.setFlagsFromString("--experimental-wasm-relaxed-simd"); // on by default from Node 21
const STEPS = 5;
const rounds = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 7);

await buildKernels();
const kernelFile = (name) => readFileSync(new URL(`../src/runtime/wasm/${name}`, import.meta.url));
const bytes = { simd: kernelFile("kernels-simd.wasm"), relaxed: kernelFile("kernels-relaxed.wasm") };
const { module } = await runnerImport(new URL("../src/runtime/wasm/install.ts", import.meta.url).pathname);
module.useSingleThread(tf);
wasm.setWasmPaths(path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + path.sep);
await tf.setBackend("wasm");

const contestants = {
  "tfjs as shipped": () => shipped(),
  "GANvas, SIMD128": () => withKernels("simd"),
  "GANvas, relaxed SIMD": () => withKernels("relaxed"),
  PyTorch: pytorch(),
};
const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, run] of Object.entries(contestants)) {
    const ms = await run();
    if (round > 0 && ms !== undefined) times[name].push(ms); // the first round warms up
  }
}
const reference = median(times["PyTorch"]);
for (const [name, values] of Object.entries(times)) {
  if (values.length === 0) continue;
  const ratio = reference ? `${(median(values) / reference).toFixed(2)} × PyTorch` : "";
  const spread = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
  console.log(name.padEnd(22), `${median(values).toFixed(0)} ms`.padStart(8), `(${spread})`.padEnd(12), ratio);
}
if (process.argv.includes("--profile")) await profile();
process.exit(0);

async function shipped() {
  const kernelName = "Conv2DBackpropFilter";
  tf.registerKernel({ kernelName, backendName: "wasm", kernelFunc: composedFilterGradient });
  const ms = time(dcgan(plainOperations()));
  tf.unregisterKernel(kernelName, "wasm");
  return ms;
}

async function withKernels(variant) {
  const installed = await module.installKernels(tf, bytes, { variant });
  const ms = time(dcgan(fusedOperations()));
  installed.uninstall();
  return ms;
}

function time({ step, dispose }) {
  step();
  const values = Array.from({ length: STEPS }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  });
  dispose();
  return median(values);
}

/** The model and its step, over the operations that differ between contestants. */
function dcgan({ norm, leaky, relu, adam }) {
  const B = 64;
  const weights = (shapes) =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const value = name.startsWith("gamma") ? tf.ones(shape) : tf.randomNormal(shape, 0, 0.02, "float32", 1);
        return [name, tf.variable(value)];
      }),
    );
  const G = weights({
    w0: [100, 6272],
    b0: [6272],
    gamma0: [128],
    beta0: [128],
    w1: [4, 4, 64, 128],
    gamma1: [64],
    beta1: [64],
    w2: [4, 4, 1, 64],
    b2: [1],
  });
  const D = weights({
    w1: [4, 4, 1, 64],
    b1: [64],
    w2: [4, 4, 64, 128],
    b2: [128],
    gamma2: [128],
    beta2: [128],
    w3: [6272, 1],
    b3: [1],
  });
  const generate = (z) => {
    let h = tf.add(tf.matMul(z, G.w0), G.b0).reshape([B, 7, 7, 128]);
    h = tf.conv2dTranspose(relu(norm(h, G.gamma0, G.beta0)), G.w1, [B, 14, 14, 64], 2, "same");
    h = tf.conv2dTranspose(relu(norm(h, G.gamma1, G.beta1)), G.w2, [B, 28, 28, 1], 2, "same");
    return tf.tanh(tf.add(h, G.b2));
  };
  const judge = (x) => {
    let h = leaky(tf.add(tf.conv2d(x, D.w1, 2, "same"), D.b1));
    h = leaky(norm(tf.add(tf.conv2d(h, D.w2, 2, "same"), D.b2), D.gamma2, D.beta2));
    return tf.add(tf.matMul(h.reshape([B, 6272]), D.w3), D.b3);
  };
  const z = tf.randomNormal([B, 100], 0, 1, "float32", 2);
  const real = tf.tanh(tf.randomNormal([B, 28, 28, 1], 0, 1, "float32", 3));
  const lossD = (fake) => tf.add(tf.mean(tf.softplus(tf.neg(judge(real)))), tf.mean(tf.softplus(judge(fake))));
  const lossG = () => tf.mean(tf.softplus(tf.neg(judge(generate(z)))));
  const [adamD, adamG] = [adam(), adam()];
  return {
    step() {
      tf.tidy(() => {
        const fake = generate(z);
        adamD.applyGradients(tf.variableGrads(() => lossD(fake), Object.values(D)).grads);
        adamG.applyGradients(tf.variableGrads(lossG, Object.values(G)).grads);
      });
    },
    dispose() {
      tf.dispose([G, D, z, real]);
      adamD.dispose();
      adamG.dispose();
    },
  };
}

function plainOperations() {
  return {
    norm(x, gamma, beta) {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x, mean, variance, beta, gamma, 1e-5);
    },
    leaky: (x) => tf.leakyRelu(x, 0.2),
    relu: tf.relu,
    adam: () => tf.train.adam(2e-4, 0.5, 0.999),
  };
}

function fusedOperations() {
  const run = (...call) => tf.engine().runKernel(...call);
  const norm = tf.customGrad((x, gamma, beta, save) => {
    const [value, mean, , rstd] = run("BatchNormTrain", { x, gamma, beta }, { epsilon: 1e-5 });
    save([x, gamma, mean, rstd]);
    return {
      value,
      gradFunc: (dy, [x, gamma, mean, rstd]) => run("BatchNormTrainGrad", { x, dy, gamma, mean, rstd }),
    };
  });
  const leaky = (alpha) =>
    tf.customGrad((x, save) => {
      save([x]);
      const gradFunc = (dy, [x]) => run("LeakyReluGrad", { x, dy }, { alpha });
      return { value: run("LeakyRelu", { x }, { alpha }), gradFunc };
    });
  const adam = () => {
    const slots = new Map();
    const hyper = { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };
    let step = 0;
    return {
      applyGradients(grads) {
        step++;
        for (const [name, grad] of Object.entries(grads)) {
          const variable = tf.engine().registeredVariables[name];
          const [m0, v0] = slots.get(name) ?? [tf.zeros(variable.shape), tf.zeros(variable.shape)];
          const [param, m, v] = run("AdamUpdate", { param: variable, m: m0, v: v0, grad }, { ...hyper, step });
          variable.assign(param);
          tf.dispose([param, m0, v0]);
          slots.set(name, [tf.keep(m), tf.keep(v)]);
        }
      },
      dispose: () => slots.forEach((pair) => tf.dispose(pair)),
    };
  };
  return { norm, leaky: leaky(0.2), relu: leaky(0), adam };
}

/** The filter gradient as one convolution of xᵀ with dyᵀ whose dilation is the stride: the fastest composition known. */
function composedFilterGradient({ inputs: { x, dy }, attrs }) {
  return tf.tidy(() => {
    const { strides, pad, filterShape } = attrs;
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
    const { top, left } = info.padInfo;
    const after = (size, out, stride, kernel, before) => kernel + (out - 1) * stride - size - before;
    const bottom = after(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, top);
    const right = after(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, left);
    const pads = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    const xT = tf.transpose(x, [3, 1, 2, 0]);
    const dyT = tf.transpose(dy, [1, 2, 0, 3]);
    return tf.transpose(tf.conv2d(xT, dyT, 1, pads, "NHWC", [info.strideHeight, info.strideWidth]), [1, 2, 0, 3]);
  });
}

/** Asks a PyTorch process for the median of STEPS steps; answers undefined where there is no PyTorch. */
function pytorch() {
  const script = new URL("dcgan-step.py", import.meta.url).pathname;
  const child = spawn("/usr/bin/python3", [script], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, OPENBLAS_NUM_THREADS: "1" },
  });
  const ended = new Promise((resolve) => {
    child.on("error", () => resolve(undefined));
    child.on("exit", () => resolve(undefined));
  });
  child.stdin.on("error", () => {}); // no PyTorch: `ended` tells
  const lines = readline.createInterface({ input: child.stdout });
  return async () => {
    const answer = new Promise((resolve) => lines.once("line", (line) => resolve(Number(line))));
    child.stdin.write(`${STEPS}\n`);
    return Promise.race([answer, ended]);
  };
}

/** Milliseconds by kernel in one relaxed step, the median of three. */
async function profile() {
  const installed = await module.installKernels(tf, bytes, { variant: "relaxed" });
  const { step, dispose } = dcgan(fusedOperations());
  const shapes = (inputs) =>
    Object.values(inputs)
      .map((input) => `[${input.shape}]`)
      .join(" ");
  const totals = new Map();
  for (const config of tf.getKernelsForBackend("wasm")) {
    tf.unregisterKernel(config.kernelName, "wasm");
    tf.registerKernel({
      ...config,
      kernelFunc(call) {
        const start = performance.now();
        const result = config.kernelFunc(call);
        const name = `${config.kernelName} ${shapes(call.inputs)}`;
        totals.set(name, (totals.get(name) ?? 0) + performance.now() - start);
        return result;
      },
    });
  }
  step();
  totals.clear();
  const start = performance.now();
  for (let i = 0; i < STEPS; i++) step();
  const whole = (performance.now() - start) / STEPS;
  const rows = [...totals].map(([name, ms]) => [name, ms / STEPS]).sort((a, b) => b[1] - a[1]);
  const inKernels = rows.reduce((sum, [, ms]) => sum + ms, 0);
  console.log(`\none step ${whole.toFixed(0)} ms, in kernels ${inKernels.toFixed(0)} ms`);
  for (const [name, ms] of rows.slice(0, 40)) console.log(ms.toFixed(2).padStart(8), name);
  dispose();
  installed.uninstall();
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
