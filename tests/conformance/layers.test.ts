// The conformance loop: every layer kind of the vocabulary, on wasm, against its own declarations, PyTorch, finite
// differences and ONNX Runtime. A new kind takes part by being listed in src/kinds/index.ts.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "../../src/core/document/parse.ts";
import { parseProgram } from "../../src/core/program/parse.ts";
import { printProgram } from "../../src/core/program/print.ts";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import { functions, layers } from "../../src/kinds/index.ts";
import { bent, gradientError, secondOrderError } from "../runtime/finite-differences.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { casesOf, refusalCase, type Case } from "./cases.ts";
import { expectEqual } from "./compare.ts";
import { understand, understandDocument } from "./document.ts";
import { openCase, portOf, resultsOf, type Mode } from "./evaluation.ts";
import { extras, raisesInPyTorch, refusals, unmeasured } from "./extras/index.ts";
import { digest, folder, goldenFile, howToUpdate, passes, readFixture, recipeLine, refusalLine } from "./recipe.ts";
import { comparing, measured } from "./record.ts";
import { isDiscrete } from "./values.ts";

beforeAll(openTraining);

const programOf = (c: Case): NetworkProgram => understand(c).program!;

for (const kind of layers.values())
  describe(kind.name, () => {
    const cases = casesOf(kind);
    const refused = (refusals[kind.name] ?? []).map((refusal) => ({
      code: refusal.code,
      c: refusalCase(kind, refusal),
    }));
    const fixture = readFixture(kind.name);
    measured(kind, "cases", cases.length);
    measured(kind, "seeds", Math.max(...cases.map(({ seeds }) => seeds.length)));
    measured(kind, "refusals", refused.length);
    const lines = [...cases.map(recipeLine), ...refused.map(({ c }) => refusalLine(c))];

    it("gives the PyTorch text of its golden file", () => {
      const file = goldenFile(kind.name);
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, lines.join("\n") + "\n");
      expect(existsSync(file), `no golden file: ${howToUpdate(kind.name)}`).toBe(true);
      expect(lines, howToUpdate(kind.name)).toEqual(readFileSync(file, "utf8").trimEnd().split("\n"));
      for (const line of lines)
        expect(fixture?.digestOf(JSON.parse(line).name), howToUpdate(kind.name)).toBe(digest(line));
    });

    it("raises in PyTorch where it is said to, and nowhere else", () => {
      const runs = cases.flatMap((c) => passes(programOf(c)).map((pass) => `${c.name}, ${pass}`));
      expect(runs.filter((run) => fixture?.raised(run))).toEqual(raisesInPyTorch[kind.name] ?? []);
    });

    for (const { code, c } of refused)
      it(`reports ${code} where PyTorch raises: ${c.name}`, () => {
        expect(fixture?.raised(c.name)).toMatch(/Error/);
        const { diagnostics, program } = understand(c);
        expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
        expect(program).toBeNull();
      });

    describe.each(cases)("$name", (c) => {
      const program = programOf(c);

      it("analyzes without a complaint, and comes back from JSON and from its printed program", () => {
        const { document, complaints } = understand(c);
        expect(complaints).toEqual([]);
        const read = parse(JSON.stringify(document));
        expect(read.diagnostics).toEqual([]);
        expect(understandDocument(read.document!)).toMatchObject({ document, complaints: [], program });
        const whole = { name: document.name, networks: [program], training: null };
        expect(parseProgram(printProgram(whole))).toEqual(whole);
        const stated = { ...c, params: JSON.parse(JSON.stringify(program.instructions[0].params)) };
        expect(programOf(stated)).toEqual(program);
      });

      for (const training of [false, true])
        it(`has tfjs's shapes${training ? " while training" : ""}, and leaves no tensor behind`, async () => {
          const before = tf.memory().numTensors;
          const results = await resultsOf(tf, c, program, 0, { training, secondOrder: false });
          expect(tf.memory().numTensors).toBe(before);
          for (const { name, type } of program.outputs)
            expect(results.get(portOf(name))!.shape).toEqual([c.batch, ...type.shape]);
          for (const { name, shape, trainable } of program.instructions[0].weights)
            if (trainable || results.has(`after ${name}`))
              expect(results.get(`${trainable ? "grad" : "after"} ${name}`)!.shape).toEqual(shape);
        });

      for (const pass of passes(program).filter((each) => !fixture?.raised(`${c.name}, ${each}`)))
        for (const secondOrder of [false, true])
          it(`equals PyTorch, gradients too (${pass}${secondOrder ? ", twice differentiable" : ""})`, async () => {
            expect(fixture, howToUpdate(kind.name)).not.toBeNull();
            for (const seed of c.seeds) {
              const expected = fixture!.results(`${c.name}, ${pass}, ${seed}`);
              const found = await resultsOf(tf, c, program, seed, { training: pass === "train", secondOrder });
              expectEqual(found, expected, 1e-5, comparing(kind, "wasm"));
            }
          });

      const sloping =
        c.inputs.some(({ type }) => !isDiscrete(type)) ||
        program.instructions[0].weights.some(({ trainable }) => trainable);
      const measurable = sloping && !unmeasured[kind.name]?.includes(c.name);
      it.each(measurable ? [0, 1, 2] : [])(
        "has the slopes of its own differences, in both orders (seed %i)",
        (seed) => {
          const errorOf = (mode: Mode, error: typeof gradientError) =>
            tf.tidy(() => {
              const { evaluate, leaves } = openCase(tf, c, program, seed, mode);
              const joined = (...values: Tensor[]) => tf.concat(Object.values(evaluate(values)).map((y) => tf.reshape(y, [-1]))); // prettier-ignore
              return error(tf, mode.secondOrder ? bent(tf, joined) : joined, leaves.map(({ tensor }) => tensor)); // prettier-ignore
            });
          // A direction that follows its weight is a constant to PyTorch's gradient, and differences would see it move.
          const training = !program.instructions[0].weights.some(({ init }) => init.type === "unit");
          // Mostly 10⁻⁴ and less; the statistics of three values curve so much that differences come out coarser.
          const first = errorOf({ training, secondOrder: false }, gradientError);
          measured(kind, "differences", first);
          expect(first, "first order").toBeLessThan(2e-3);
          if (!kind.twiceDifferentiable) return measured(kind, "once", 1);
          const second = errorOf({ training, secondOrder: true }, secondOrderError);
          measured(kind, "wasm second order", second);
          expect(second, "second order").toBeLessThan(1e-2);
        },
      );

      it("is one and the same in training if nothing tells the modes apart, and repeats its random numbers otherwise", async () => {
        const run = (mode: Partial<Mode>) =>
          resultsOf(tf, c, program, 0, { training: true, secondOrder: false, ...mode });
        const training = await run({});
        expectEqual(await run({}), training, 0);
        if (!cases.some(drawsNumbers) && passes(program).length === 1)
          expectEqual(await run({ training: false }), training, 0);
      });
    });
  });

describe("the tables beside the loop", () => {
  it("name kinds that exist", () => {
    for (const table of [extras, refusals, raisesInPyTorch, unmeasured])
      for (const name of Object.keys(table)) expect([...layers.keys()]).toContain(name);
    for (const [name, cases] of Object.entries(unmeasured))
      expect(casesOf(layers.get(name)!).map((c) => c.name)).toEqual(expect.arrayContaining([...cases]));
  });

  it("leave no golden file without a kind", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
    const kinds = [...layers.keys(), ...functions.keys()];
    for (const file of files) expect(kinds).toContain(file.replace(/^training\.|\.jsonl$/g, ""));
  });
});

/** Whether a training pass asks for random numbers. */
const drawsNumbers = (c: Case): boolean =>
  tf.tidy(() => {
    const open = openCase(tf, c, programOf(c), 0, { training: true, secondOrder: false });
    open.evaluate(open.leaves.map(({ tensor }) => tensor));
    return open.random();
  });
