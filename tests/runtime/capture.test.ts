// Capture and replay on SwiftShader: replayed steps equal eager ones to the bit, and what cannot be repeated is refused. On a
// machine without Chromium's driver there is nothing to run.

import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { capture, type Captured, type Step } from "../../src/runtime/capture/capture.ts";
import { createHomes, type HomeCell } from "../../src/runtime/capture/homes.ts";
import { internalsOf, type Internals } from "../../src/runtime/capture/internals.ts";
import { eagerFeeds, type Feeds } from "../../src/runtime/feeds.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { softwareDriver } from "./software-gpu.ts";
import { openTraining, tf } from "./wasm-backend.ts";

const driver = softwareDriver();

describe.runIf(driver)("a captured step", () => {
  let backend: Internals;

  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    await openBackend("webgpu");
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    backend = internals();
  }, 60_000);

  it("moves its state as the eager step does, to the bit, and measures the same", async () => {
    const [eager, replayed] = [regression(), regression()];
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) losses.push(await eager.eagerly());
    const again = [await replayed.eagerly()];
    const homes = createHomes(tf, backend, replayed.cells);
    const captured = await capture(tf, backend, homes, replayed.step);
    for (let step = 0; step < 5; step++) again.push(await replayed.replay(captured));
    expect(again).toEqual(losses);
    expect(await numbersOf(replayed.cells)).toEqual(await numbersOf(eager.cells));
    expect(captured.results).toEqual(["loss"]);
    expect(captured.dispatches).toBeGreaterThan(5);
    captured.dispose();
    homes.release();
  });

  it("mixes with eager steps and with state that is set anew", async () => {
    const [eager, mixed] = [regression(), regression()];
    for (const world of [eager, mixed]) await world.eagerly();
    const homes = createHomes(tf, backend, mixed.cells);
    const captured = await capture(tf, backend, homes, mixed.step);
    const kept = homes.held(mixed.cells[0].get());
    const before = await kept.data();
    for (const way of ["replay", "eager", "replay", "set", "replay"]) {
      if (way === "set") {
        for (const { cells } of [eager, mixed]) cells[0].set(tf.keep(tf.fill([3, 2], 0.25)));
        continue;
      }
      await eager.eagerly();
      if (way === "eager") await mixed.eagerly();
      else {
        homes.settle();
        await mixed.replay(captured);
      }
    }
    expect(await numbersOf(mixed.cells)).toEqual(await numbersOf(eager.cells));
    expect(await kept.data()).toEqual(before);
    kept.dispose();
    captured.dispose();
    homes.release();
    await mixed.eagerly(); // the state outlives its homes
    await eager.eagerly();
    expect(await numbersOf(mixed.cells)).toEqual(await numbersOf(eager.cells));
  });

  it("exchanges parts of the state, and does not confuse two that share a buffer", async () => {
    const first = cellOf(tf.tensor1d([1, 2, 3]));
    const second = cellOf(tf.clone(first.get()));
    const step = stepOf((feeds) => {
      const [a, b] = [tf.clone(first.get()), tf.clone(second.get())];
      first.set(tf.keep(b));
      second.set(
        tf.keep(
          tf.add(
            a,
            feeds.feed([], "float32", () => new Float32Array([1])),
          ),
        ),
      );
    });
    const homes = createHomes(tf, backend, [first, second]);
    const captured = await capture(tf, backend, homes, step);
    for (let i = 0; i < 3; i++) captured.replay();
    expect(await numbersOf([first, second])).toEqual([[2, 3, 4], [3, 4, 5]]); // prettier-ignore
    captured.dispose();
    homes.release();
  });

  it("is fed and decides by where JavaScript's counters stand at each moment of the step", async () => {
    let count = 0;
    const sum = cellOf(tf.scalar(0));
    const step = stepOf((feeds, ahead) => {
      count += 10 * ahead;
      for (let i = 0; i < 2; i++) {
        count++;
        const sign = feeds.decide(() => count < 100) ? 1 : -1;
        sum.set(tf.keep(tf.add(tf.mul(sum.get(), 1000), tf.mul(feeds.feed([], "float32", () => new Float32Array([count])), sign)))); // prettier-ignore
      }
      count -= 2 + 10 * ahead;
    });
    const base = () => count;
    step.mark = () => {
      const [then, start] = [count, base0];
      return () => void (count = base0 + then - start);
    };
    let base0 = base();
    const homes = createHomes(tf, backend, [sum]);
    const captured = await capture(tf, backend, homes, step);
    base0 = 7;
    expect(captured.fits()).toBe(true);
    captured.replay();
    expect(await numbersOf([sum])).toEqual([[8009]]);
    base0 = 98;
    expect(captured.fits()).toBe(false);
    captured.dispose();
    homes.release();
  });

  it("keeps memory flat", async () => {
    const world = regression();
    await world.eagerly();
    const homes = createHomes(tf, backend, world.cells);
    const captured = await capture(tf, backend, homes, world.step);
    await world.replay(captured);
    const before = { ...tf.memory(), ...backend.bufferManager };
    for (let i = 0; i < 50; i++) captured.replay()!.dispose();
    await world.replay(captured);
    const after = { ...tf.memory(), ...backend.bufferManager };
    expect([after.numTensors, after.numBytes, after.numBytesAllocated]).toEqual([before.numTensors, before.numBytes, before.numBytesAllocated]); // prettier-ignore
    captured.dispose();
    homes.release();
  });

  it.each<[string, RegExp, () => (feeds: Feeds) => void]>([
    [
      "a number that counts steps without being fed",
      /a number that changes from step to step/,
      () => {
        let t = 0;
        return () => void tf.mul(state.get(), ++t);
      },
    ],
    ["a random number", /changes from step to step/, () => () => void tf.mul(state.get(), Math.random())],
    ["a value read on the CPU", /reads values on the CPU|OffscreenCanvas/, () => () => void state.get().dataSync()],
    ["a tensor that stays", /leaves 1 tensors behind/, () => () => void tf.keep(tf.mul(state.get(), 2))],
    ["the code's own error", /no such thing/, () => () => fail()],
  ])("refuses %s, and eager steps go on", async (_, reason, make) => {
    const code = make();
    const homes = createHomes(tf, backend, [state]);
    await expect(capture(tf, backend, homes, stepOf(code))).rejects.toThrow(reason);
    homes.release();
    const twice = tf.tidy(() => tf.mul(state.get(), 2));
    expect([...(await twice.data())]).toEqual([2, 4]);
    twice.dispose();
  });

  it("leaves constants that are older than the recording on the CPU", async () => {
    const constant = tf.tensor1d([5, 6]);
    const homes = createHomes(tf, backend, [state]);
    const captured = await capture(tf, backend, homes, stepOf(() => state.set(tf.keep(tf.mul(constant, 1))))); // prettier-ignore
    captured.replay();
    expect(await numbersOf([state])).toEqual([[5, 6]]);
    expect([...(await constant.data())]).toEqual([5, 6]);
    captured.dispose();
    homes.release();
  });

  it("holds the lists of a kernel that makes them, and the activation of a normalization", async () => {
    const ops = createOps(tf, { secondOrder: false });
    const taps = [[[0, 0.5]], [[1, 2]], [[0, 1], [1, -1]]] as const; // prettier-ignore
    const run = (x: Tensor) =>
      tf.grad((x: Tensor) => {
        const wide = ops.separable(x as Tensor4D, taps, taps, fail);
        return ops.batchNormTrain(wide, tf.ones([3]), tf.fill([3], 0.1), 1e-5, 0.2).y;
      })(x, tf.reshape(tf.range(0, 54), [2, 3, 3, 3]));
    const given = draw(1, "x", { iteration: 0 }).normal(24);
    const [eager, replayed] = [0, 1].map(() => cellOf(tf.keep(tf.tensor(given, [2, 2, 2, 3]))));
    const homes = createHomes(tf, backend, [replayed]);
    const step = (cell: HomeCell) => cell.set(tf.keep(run(cell.get())));
    const captured = await capture(
      tf,
      backend,
      homes,
      stepOf(() => step(replayed)),
    );
    for (let k = 0; k < 3; k++) {
      tf.tidy(() => step(eager));
      captured.replay();
    }
    expect(await numbersOf([replayed])).toEqual(await numbersOf([eager]));
    captured.dispose();
    homes.release();
  });

  const state = cellOf(null);
  beforeAll(() => state.set(tf.keep(tf.tensor1d([1, 2]))));
});

