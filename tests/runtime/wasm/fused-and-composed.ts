// A fused form against its composed one: values, and the gradient of each input for the same arriving gradient.

import { expect } from "vitest";
import type { Tensor } from "../../../src/runtime/tf.ts";
import { normal, relativeError, tf } from "./backend.ts";

type Form = (...inputs: Tensor[]) => Tensor;

/** Both forms' values and gradients agree within the tolerance, relative to the largest magnitude of each. */
export function expectSame(fused: Form, composed: Form, inputs: readonly Tensor[], tolerance = 1e-5): void {
  tf.tidy(() => {
    const [y, expected] = [fused(...inputs), composed(...inputs)];
    expect(y.shape).toEqual(expected.shape);
    expect(relativeError(y, expected.dataSync())).toBeLessThan(tolerance);
    const dy = normal(y.shape, 77);
    const [gradients, wanted] = [fused, composed].map((form) => tf.grads(form)([...inputs], dy));
    gradients.forEach((gradient, i) => {
      expect(gradient.shape).toEqual(inputs[i].shape);
      expect(relativeError(gradient, wanted[i].dataSync()), `gradient ${i}`).toBeLessThan(tolerance);
    });
  });
}

/** Images with odd sizes, widths that fill vectors and widths that do not, one pixel, one image. */
export const images: readonly [number, number, number, number][] = [
  [1, 3, 5, 1],
  [7, 5, 3, 3],
  [2, 8, 6, 24],
  [1, 7, 5, 96],
  [3, 2, 2, 8],
  [5, 1, 1, 24],
  [1, 33, 31, 6],
];
