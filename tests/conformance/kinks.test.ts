// Second-order gradients on kinks and near them, on wasm and WebGPU, beside PyTorch's double backward: kinds whose slope jumps.
// tests/session/penalties.test.ts has the same of gradient penalties on critics.

import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { expectEqual } from "./compare.ts";
import { kinkCases, kinkLine, kinkResults, nameOf } from "./kink-cases.ts";
import { digest, goldenFile, readFixture } from "./recipe.ts";

const howToUpdate =
  "run UPDATE_GOLDEN=1 npx vitest run tests/conformance/kinks.test.ts, review the change of tests/fixtures/kinks.jsonl, then run python3 tests/fixtures/kinks.py";
const fixture = readFixture("../kinks");
const named = kinkCases.map((c) => [nameOf(c), c] as const);

it("is computed by PyTorch on the very same cases", () => {
  const lines = kinkCases.map(kinkLine);
  if (process.env.UPDATE_GOLDEN) writeFileSync(goldenFile("../kinks"), lines.join("\n") + "\n");
  expect(lines, howToUpdate).toEqual(readFileSync(goldenFile("../kinks"), "utf8").trimEnd().split("\n"));
  lines.forEach((line, index) => expect(fixture?.digestOf(named[index][0]), howToUpdate).toBe(digest(line)));
});

describe("on wasm", () => {
  beforeAll(openTraining);
  it.each(named)("%s equals PyTorch, in both orders", async (name, c) => {
    expectEqual(await kinkResults(tf, c), fixture!.results(name), 1e-5);
  });
});

const driver = softwareDriver();
describe.runIf(driver)("on WebGPU, by a software adapter", () => {
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    expect((await openBackend("webgpu")).backend).toBe("webgpu");
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  });
  it.each(named)("%s equals PyTorch, in both orders", async (name, c) => {
    expectEqual(await kinkResults(tf, c), fixture!.results(name), 1e-5);
  });
});
