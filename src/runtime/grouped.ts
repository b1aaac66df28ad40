/**
 * Convolutions with groups and dilation as one kernel each, where the backend in use has them. The three kernels are linear in
 * both inputs and closed under differentiation, so gradients of every order are made of them. Tensors are NHWC.
 *
 * GroupedConv2D {x, filter} → y · GroupedConv2DBackpropInput {dy, filter} → dx, which is also the transposed convolution ·
 * GroupedConv2DBackpropFilter {x, dy} → dfilter; all of them with GroupedAttributes.
 */
import type { NamedAttrMap, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { hasKernel, runKernel } from "./fused.ts";
import type { Tf } from "./tf.ts";

type Shape4D = readonly [number, number, number, number];

/** One convolution in full: the same attributes for it and for its gradients. */
export interface GroupedAttributes {
  /** x [N, H, W, in] */
  readonly image: Shape4D;
  /** [kh, kw, in/groups, out]; group g takes the g-th part of `in` to the g-th part of `out`. */
  readonly filter: Shape4D;
  /** y [N, H', W', out] */
  readonly output: Shape4D;
  readonly stride: readonly [height: number, width: number];
  /** Zeros above and left of the image; below 0 they crop. What lies below and right follows from the output's size. */
  readonly before: readonly [top: number, left: number];
  readonly dilation: readonly [height: number, width: number];
  readonly groups: number;
}

/** Whether the backend in use has the kernels. */
export function hasGrouped(tf: Tf): boolean {
  return hasKernel(tf, "GroupedConv2D");
}

/** x, filter → y */
export function groupedConv2d(tf: Tf, x: Tensor4D, filter: Tensor4D, attributes: GroupedAttributes): Tensor4D {
  registerGradients(tf);
  return run(tf, "GroupedConv2D", { x, filter }, attributes);
}

/** y, filter → x: the transposed convolution. */
export function groupedConvTranspose2d(tf: Tf, y: Tensor4D, filter: Tensor4D, attributes: GroupedAttributes): Tensor4D {
  registerGradients(tf);
  return run(tf, "GroupedConv2DBackpropInput", { dy: y, filter }, attributes);
}

type Grouped = "GroupedConv2D" | "GroupedConv2DBackpropInput" | "GroupedConv2DBackpropFilter";

function run(tf: Tf, kernel: Grouped, inputs: Record<string, Tensor>, attributes: object): Tensor4D {
  return runKernel(tf, kernel, inputs, attributes as Record<string, never>);
}

function registerGradients(tf: Tf): void {
  if (tf.getGradient("GroupedConv2D")) return;
  const y = (x: Tensor, filter: Tensor, attrs: NamedAttrMap) => run(tf, "GroupedConv2D", { x, filter }, attrs);
  const dx = (dy: Tensor, filter: Tensor, attrs: NamedAttrMap) =>
    run(tf, "GroupedConv2DBackpropInput", { dy, filter }, attrs);
  const dfilter = (x: Tensor, dy: Tensor, attrs: NamedAttrMap) =>
    run(tf, "GroupedConv2DBackpropFilter", { x, dy }, attrs);

  tf.registerGradient({
    kernelName: "GroupedConv2D",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, [x, filter], attrs) => ({
      x: () => dx(dy as Tensor, filter, attrs),
      filter: () => dfilter(x, dy as Tensor, attrs),
    }),
  });
  tf.registerGradient({
    kernelName: "GroupedConv2DBackpropInput",
    inputsToSave: ["dy", "filter"],
    gradFunc: (ddx, [dy, filter], attrs) => ({
      dy: () => y(ddx as Tensor, filter, attrs),
      filter: () => dfilter(ddx as Tensor, dy, attrs),
    }),
  });
  tf.registerGradient({
    kernelName: "GroupedConv2DBackpropFilter",
    inputsToSave: ["x", "dy"],
    gradFunc: (ddfilter, [x, dy], attrs) => ({
      x: () => dx(dy, ddfilter as Tensor, attrs),
      dy: () => y(x, ddfilter as Tensor, attrs),
    }),
  });
}
