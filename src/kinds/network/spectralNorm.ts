/**
 * Spectral normalization (Miyato et al., 2018) as torch.nn.utils.spectral_norm computes it: the weight, seen as a matrix [outputs,
 * all else], is divided by σ = uᵀWv, where u and v follow its first singular vectors by one power iteration a training pass.
 */
import type { Tensor, Tensor2D } from "@tensorflow/tfjs";
import type { Weight } from "../../core/program/weights.ts";
import type { TfjsContext } from "../lowering.ts";

/** How a layer's weight lies. */
export interface WeightLayout {
  /** In PyTorch's order. */
  readonly shape: readonly number[];
  /** Axis i of the tfjs tensor is axis tfjs[i] of PyTorch's; left out where they agree. */
  readonly tfjs?: readonly number[];
  /** The axis of outputs, spectral_norm's `dim`: 1 in transposed convolutions. */
  readonly outputs: number;
  /** How many inputs one output sums, one group's. */
  readonly fanIn: number;
}

/** W/σ in tfjs's layout. A training pass replaces u and v first; both are constants to every gradient. */
export function spectrallyNormalized(
  { tf, ops, training, setBuffer }: TfjsContext,
  layout: WeightLayout,
  { weight_orig: weight, weight_u, weight_v }: Readonly<Record<string, Tensor>>,
): Tensor {
  const { order, extents } = matrixOrder(layout);
  const height = extents[0];
  const direction = ops.withoutGradient(() => {
    let [u, v]: Tensor2D[] = [tf.reshape(weight_u, [height, 1]), tf.reshape(weight_v, [-1, 1])];
    if (training) {
      const matrix: Tensor2D = tf.reshape(tf.transpose(weight, order), [height, -1]);
      const normalized = (x: Tensor2D): Tensor2D => tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), leastLength));
      v = normalized(tf.matMul(matrix, u, true));
      u = normalized(tf.matMul(matrix, v));
      setBuffer("weight_u", tf.reshape(u, [-1]));
      setBuffer("weight_v", tf.reshape(v, [-1]));
    }
    const outer = tf.reshape(tf.matMul(u, v, false, true), [...extents]);
    return tf.transpose(
      outer,
      order.map((_, axis) => order.indexOf(axis)),
    );
  });
  // first along one axis: a single sum over millions of products loses digits
  const sigma = tf.sum(tf.sum(tf.mul(weight, direction), -1));
  return tf.div(weight, sigma);
}

/** torch.nn.utils.spectral_norm's eps. */
const leastLength = 1e-12;

/** W/σ as plain numbers, in PyTorch's layout. */
export function dividedBySigma(
  layout: WeightLayout,
  weight: Float32Array,
  u: Float32Array,
  v: Float32Array,
): Float32Array {
  const places = matrixPlaces(layout);
  let sigma = 0;
  for (let index = 0; index < weight.length; index++) {
    const place = places(index);
    sigma += weight[index] * u[Math.floor(place / v.length)] * v[place % v.length];
  }
  return weight.map((value) => value / sigma);
}

/**
 * What the layer keeps, of W/σ alone, which is as good a weight as W was. u is its first singular vector, as nearly as power
 * iteration finds it, and v is so long that σ is exactly 1 until a training pass makes it a direction again.
 */
export function fromDivided(layout: WeightLayout, weight: Weight): Readonly<Record<string, Weight>> {
  const height = layout.shape[layout.outputs];
  const width = weight.data.length / height;
  const places = matrixPlaces(layout);
  const product = (x: Float64Array, size: number, from: (place: number) => number, to: (place: number) => number) => {
    const y = new Float64Array(size);
    weight.data.forEach((value, index) => (y[to(places(index))] += value * x[from(places(index))]));
    return y;
  };
  const row = (place: number) => Math.floor(place / width);
  const column = (place: number) => place % width;
  const scaled = (x: Float64Array, by: number) => x.map((value) => value / (by || 1));
  const square = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
  let u = scaled(
    Float64Array.from({ length: height }, (_, at) => 1 + at / height),
    1,
  );
  for (let round = 0; round < restoringRounds; round++) {
    u = product(product(u, width, row, column), height, column, row);
    u = scaled(u, Math.sqrt(square(u)));
  }
  const v = product(u, width, row, column);
  const named = (shape: number, x: Float64Array): Weight => ({ shape: [shape], data: Float32Array.from(x) });
  return { weight_orig: weight, weight_u: named(height, u), weight_v: named(width, scaled(v, square(v))) };
}

/** More would change little: what is left of other directions is learned away in training, a round a pass. */
const restoringRounds = 20;

/** How the tfjs tensor is transposed to PyTorch's matrix [outputs, all else], and the extents that it then has. */
function matrixOrder({ shape, tfjs, outputs }: WeightLayout): { order: number[]; extents: number[] } {
  const axes = matrixAxes(shape, outputs);
  return {
    order: axes.map((axis) => (tfjs ? tfjs.indexOf(axis) : axis)),
    extents: axes.map((axis) => shape[axis]),
  };
}

const matrixAxes = (shape: readonly number[], outputs: number): number[] => [
  outputs,
  ...shape.map((_, axis) => axis).filter((axis) => axis !== outputs),
];

/** Where the element at an index of PyTorch's weight lies in its matrix, row after row. */
function matrixPlaces({ shape, outputs }: WeightLayout): (index: number) => number {
  const after = (axes: readonly number[], axis: number) =>
    axes.slice(axes.indexOf(axis) + 1).reduce((size, each) => size * shape[each], 1);
  const plain = shape.map((_, axis) => axis);
  const steps = plain.map(
    (axis) => [after(plain, axis), shape[axis], after(matrixAxes(shape, outputs), axis)] as const,
  );
  return (index) => steps.reduce((place, [from, extent, to]) => place + (Math.floor(index / from) % extent) * to, 0);
}
