/** Equality of named tensors as the conformance loop means it. */
import { expect } from "vitest";
import type { Plain } from "./values.ts";

/** Every value within `tolerance` of the largest of its tensor; `tolerance` 0 asks for the same bits. `note` is told the errors. */
export function expectEqual(
  found: ReadonlyMap<string, Plain>,
  expected: ReadonlyMap<string, Plain>,
  tolerance: number,
  note?: (name: string, error: number) => void,
): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, { shape, data }] of expected) {
    const values = found.get(name)!;
    expect(values.shape, name).toEqual(shape);
    if (tolerance === 0) {
      expect(values.data, name).toEqual(data);
      continue;
    }
    const error = difference(values.data, data);
    note?.(name, error);
    expect(error, name).toBeLessThan(tolerance);
  }
}

/** The largest difference, relative to the largest expected value; NaN where a value is none. */
export function difference(found: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
  return expected.reduce((max, value, index) => Math.max(max, Math.abs(found[index] - value)), 0) / scale;
}
