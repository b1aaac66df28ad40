// Every function of the training graph (losses, sums of losses) against PyTorch in value and gradient, and against its own
// differences in both orders, fused and composed.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { functions } from "../../src/kinds/index.ts";
import { gradientError, secondOrderError } from "../runtime/finite-differences.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { expectEqual } from "./compare.ts";
import { lossCasesOf, lossLine } from "./loss-cases.ts";
import { computeLoss, evaluateLoss, leavesOf } from "./loss-evaluation.ts";
import { digest, goldenFile, howToUpdate, readFixture } from "./recipe.ts";

beforeAll(openTraining);

const losses = [...functions.values()].filter(({ outputs }) => outputs.every(({ types }) => String(types) === "loss"));

for (const kind of losses)
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
        it(`equals PyTorch, gradients too${secondOrder ? " (twice differentiable)" : ""}`, async () => {
          expect(fixture, howToUpdate(kind.name)).not.toBeNull();
          for (const seed of [0, 1, 2])
            expectEqual(
              await evaluateLoss(tf, c, seed, secondOrder),
              fixture!.results(`${c.name}, eval, ${seed}`),
              1e-5,
            );
        });

      it("has the slopes of its own differences, in both orders", () => {
        tf.tidy(() => {
          const x = leavesOf(tf, c, 0);
          expect(
            gradientError(tf, (...values) => computeLoss(tf, c, values, false), x),
            "first order",
          ).toBeLessThan(2e-3);
          expect(
            secondOrderError(tf, (...values) => computeLoss(tf, c, values, true), x),
            "second order",
          ).toBeLessThan(1e-2);
        });
      });
    });
  });
