/** The documents that are timed, and their twins in PyTorch as text. */
import { describe, expect, it } from "vitest";
import { caseNames, openCase } from "../../../src/cli/bench/cases.ts";
import { generatedFacts, generatedSet } from "../../../src/cli/bench/generated.ts";
import { twinOf } from "../../../src/cli/bench/pytorch/twin.ts";
import { ceiling } from "../../../src/cli/bench/suites/train/ceiling.ts";
import { planned } from "../../../src/cli/bench/suites/train/plan.ts";
import { isImageSet } from "../../../src/datasets/types.ts";

describe("generated data", () => {
  it("is what its name says, always the same, and evenly spread", () => {
    const set = generatedSet("generated/3x16x8/pairs", 40)!;
    if (!isImageSet(set)) throw new Error("no images");
    expect(set.item.shape).toEqual([3, 16, 8]);
    expect([set.data.length, set.target!.data.length]).toEqual([40 * 384, 40 * 384]);
    expect(set.target!.data).not.toEqual(set.data);
    expect(generatedSet("generated/3x16x8/pairs", 40)).toEqual(set);
    const mean = set.data.reduce((sum, value) => sum + value, 0) / set.data.length;
    expect(Math.abs(mean - 127.5)).toBeLessThan(3); // 5 standard deviations of the mean of 15,360 bytes
  });

  it("is known to the analysis as long as it is", () => {
    expect(generatedFacts("generated/1x28x28")).toEqual({
      ...{ item: { type: "image", shape: [1, 28, 28] }, target: null },
      ...{ classes: null, count: generatedSet("generated/1x28x28")!.count, heldOut: 0 },
    });
    expect(generatedFacts("mnist")).toBeNull();
  });
});

describe.each(caseNames())("%s", (name) => {
  it("compiles, and has data for every source that names some", () => {
    const { program, dataSets } = openCase(name);
    const reading = program.training!.sources.filter(({ params }) => "name" in params);
    expect([...dataSets.keys()].sort()).toEqual(reading.map(({ id }) => id).sort());
    expect(program.training!.iteration.length).toBeGreaterThan(1);
  });

  it("has a twin with a place for every weight", () => {
    const { program } = openCase(name);
    const { source, weights } = twinOf(program);
    for (const network of program.networks) {
      const declared = network.instructions.flatMap((each) => each.weights.map(({ path }) => path));
      expect(Object.keys(weights[network.name]).sort()).toEqual([...new Set(declared)].sort());
    }
    const updates = program.training!.iteration.length;
    expect(source.match(/\.backward\(\)/g)).toHaveLength(updates);
    expect(source.match(/\.step\(\)/g)).toHaveLength(updates);
  });
});

it("a twin freezes the discriminator in the generator's step, and detaches samples in its own", () => {
  const { source } = twinOf(openCase("dcgan-mnist").program);
  const iteration = source.slice(source.indexOf("def iterate"));
  const [dStep, gStep] = iteration.split('optimizers["d_opt"].step()');
  expect(dStep).toMatch(/networks\["discriminator"\].train\(True\)\s+network.requires_grad_\(True\)/);
  expect(dStep).toMatch(/network\(v\d+\.detach\(\)\)/);
  expect(gStep).toMatch(/networks\["discriminator"\].train\(True\)\s+network.requires_grad_\(False\)/);
  expect(gStep).not.toContain("detach");
  expect(gStep).not.toContain('networks["generator"]'); // its pass is the one of before
});

it("DCGAN can be had at other widths", () => {
  const { program } = openCase("dcgan-mnist", { width: 24 });
  const shapes = program.networks.flatMap(({ name, instructions }) =>
    instructions.flatMap(({ id, weights }) => weights.slice(0, 1).map(({ shape }) => [`${name} ${id}`, shape])),
  );
  expect(Object.fromEntries(shapes)).toMatchObject({
    "generator fc": [2352, 100],
    "generator up1": [48, 24, 4, 4],
    "discriminator conv1": [24, 1, 4, 4],
    "discriminator conv2": [48, 24, 4, 4],
    "discriminator fc": [1, 2352],
  });
});

describe("the plan", () => {
  const options = {
    cases: null,
    batches: null,
    backends: null,
    rounds: null,
    steps: null,
    limit: null,
    profile: false,
  };

  it("has every document on wasm where nothing is chosen", () => {
    expect(planned("wasm", options).map((each) => each.case)).toEqual(expect.arrayContaining(caseNames()));
  });

  it("takes each case at each batch that is chosen, and refuses a case that there is not", () => {
    const chosen = planned("wasm", { ...options, cases: ["unet"], batches: [33, 1], steps: 3 });
    expect(chosen).toMatchObject([1, 33].map((batch) => ({ case: "unet", batch, steps: 3 })));
    expect(chosen[1].about).toBeCloseTo(33 * chosen[0].about);
    expect(() => planned("wasm", { ...options, cases: ["unett"] })).toThrow(
      /There is no case "unett"; there are cycle/,
    );
  });
});

it.each(["simd", "relaxed"] as const)("the ceiling's loop is a module that runs, with %s", async (variant) => {
  expect(await ceiling(variant)).toBeGreaterThan(0.1); // GFLOP/s; a processor of this century
});
