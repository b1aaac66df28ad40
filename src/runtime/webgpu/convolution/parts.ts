/**
 * Sums in parts: where a result has too few values to keep a large device busy, its sums are split, and a second program adds
 * the parts up in order.
 */
import type { TensorInfo } from "../../tf.ts";
import { dispatch, entry, integers, output, type Program, release, spread, type WebGPUBackend } from "../program.ts";
import { elements } from "./geometry.ts";

/** So many invocations keep a large device busy. */
const BUSY = 16_384;
/** What one invocation computes, roughly. */
const TILE = 16;
/** A part of fewer products is not worth its sum. */
const LEAST_PRODUCTS = 256;
/** Values in all parts together. */
const LARGEST = 2 ** 24;

/**
 * In how many parts to compute sums of `products` products for `values` values, at most `most`. Neither the device nor a tile
 * has a say: the order of all additions, and so every bit of the result, follows from the geometry alone.
 */
export function partsOf(values: number, products: number, most: number): number {
  const wanted = Math.ceil((BUSY * TILE) / values);
  const useful = Math.floor(products / LEAST_PRODUCTS);
  return Math.max(1, Math.min(wanted, useful, most, Math.floor(LARGEST / values)));
}

/** [parts, ...shape] → [...shape]; the parts are given up. */
export function addParts(
  backend: WebGPUBackend,
  sums: TensorInfo,
  shape: readonly number[],
  parts: number,
): TensorInfo {
  const values = elements(shape);
  const total = output(backend, shape);
  dispatch(backend, sumOfParts, {
    outputs: [total],
    inputs: [sums],
    uniforms: { parts, values },
    grid: spread(backend, Math.ceil(values / 64)),
  });
  release(backend, sums);
  return total;
}

const uniforms = integers("parts", "values");

const sumOfParts: Program<typeof uniforms> = {
  label: "SumOfParts",
  outputs: { total: "f32" },
  inputs: { sums: "f32" },
  uniforms,
  code: entry(
    64,
    `
  let i = i32(group * 64 + thread);
  if (i >= uniforms.values) { return; }
  var sum = 0.0;
  for (var part = 0; part < uniforms.parts; part++) { sum += sums[part * uniforms.values + i]; }
  total[i] = sum;`,
  ),
};
