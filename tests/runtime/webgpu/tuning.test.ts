// Forms are measured between steps, kept by device, and never change a result.

import type { Tensor4D } from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dispatch, output, type Program, webgpuBackend } from "../../../src/runtime/webgpu/program.ts";
import {
  closeTuning,
  formFor,
  openTuning,
  type Trial,
  tune,
  type TuningStore,
} from "../../../src/runtime/webgpu/tuning.ts";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";

/** x · 2 as often as `work` says, each invocation over again. */
const busy = (label: string, work: number, factor = "2.0"): Program => ({
  label,
  outputs: { y: "f32" },
  inputs: { x: "f32" },
  uniforms: {},
  code: `
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0.0;
  for (var i = 0u; i < ${work}u; i++) { sum = x[id.x] * ${factor} + sum * 0.0; }
  y[id.x] = sum;
}`,
});

const slow = busy("Slow", 20_000);
const fast = busy("Fast", 1);
const wrong = busy("Wrong", 1, "2.5");
const invalid = { ...fast, label: "Invalid", code: "not a program" };

const trial = (name: string, programs: readonly Program[]): Trial => ({
  name,
  forms: programs.map(({ label }) => label),
  inputs: [[64]],
  run(form, inputs) {
    const y = output(webgpuBackend(tf), [64]);
    dispatch(webgpuBackend(tf), programs[form], { outputs: [y], inputs, uniforms: {}, grid: [1, 1, 1] });
    return y;
  },
});

function memory(): TuningStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    read: (key) => Promise.resolve(texts.get(key)),
    write: async (key, text) => void texts.set(key, text),
  };
}

describe.runIf(driver)("tuning", () => {
  beforeAll(async () => void (await openWebGPU()));
  afterAll(() => closeTuning(tf));

  it("takes the faster of two forms once it has measured them, and again when it is opened on the same device", async () => {
    const store = memory();
    const two = trial("two", [slow, fast]);
    await openTuning(tf, { device: "one", store });
    expect(formFor(tf, two)).toBe(0);
    expect(await tune(tf)).toBe(1);
    expect(formFor(tf, two)).toBe(1);
    expect(await tune(tf)).toBe(0);

    await openTuning(tf, { device: "one", store });
    expect(formFor(tf, two)).toBe(1);
    await openTuning(tf, { device: "another", store });
    expect(formFor(tf, two)).toBe(0);
  });

  it("never takes a form that gives other bits or does not compile", async () => {
    await openTuning(tf, { device: "one" });
    const three = trial("three", [slow, wrong, invalid]);
    formFor(tf, three);
    await tune(tf);
    expect(formFor(tf, three)).toBe(0);
    expect(await tune(tf)).toBe(0);
  });

  it("takes the first form where what was stored is no longer one, or damaged", async () => {
    const store = memory();
    await openTuning(tf, { device: "one", store });
    formFor(tf, trial("two", [slow, fast]));
    await tune(tf);
    await openTuning(tf, { device: "one", store });
    expect(formFor(tf, trial("two", [slow, busy("Renamed", 1)]))).toBe(0);
    for (const key of store.texts.keys()) store.texts.set(key, "{");
    await openTuning(tf, { device: "one", store });
    expect(formFor(tf, trial("two", [slow, fast]))).toBe(0);
  });

  it("finds what a step convolved, and leaves its values and no tensors", async () => {
    const store = memory();
    const step = () =>
      tf.tidy(() => {
        const x: Tensor4D = tf.reshape(tf.linspace(-1, 1, 2 * 6 * 6 * 4), [2, 6, 6, 4]);
        const filter: Tensor4D = tf.reshape(tf.linspace(-2, 1, 3 * 3 * 4 * 8), [3, 3, 4, 8]);
        const f = (a: Tensor4D, b: Tensor4D) => tf.sum(tf.square(tf.conv2d(a, b, 2, "same")));
        return tf.grads((a, b) => f(a as Tensor4D, b as Tensor4D))([x, filter]);
      });
    const values = async () => {
      const gradients = step();
      const read = await Promise.all(gradients.map((each) => each.data()));
      tf.dispose(gradients);
      return read;
    };
    await openTuning(tf, { device: "one", store });
    const before = await values();
    const buffers = webgpuBackend(tf).numDataIds();
    expect(await withoutErrors(webgpuBackend(tf), () => tune(tf))).toBe(3);
    expect(webgpuBackend(tf).numDataIds()).toBe(buffers);
    expect(await values()).toEqual(before);
    const [text] = store.texts.values();
    const passes = (JSON.parse(text) as [string, string][]).map(([name]) => name.split(" ")[0]);
    expect(passes.sort()).toEqual(["backward", "filter", "forward"]);
  });
});
