// Every kind on WebGPU against wasm, outputs and first-order gradients, on SwiftShader. Wasm itself is compared with
// PyTorch beside this file. On a machine without Chromium's driver there is nothing to compare.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { allCases } from "./cases.ts";
import { expectEqual } from "./compare.ts";
import { understand } from "./document.ts";
import { resultsOf, type Results } from "./evaluation.ts";
import { functionCasesOf, otherFunctions } from "./function-cases.ts";
import { evaluateSteps } from "./function-evaluation.ts";
import { losses, lossCasesOf } from "./loss-cases.ts";
import { evaluateLoss } from "./loss-evaluation.ts";
import { passes } from "./recipe.ts";

const driver = softwareDriver();

interface Run {
  readonly name: string;
  results(): Promise<Results>;
}
const layerRuns = allCases().flatMap((c): Run[] => {
  const program = understand(c).program!;
  return passes(program).map((pass) => ({
    name: `${c.kind.name}, ${c.name}, ${pass}`,
    results: () => resultsOf(tf, c, program, 0, { training: pass === "train", secondOrder: false }),
  }));
});
const lossRuns = losses()
  .flatMap(lossCasesOf)
  .map((c): Run => ({
    name: `${c.kind.name}, ${c.name}`,
    results: () => evaluateLoss(tf, c, 0, false),
  }));
const functionRuns = otherFunctions()
  .flatMap(functionCasesOf)
  .map((c): Run => ({ name: `${c.kind.name}, ${c.name}`, results: () => evaluateSteps(tf, c, { seed: 0 }) }));
const runs = [...layerRuns, ...lossRuns, ...functionRuns];

describe.runIf(driver)("WebGPU on a software adapter", () => {
  const expected = new Map<Run, Results>();

  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    for (const run of runs) expected.set(run, await run.results());
    const { backend, device } = await openBackend("webgpu");
    expect(backend).toBe("webgpu");
    expect(device).toMatch(/SwiftShader/i);
    // Otherwise tiny operations are computed by tfjs's cpu kernels.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  }, 60_000);

  it.each(runs)("$name equals wasm", async (run) => {
    expectEqual(await run.results(), expected.get(run)!, 1e-5);
  });
});
