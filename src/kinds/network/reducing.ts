/** Many values as one, their mean, sum, maximum or minimum: in tfjs, and as ONNX writes it. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../runtime/tf.ts";
import type { OnnxContext } from "../lowering.ts";

export const reductions = ["mean", "sum", "max", "min"] as const;
export type Reduction = (typeof reductions)[number];

/**
 * Over the last axis, which goes. Values that are equally large or small share the gradient of an extreme, as in torch.amax.
 */
export function reduceLast(tf: Tf, x: Tensor, how: Reduction): Tensor {
  if (how === "mean") return tf.mean(x, -1);
  if (how === "sum") return tf.sum(x, -1);
  // the shares are constant, so that equal values divide the gradient in every order
  const extreme = how === "max" ? tf.max(x, -1, true) : tf.min(x, -1, true);
  const chosen = tf.cast(tf.equal(x, extreme), "float32");
  return tf.sum(tf.mul(x, tf.div(chosen, tf.sum(chosen, -1, true))), -1);
}

export const reduceOperators = { mean: "ReduceMean", sum: "ReduceSum", max: "ReduceMax", min: "ReduceMin" } as const;

/**
 * The axes are an input from operator set 18 on, those of ReduceSum from 13 on. `keepdims` 1 leaves them with the extent 1;
 * `shape` is as OnnxContext.node takes it.
 */
export const writeReduce = (
  onnx: OnnxContext,
  how: Reduction,
  x: string,
  axes: readonly number[],
  keepdims: 0 | 1,
  shape?: Parameters<OnnxContext["node"]>[3],
): string =>
  onnx.opset >= 18 || how === "sum"
    ? onnx.node(reduceOperators[how], [x, onnx.ints("axes", axes)], { keepdims }, shape)
    : onnx.node(reduceOperators[how], [x], { axes, keepdims }, shape);
