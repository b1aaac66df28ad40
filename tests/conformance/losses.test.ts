// Every function of the training graph (losses, sums of losses) against PyTorch in value and gradient, and against its own
// differences in both orders, fused and composed.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "../../src/core/kind/ports.ts";
import { bent, gradientError, secondOrderError } from "../runtime/finite-differences.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { expectEqual } from "./compare.ts";
import { losses, lossCasesOf, lossLine } from "./loss-cases.ts";
import { evaluateLoss, openLoss } from "./loss-evaluation.ts";
import { digest, goldenFile, howToUpdate, lossFixture, readFixture } from "./recipe.ts";
import { comparing, measured } from "./record.ts";

beforeAll(openTraining);

for (const kind of losses())
  describe(kind.name, () => {
    const cases = lossCasesOf(kind);
    const kept = lossFixture(kind);
    const fixture = readFixture(kept);
    measured(kind, "cases", cases.length);
    measured(kind, "seeds", Math.max(...cases.map(({ seeds }) => seeds.length)));

    it("is computed by PyTorch on the very same cases", () => {
      const file = goldenFile(kept);
      const lines = cases.map(lossLine);
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, lines.join("\n") + "\n");
      expect(existsSync(file), `no golden file: ${howToUpdate(kept)}`).toBe(true);
      expect(lines, howToUpdate(kept)).toEqual(readFileSync(file, "utf8").trimEnd().split("\n"));
      for (const line of lines) expect(fixture?.digestOf(JSON.parse(line).name), howToUpdate(kept)).toBe(digest(line));
    });

    describe.each(cases)("$name", (c) => {
      for (const secondOrder of [false, true])
        it(`equals PyTorch, gradients too${secondOrder ? " (twice differentiable)" : ""}`, async () => {
          expect(fixture, howToUpdate(kept)).not.toBeNull();
          for (const seed of c.seeds)
            expectEqual(
              await evaluateLoss(tf, c, seed, secondOrder),
              fixture!.results(`${c.name}, eval, ${seed}`),
              1e-5,
              comparing(kind, "wasm"),
            );
        });

      // Of many values some lie so near to a kink that a difference steps over it.
      const few = c.inputs.every((input) => !input || sizeOf(input.type) * c.batch <= 20);
      if (few)
        it("has the slopes of its own differences, in both orders", () => {
          tf.tidy(() => {
            const { leaves, compute } = openLoss(tf, c, 0);
            const first = gradientError(tf, (...values) => compute(values, kind.differentiates !== undefined), leaves);
            measured(kind, "differences", first);
            expect(first, "first order").toBeLessThan(2e-3);
            const second = secondOrderError(
              tf,
              bent(tf, (...values) => compute(values, true)),
              leaves,
            );
            measured(kind, "wasm second order", second);
            expect(second, "second order").toBeLessThan(1e-2);
          });
        });
    });
  });
