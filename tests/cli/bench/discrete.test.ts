/** A GPU in hardware: who is asked there and how, and what is told where there is none. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { figureOf } from "../../../src/cli/bench/measure.ts";
import {
  adapterName,
  discreteNotes,
  discreteTargets,
  isHardware,
  lastOnDiscrete,
} from "../../../src/cli/bench/suites/train/discrete.ts";
import { cudaName, torch, torchOnCuda } from "../../../src/cli/bench/suites/train/trainers.ts";

const nvidia = { vendor: "nvidia", architecture: "hopper", device: "", description: "", isFallbackAdapter: false };
const found = {
  ...{ at: "2030-01-02T03:04:05Z", device: "nvidia hopper", torch: "2.9" },
  targets: [{ what: "dcgan-mnist, batch 64", atMost: 1, unit: "×", found: 0.8 }],
};

describe("an adapter", () => {
  it("is hardware unless it says that it falls back or bears a software renderer's name", () => {
    expect(isHardware(nvidia)).toBe(true);
    expect(isHardware({ ...nvidia, isFallbackAdapter: true })).toBe(false);
    expect(isHardware({ ...nvidia, vendor: "google", architecture: "swiftshader" })).toBe(false);
    expect(isHardware({ ...nvidia, description: "llvmpipe (LLVM 19)" })).toBe(false);
  });

  it("is called by its description, or by what else it tells", () => {
    expect(adapterName(nvidia)).toBe("nvidia hopper");
    expect(adapterName({ ...nvidia, description: "NVIDIA H100" })).toBe("NVIDIA H100");
  });
});

describe("PyTorch's twin", () => {
  it("is asked for on CUDA as its one contestant there, on threads elsewhere", () => {
    const [onCuda, onThreads] = [torchOnCuda("vanilla-mnist", 2), torch("vanilla-mnist", 2)];
    try {
      expect(onCuda.trainers.map(({ name, command }) => [name, command.args.slice(2)])).toEqual([
        [cudaName, ["1", "cuda"]],
      ]);
      expect(onThreads.trainers[0].command.args.slice(2)).toEqual(["1", "cpu"]);
      expect(path.basename(onCuda.trainers[0].command.args[0])).toBe("twin.py");
    } finally {
      for (const { remove } of [onCuda, onThreads]) remove();
    }
  });

  it("bounds the wall time of the two DCGANs, and of nothing else", () => {
    const rounds = new Map([["GANvas", [{ value: 8 }]], [cudaName, [{ value: 10 }]]]); // prettier-ignore
    const figure = figureOf(rounds, { case: "c", unit: "ms a step", reference: cudaName });
    const bounds = ["dcgan-mnist", "dcgan-64", "unet"].map((name) => discreteTargets(name, figure, "GANvas"));
    expect(bounds.map((all) => all.map(({ atMost, found }) => [atMost, found]))).toEqual([[[1, 0.8]], [[3, 0.8]], []]);
  });
});

describe("where no such GPU is at hand", () => {
  it("the last figures are told with their date, or that there are none", () => {
    expect(discreteNotes(null)).toEqual(["On a discrete GPU: not measured."]);
    expect(discreteNotes(found)).toEqual([
      "On a discrete GPU, nvidia hopper, beside PyTorch 2.9, measured on 2030-01-02: met: dcgan-mnist, batch 64: 0.800 × (at most 1.00 ×)",
    ]);
  });

  it("they are those that an earlier run's file keeps", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ganvas-bench-"));
    const file = path.join(folder, "train-webgpu.json");
    try {
      expect(lastOnDiscrete(file)).toBeNull();
      writeFileSync(file, JSON.stringify({ sections: [{ title: "another" }, { title: "one", discrete: found }] }));
      expect(lastOnDiscrete(file)).toEqual(found);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
