// Every function of the training graph that gives no loss, on wasm: against PyTorch in value and gradient, with the same random
// numbers and over several steps where it keeps a state; against its own differences in both orders. losses.test.ts has the others.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { arithmeticOf } from "../../src/core/kind/arithmetic.ts";
import { functions, vocabulary } from "../../src/kinds/index.ts";
import type { RandomStream } from "../../src/runtime/philox.ts";
import { functionContext } from "../helpers/function-context.ts";
import { bent, gradientError, secondOrderError } from "../runtime/finite-differences.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { typeOf } from "./cases.ts";
import { expectEqual } from "./compare.ts";
import {
  acceptedBy,
  functionCasesOf,
  functionLine,
  functionSeeds,
  judged,
  otherFunctions,
  refusedFunctions,
  type FunctionCase,
} from "./function-cases.ts";
import { computeStep, emptyState, evaluateSteps, inputsOf } from "./function-evaluation.ts";
import { digest, goldenFile, readFixture } from "./recipe.ts";
import { comparing, measured } from "./record.ts";
import { isDiscrete } from "./values.ts";

beforeAll(openTraining);

const howToUpdate = (kind: string) =>
  `run UPDATE_GOLDEN=1 npx vitest run tests/conformance/functions.test.ts, review the change of tests/fixtures/functions/${kind}.jsonl, then run python3 tests/fixtures/functions.py ${kind}`;

for (const kind of otherFunctions())
  describe(kind.name, () => {
    const cases = functionCasesOf(kind);
    const kept = `../functions/${kind.name}`;
    const fixture = readFixture(kept);
    measured(kind, "cases", cases.length);
    measured(kind, "seeds", functionSeeds.length);
    measured(kind, "refusals", refusedFunctions.filter(([name]) => name === kind.name).length);

    it("is computed by PyTorch on the very same cases", () => {
      const file = goldenFile(kept);
      const lines = cases.map(functionLine);
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, lines.join("\n") + "\n");
      expect(existsSync(file), `no golden file: ${howToUpdate(kind.name)}`).toBe(true);
      expect(lines, howToUpdate(kind.name)).toEqual(readFileSync(file, "utf8").trimEnd().split("\n"));
      for (const line of lines)
        expect(fixture?.digestOf(JSON.parse(line).name), howToUpdate(kind.name)).toBe(digest(line));
    });

    describe.each(cases)("$name", (c) => {
      for (const secondOrder of [false, true])
        it(`equals PyTorch, gradients too${secondOrder ? " (twice differentiable)" : ""}`, async () => {
          expect(fixture, howToUpdate(kind.name)).not.toBeNull();
          for (const seed of functionSeeds)
            expectEqual(
              await evaluateSteps(tf, c, { seed, secondOrder }),
              fixture!.results(`${c.name}, ${seed}`),
              1e-5,
              comparing(kind, "wasm"),
            );
        });

      it("has the slopes of its own differences, in both orders, or lets no gradient pass", async () => {
        const slopes = [...fixture!.results(`${c.name}, 0`)].filter(([name]) => name.includes(" grad "));
        if (slopes.length === 0 || slopes.some(([, { data }]) => data.every((slope) => slope === 0))) return;
        tf.tidy(() => {
          const x = inputsOf(tf, c, 0, 0);
          const f =
            (secondOrder: boolean) =>
            (...values: readonly unknown[]) =>
              computeStep(tf, c, values as typeof x, 0, {}, { seed: 0, secondOrder })[0];
          const [first, second] = [gradientError(tf, f(false), x), secondOrderError(tf, bent(tf, f(true)), x)];
          measured(kind, "differences", first);
          measured(kind, "wasm second order", second);
          expect(first, "first order").toBeLessThan(2e-3);
          expect(second, "second order").toBeLessThan(1e-2);
        });
      });

      it("is what its random numbers make it, and leaves nothing behind", async () => {
        const before = tf.memory().numTensors;
        const once = await evaluateSteps(tf, c, { seed: 3 });
        expectEqual(await evaluateSteps(tf, c, { seed: 3 }), once, 0);
        expect(tf.memory().numTensors).toBe(before);
      });

      it("gives its own tensors, of the shapes that it said, where samples are drawn too", () => {
        for (const sampling of [false, true])
          tf.tidy(() => {
            const x = inputsOf(tf, c, 0, 0);
            const state = emptyState(tf, c);
            const y = computeStep(tf, c, x, 0, state, { seed: 0, sampling });
            tf.dispose(state);
            expect(y).toHaveLength(c.outputs.length);
            y.forEach((tensor, index) => {
              const { type, shape } = c.outputs[index];
              const [channels, height, width] = shape;
              expect(x.map(({ id }) => id)).not.toContain(tensor.id);
              expect(tensor.shape).toEqual([c.batch, ...(type === "image" ? [height, width, channels] : shape)]);
              expect(tensor.dtype).toBe(isDiscrete(c.outputs[index]) ? "int32" : "float32");
            });
          });
      });
    });
  });

