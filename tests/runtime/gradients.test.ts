import { beforeAll, describe, expect, it } from "vitest";
import { repairGradients } from "../../src/runtime/gradients.ts";
import { gradientError, secondOrderError } from "./finite-differences.ts";
import {
  type Case,
  type Repair,
  depthwise,
  firstOrder,
  inputsOf,
  right,
  secondOrder,
  secondOrderOnKernels,
} from "./gradient-cases.ts";
import { installTrainingKernels, openWasm, tf } from "./wasm-backend.ts";

type Measure = typeof gradientError;
const found = new Map<Repair, number | string>();

function measure(c: Case, error: Measure): number {
  return tf.tidy(() => error(tf, c.f, inputsOf(c)));
}

function asShipped(repairs: Repair[], error: Measure): void {
  for (const repair of repairs) {
    try {
      found.set(repair, measure(repair, error));
    } catch (problem) {
      found.set(repair, String(problem));
    }
  }
}

beforeAll(async () => {
  await tf.setBackend("cpu");
  asShipped([depthwise], secondOrderError);
  await openWasm();
  asShipped(firstOrder, gradientError);
  asShipped(secondOrder, secondOrderError);
  await installTrainingKernels();
  asShipped(secondOrderOnKernels, secondOrderError);
  repairGradients(tf);
  repairGradients(tf);
});

function checks(repairs: Repair[], error: Measure): void {
  for (const repair of repairs) {
    const { shipped } = repair;
    const fault = shipped === "wrong" ? "is silently wrong" : `throws "${shipped.throws}"`;
    it(`${repair.name}: ${fault} as shipped, agrees with finite differences when mended`, () => {
      const before = found.get(repair);
      if (shipped === "wrong") expect(before).toBeGreaterThan(0.03);
      else expect(before).toContain(shipped.throws);
      expect(measure(repair, error)).toBeLessThan(1e-3);
    });
  }
}

describe("gradients", () => checks(firstOrder, gradientError));

describe("gradients of gradients", () => {
  checks(secondOrder, secondOrderError);
  checks(secondOrderOnKernels, secondOrderError);

  describe("on the cpu backend", () => {
    beforeAll(async () => void (await tf.setBackend("cpu")));
    checks([depthwise], secondOrderError);
  });
});

describe("everything is right twice", () => {
  beforeAll(async () => void (await tf.setBackend("wasm")));
  for (const c of right)
    it(`${c.name}, first and second order`, () => {
      expect(measure(c, gradientError)).toBeLessThan(1e-3);
      expect(measure(c, secondOrderError)).toBeLessThan(1e-3);
    });
});
