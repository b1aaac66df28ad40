// Every kind on WebGPU, on SwiftShader: outputs and first-order gradients against PyTorch and wasm, second-order gradients
// against wasm, which differences and PyTorch judge beside this file. On a machine without Chromium's driver there is nothing to compare.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { functions, layers } from "../../src/kinds/index.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { casesOf } from "./cases.ts";
import { expectEqual } from "./compare.ts";
import { understand } from "./document.ts";
import { resultsOf, type Results } from "./evaluation.ts";
import { functionCasesOf, functionSeeds, otherFunctions } from "./function-cases.ts";
import { evaluateSteps } from "./function-evaluation.ts";
import { losses, lossCasesOf, type LossCase } from "./loss-cases.ts";
import { evaluateLoss } from "./loss-evaluation.ts";
import { lossFixture, passes, readFixture } from "./recipe.ts";
import { comparing, measured, type Measured } from "./record.ts";
import { secondOfFunction, secondOfLayer, secondOfLoss } from "./second-order.ts";

const driver = softwareDriver();

interface Run {
  readonly kind: Measured;
  readonly name: string;
  results(): Promise<Results>;
  /** PyTorch's; nothing where it raises. */
  fixture?(): Results | undefined;
}
const pytorch = 1e-5;
/** Each side may lie at 1e-5 from the truth. */
const wasm = 2e-5;
/** Differences cannot judge the second order as finely, and it loses digits twice. */
const wasmAgain = 1e-4;

/** Every case on its first seed, and the first case that PyTorch has several of on all of them. */
const seeded = <C extends { readonly seeds: readonly number[] }>(cases: readonly C[]) =>
  cases.flatMap((c) =>
    c.seeds.slice(0, c === cases.find(({ seeds }) => seeds.length > 1) ? undefined : 1).map((seed) => ({ c, seed })),
  );

const layerRuns = [...layers.values()].flatMap((kind) => {
  const fixture = readFixture(kind.name);
  return seeded(casesOf(kind)).flatMap(({ c, seed }) => {
    const program = understand(c).program!;
    return passes(program).map((pass): Run => ({
      kind,
      name: `${kind.name}, ${c.name}, ${pass}, seed ${seed}`,
      results: () => resultsOf(tf, c, program, seed, { training: pass === "train", secondOrder: false }),
      fixture: () => fixture?.results(`${c.name}, ${pass}, ${seed}`),
    }));
  });
});
const lossRuns = losses().flatMap((kind) => {
  const fixture = readFixture(lossFixture(kind));
  return seeded(lossCasesOf(kind)).map(({ c, seed }): Run => ({
    kind,
    name: `${kind.name}, ${c.name}, seed ${seed}`,
    results: () => evaluateLoss(tf, c, seed, false),
    fixture: () => fixture?.results(`${c.name}, eval, ${seed}`),
  }));
});
const functionRuns = otherFunctions().flatMap((kind) => {
  const fixture = readFixture(`../functions/${kind.name}`);
  const cases = functionCasesOf(kind).map((c) => ({ ...c, seeds: functionSeeds }));
  return seeded(cases).map(({ c, seed }): Run => ({
    kind,
    name: `${kind.name}, ${c.name}, seed ${seed}`,
    results: () => evaluateSteps(tf, c, { seed }),
    fixture: () => fixture?.results(`${c.name}, ${seed}`),
  }));
});
const firstOrder: readonly Run[] = [...layerRuns, ...lossRuns, ...functionRuns];

/** Of losses over one value, several and an image, those over several. */
const ofSeveral = ({ inputs }: LossCase): boolean =>
  inputs.every((input) => !input || ["", "1", "5"].includes(String(input.type.shape))) &&
  inputs.some((input) => input && String(input.type.shape) !== "1");

const secondOrder: readonly Run[] = [
  ...[...layers.values()]
    .filter(({ twiceDifferentiable }) => twiceDifferentiable)
    .flatMap(casesOf)
    .map((c) => ({ ...c, results: () => secondOfLayer(tf, c, understand(c).program!) })),
  ...losses().flatMap(lossCasesOf).filter(ofSeveral).map((c) => ({ ...c, results: () => secondOfLoss(tf, c) })), // prettier-ignore
  ...otherFunctions().flatMap(functionCasesOf).map((c) => ({ ...c, results: () => secondOfFunction(tf, c) })), // prettier-ignore
].map(({ kind, name, results }) => ({ kind, name: `${kind.name}, ${name}`, results }));

it("takes in every kind", () => {
  const namesOf = (kinds: Iterable<Measured>) => new Set([...kinds].map(({ graph, name }) => `${graph} ${name}`));
  const twice = [...layers.values()].filter(({ twiceDifferentiable }) => twiceDifferentiable);
  expect(namesOf(firstOrder.map(({ kind }) => kind))).toEqual(namesOf([...layers.values(), ...functions.values()]));
  expect(namesOf(secondOrder.map(({ kind }) => kind))).toEqual(namesOf([...twice, ...functions.values()]));
});

describe.runIf(driver)("WebGPU on a software adapter", () => {
  const expected = new Map<Run, Results>();

  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    for (const run of [...firstOrder, ...secondOrder]) expected.set(run, await run.results());
    const { backend, device } = await openBackend("webgpu");
    expect(backend).toBe("webgpu");
    expect(device).toMatch(/SwiftShader/i);
    // Otherwise tiny operations are computed by tfjs's cpu kernels.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  }, 300_000);

  it.each(firstOrder)("$name equals PyTorch and wasm", async (run) => {
    const found = await run.results();
    expectEqual(found, expected.get(run)!, wasm);
    const judged = run.fixture?.();
    if (judged?.size) expectEqual(found, judged, pytorch, comparing(run.kind, "webgpu"));
  });

  it.each(secondOrder)("$name equals wasm in the second order", async (run) => {
    const note = (_: string, error: number) => measured(run.kind, "webgpu second order", error);
    expectEqual(await run.results(), expected.get(run)!, wasmAgain, note);
  });
});
