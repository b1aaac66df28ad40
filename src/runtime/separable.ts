/**
 * Linear maps of an image that treat height and width apart: y = A x Bᵀ for every channel, with constant sparse A and B.
 * Averages over windows, enlarging, borders and filters are such maps. Where the backend has the kernel, it is one pass, and
 * so is its gradient, which is the transposed map: it can be differentiated as often as one likes.
 */
import type { NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import type { Tf } from "./tf.ts";

/** For each output place of an axis what it takes: input places, and how much of each. */
export type AxisTaps = readonly (readonly (readonly [place: number, weight: number])[])[];

/** The same as three lists: output place i takes the places number starts[i] … starts[i + 1] − 1. */
export interface AxisMap {
  /** Input places of the axis. */
  readonly size: number;
  readonly starts: Int32Array;
  readonly places: Int32Array;
  readonly weights: Float32Array;
}

/** x [N, H, W, C] → [N, tall.length, wide.length, C]; `composed` computes the same where the backend has no kernel for it. */
export function separable(tf: Tf, x: Tensor4D, tall: AxisTaps, wide: AxisTaps, composed: () => Tensor4D): Tensor4D {
  if (!hasKernel(tf, "SeparableMap") || x.dtype !== "float32") return composed();
  registerGradient(tf);
  return runMap(tf, x, packTaps(tall, x.shape[1]), packTaps(wide, x.shape[2]));
}

function runMap(tf: Tf, x: Tensor, tall: AxisMap, wide: AxisMap): Tensor4D {
  return runKernel(tf, "SeparableMap", { x }, { tall, wide });
}

function packTaps(taps: AxisTaps, size: number): AxisMap {
  const starts = new Int32Array(taps.length + 1);
  for (const [i, { length }] of taps.entries()) starts[i + 1] = starts[i] + length;
  const all = taps.flat();
  return {
    size,
    starts,
    places: Int32Array.from(all, ([place]) => place),
    weights: Float32Array.from(all, ([, weight]) => weight),
  };
}

function transposed({ size, starts, places, weights }: AxisMap): AxisMap {
  const outputs = starts.length - 1;
  const lists: [number, number][][] = Array.from({ length: size }, () => []);
  for (let i = 0; i < outputs; i++)
    for (let k = starts[i]; k < starts[i + 1]; k++) lists[places[k]].push([i, weights[k]]);
  return packTaps(lists, outputs);
}

function registerGradient(tf: Tf): void {
  if (tf.getGradient("SeparableMap")) return;
  tf.registerGradient({
    kernelName: "SeparableMap",
    gradFunc: (dy, _, attrs: NamedAttrMap) => {
      const { tall, wide } = attrs as unknown as Record<"tall" | "wide", AxisMap>;
      return { x: () => runMap(tf, dy as Tensor, transposed(tall), transposed(wide)) };
    },
  });
}