/** A line fitted by momentum, with noise on its rows, a rate that falls, and a moving average. */
function regression() {
  let iteration = 0;
  const weight = tf.variable(tf.ones([3, 2]));
  const cells: HomeCell[] = [
    { get: () => weight, set: (value) => (weight.assign(value), value.dispose()) },
    cellOf(tf.zeros([3, 2])),
    cellOf(tf.ones([3, 2])),
  ];
  const [, momentum, average] = cells;
  const compute = (feeds: Feeds, at: () => number) => {
    const x = feeds.feed([8, 3], "float32", () => draw(1, "x", { iteration: at() }).normal(24));
    const rate = feeds.feed([], "float32", () => new Float32Array([0.1 / (1 + at())]));
    const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(tf.tanh(tf.matMul(x as never, weight as never)), 0.5))), [weight]); // prettier-ignore
    const moved = tf.add(tf.mul(momentum.get(), 0.9), grads[weight.name]);
    momentum.set(tf.keep(moved));
    weight.assign(tf.sub(weight, tf.mul(moved, rate)));
    average.set(tf.keep(tf.add(tf.mul(average.get(), 0.5), tf.mul(weight, 0.5))));
    return value;
  };
  return {
    cells,
    step: stepOf((feeds, ahead, results) => results(new Map([["loss", compute(feeds, () => iteration + ahead)]]))),
    async eagerly(): Promise<number> {
      const loss = tf.tidy(() => compute(eagerFeeds(tf), () => iteration));
      iteration++;
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
    async replay(captured: Captured): Promise<number> {
      const readback = captured.replay()!;
      iteration++;
      return (await readback.read())[0];
    },
  };
}

function stepOf(run: (...step: Parameters<Step["run"]>) => void): Step {
  return { run: (...step) => void tf.tidy(() => run(...step)), mark: () => () => undefined };
}

function cellOf(first: Tensor | null): HomeCell {
  let held = first;
  return {
    get: () => held!,
    set(value) {
      held?.dispose();
      held = value;
    },
  };
}

async function numbersOf(cells: readonly HomeCell[]): Promise<number[][]> {
  return Promise.all(cells.map(async (cell) => [...(await cell.get().data())]));
}

function internals(): Internals {
  const found = internalsOf(tf);
  if (typeof found === "string") throw new Error(found);
  return found;
}

function fail(): never {
  throw new Error("no such thing");
}