describe("what does not fit is refused", () => {
  it.each(refusedFunctions)("%s %j of %j: %s", (name, params, types, code) => {
    expect(judged(functions.get(name)!, params, types)).toMatchObject({ misfit: code });
  });
});

describe("the arithmetic shown", () => {
  const image = typeOf("image[3,28,20]");
  it.each([
    ["RandomLabel", { classes: 8 }, [], "class of sample 12", "4"],
    ["Constant", { value: -0.5 }, [], "y", "−0.5"],
    ["Concat", {}, [typeOf("vector[3]"), typeOf("vector[5]")], "F", "8"],
    ["Concat", {}, [typeOf("vector[3]"), null], "shape", "not known yet"],
    ["OneHot", {}, [typeOf("label[7]")], "F", "7"],
    ["Interpolate", { mix: 0.75 }, [], "y", "0.5"],
    ["Downsample", { factor: 4 }, [image], "H", "7"],
    ["Downsample", { factor: 4 }, [image], "W", "5"],
    ["Downsample", { factor: 4 }, [image], "weight of a pixel", "one of 16"],
    ["Augment", {}, [image], "rows moved, at most", "4"],
    ["Augment", {}, [image], "rows cut out", "14"],
    ["ImagePool", {}, [image], "stay of a sample", "100 new samples, on average"],
    ["Reparameterize", {}, [], "z", "1.184"],
    ["Reduce", { mode: "max" }, [], "ℓ", "5"],
    ["Reduce", { mode: "mean" }, [], "ℓ", "2"],
  ] as const)("of %s %j over %j: %s is %s", (name, given, inputs, quantity, result) => {
    const kind = vocabulary.training.get(name)!;
    const defaults = Object.fromEntries(
      Object.entries(kind.fields).map(([field, { default: value }]) => [field, value]),
    );
    const lines = arithmeticOf(kind, { ...defaults, ...given }, inputs, []);
    expect(lines.find((line) => line.quantity === quantity)?.result).toBe(result);
  });
});

describe("Reduce", () => {
  it.each([
    ["max", [3, 1, 3, 2], [0.5, 0, 0.5, 0]],
    ["min", [3, 1, 3, 2], [0, 1, 0, 0]],
    ["min", [0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]],
  ])("%s of %j has the slopes %j: equal elements share, as in PyTorch", (mode, values, slopes) => {
    const { lowering } = functions.get("Reduce")!;
    tf.tidy(() => {
      const reduce = (x: Tensor) => [lowering.tfjs(functionContext(tf), { mode }, [x])].flat()[0] as Scalar;
      expect([
        ...tf
          .grad(reduce)(tf.tensor2d(values, [2, 2]))
          .dataSync(),
      ]).toEqual(slopes);
    });
  });
});

describe("where samples are drawn", () => {
  it.each(["Shuffle", "ImagePool", "Augment"])("%s passes on what it is given, and draws nothing", (name) => {
    for (const c of functionCasesOf(functions.get(name)!))
      tf.tidy(() => {
        const [x] = inputsOf(tf, c, 0, 0);
        const [y] = sampled(c, [x]);
        expect(y.dataSync()).toEqual(x.dataSync());
      });
  });
});

function sampled({ kind, params, inputs, outputs }: FunctionCase, values: Parameters<typeof computeStep>[2]) {
  const random = (): RandomStream => {
    throw new Error("it drew random numbers");
  };
  const context = { ...functionContext(tf, { inputs: acceptedBy(kind, inputs), outputs, sampling: true }), random };
  return [kind.lowering.tfjs(context, params, values)].flat() as (typeof values)[number][];
}
