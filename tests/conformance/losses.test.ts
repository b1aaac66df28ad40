// Every function of the training graph (losses, sums of losses) against PyTorch in value and gradient, and against its own
// differences in both orders, fused and composed.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { functions } from "../../src/kinds/index.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { gradientError, secondOrderError } from "../runtime/finite-differences.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { expectEqual } from "./compare.ts";
import { lossCasesOf, lossLine, type LossCase } from "./loss-cases.ts";
import { digest, goldenFile, howToUpdate, readFixture } from "./recipe.ts";
import { inputValues, type Plain } from "./values.ts";

beforeAll(openTraining);

for (const kind of functions.values())
  describe(kind.name, () => {
    const cases = lossCasesOf(kind);
    const fixture = readFixture(kind.name);

    it("is computed by PyTorch on the very same cases", () => {
      const file = goldenFile(kind.name);
      const lines = cases.map(lossLine);
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, lines.join("\n") + "\n");
      expect(existsSync(file), `no golden file: ${howToUpdate(kind.name)}`).toBe(true);
      expect(lines, howToUpdate(kind.name)).toEqual(readFileSync(file, "utf8").trimEnd().split("\n"));
      for (const line of lines)
        expect(fixture?.digestOf(JSON.parse(line).name), howToUpdate(kind.name)).toBe(digest(line));
    });

    describe.each(cases)("$name", (c) => {
      for (const secondOrder of [false, true])
        it(`equals PyTorch, gradients too${secondOrder ? " (twice differentiable)" : ""}`, () => {
          for (const seed of [0, 1, 2])
            expectEqual(evaluate(c, seed, secondOrder), fixture!.results(`${c.name}, eval, ${seed}`), 1e-5);
        });

      it("has the slopes of its own differences, in both orders", () => {
        tf.tidy(() => {
          const x = leavesOf(c, 0);
          expect(
            gradientError(tf, (...values) => compute(c, values, false), x),
            "first order",
          ).toBeLessThan(2e-3);
          expect(
            secondOrderError(tf, (...values) => compute(c, values, true), x),
            "second order",
          ).toBeLessThan(1e-2);
        });
      });
    });
  });

/** Images [N, C, H, W] of scores have one channel, so that NHWC holds them in the same order. */
function leavesOf(c: LossCase, seed: number): Tensor[] {
  return c.inputs.flatMap((input) => {
    if (!input) return [];
    const { shape, data } = inputValues(seed, input.port, input.type, c.batch, input.domain);
    return [tf.tensor(data, shape.length === 4 ? [shape[0], shape[2], shape[3], 1] : [...shape])];
  });
}

function compute({ kind, params, inputs }: LossCase, values: readonly Tensor[], secondOrder: boolean): Tensor {
  const rest = [...values];
  const ports = inputs.map((input) => (input ? rest.shift()! : null));
  return kind.lowering.tfjs({ tf, ops: createOps(tf, { secondOrder }) }, params, ports);
}

function evaluate(c: LossCase, seed: number, secondOrder: boolean): Map<string, Plain> {
  const results = new Map<string, Plain>();
  const read = (name: string, tensor: Tensor) => {
    const shape = tensor.rank === 4 ? [tensor.shape[0], 1, tensor.shape[1]!, tensor.shape[2]!] : tensor.shape;
    results.set(name, { shape, data: tensor.dataSync<"float32">().slice() });
  };
  tf.tidy(() => {
    const leaves = leavesOf(c, seed);
    const loss = () => compute(c, leaves, secondOrder) as Scalar;
    const { value, grads } = tf.engine().gradients(loss, leaves, undefined, true);
    const ports = c.inputs.flatMap((input) => (input ? [input.port] : []));
    read("out", value);
    ports.forEach((port, index) => read(`grad ${port}`, grads[index] ?? tf.zerosLike(leaves[index])));
  });
  return results;
}
