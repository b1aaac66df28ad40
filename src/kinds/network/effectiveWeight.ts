/**
 * What a layer may do to its weight before it uses it, said once for all layers that have one: spectral normalization
 * (Miyato et al., 2018) as torch.nn.utils.spectral_norm computes it, and the equalized learning rate (Karras et al., 2018).
 * The kind says how its weight lies (`WeightLayout`); names, values, gradients, ONNX and Python follow.
 */
import type { Tensor, Tensor2D } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { boolean, number, optional, type Params } from "../../core/kind/fields.ts";
import type { Arithmetic, Misfit } from "../../core/kind/kind.ts";
import { always, constant, normal, unit, type InitScheme, type Initializer, type WeightSpec } from "../../core/kind/weights.ts"; // prettier-ignore
import type { OnnxContext, TfjsContext } from "../lowering.ts";

export const weightOptions = {
  spectral_norm: boolean({
    default: false,
    help: "Divides the weight by its largest singular value, so that the layer stretches nothing: steadies a discriminator, and SAGAN's generator",
  }),
  equalized: optional(
    number({
      default: 1,
      min: 0,
      open: true,
      help: "Equalized learning rate: the weight starts as N(0, 1) and is scaled by this / √fan_in at each use. 1 as in progressive GANs, 0.01 in StyleGAN's mapping network",
    }),
  ),
};
export type WeightOptions = Params<typeof weightOptions>;

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
type Start = Readonly<Record<InitScheme, Initializer>>;

/** Both change the scale of the weight, and the one would undo the other: why they do not go together, null where they need not. */
export const optionsMisfit = ({ spectral_norm, equalized }: WeightOptions): Misfit | null =>
  spectral_norm && equalized !== null
    ? {
        misfit: "param-needs",
        param: "equalized",
        facts: { param: "equalized", needs: "spectral_norm to be off" },
        mend: { param: "equalized", value: null },
      }
    : null;

/** The weight and, with `bias`, as many offsets; `start` is how they begin without options. */
export function declareWeights(
  { spectral_norm, equalized }: WeightOptions,
  { shape, tfjs, outputs }: WeightLayout,
  start: { readonly weight: Start; readonly bias: Start },
  bias: number | null,
): WeightSpec[] {
  const layout = { shape, ...(tfjs && { tfjs }) };
  const initial = equalized === null ? start : { weight: always(normal(0, 1 / equalized)), bias: always(constant(0)) };
  const weight = { name: spectral_norm ? "weight_orig" : "weight", ...layout, trainable: true, init: initial.weight };
  const offsets = bias === null ? [] : [{ name: "bias", shape: [bias], trainable: true, init: initial.bias }];
  const height = shape[outputs];
  const direction = { trainable: false, init: always(unit) };
  const directions = [
    { ...direction, name: "weight_u", shape: [height] },
    { ...direction, name: "weight_v", shape: [shape.reduce((size, extent) => size * extent, 1) / height] },
  ];
  return [weight, ...offsets, ...(spectral_norm ? directions : [])];
}

/**
 * The weight as the layer uses it, in tfjs's layout. Under spectral normalization a training pass does one power iteration,
 * replaces u and v, and takes them for constants: σ = uᵀWv.
 */
export function effectiveWeight(
  context: TfjsContext,
  { spectral_norm, equalized }: WeightOptions,
  layout: WeightLayout,
  weights: Readonly<Record<string, Tensor>>,
): Tensor {
  if (equalized !== null) return context.tf.mul(weights.weight, weightScale(equalized, layout));
  return spectral_norm ? spectrallyNormalized(context, layout, weights) : weights.weight;
}

export const effectiveBias = (
  { tf }: TfjsContext,
  { equalized }: WeightOptions,
  { bias }: Readonly<Record<string, Tensor>>,
): Tensor | null => (bias && equalized !== null && equalized !== 1 ? tf.mul(bias, equalized) : (bias ?? null));

/** The weight's tensor in an exported model: W/σ is computed once and stored as "weight"; an equalized one keeps its values beside its scale. */
export function writeWeight(
  onnx: OnnxContext,
  { spectral_norm, equalized }: WeightOptions,
  layout: WeightLayout,
): string {
  const channelAxis = layout.outputs;
  if (!spectral_norm) {
    const weight = onnx.weight("weight", { channelAxis });
    return equalized === null ? weight : writeScaled(onnx, weight, weightScale(equalized, layout), layout.shape);
  }
  const [weight, u, v] = ["weight_orig", "weight_u", "weight_v"].map((name) => onnx.values(name));
  const places = matrixPlaces(layout);
  let sigma = 0;
  for (let index = 0; index < weight.length; index++) {
    const place = places(index);
    sigma += weight[index] * u[Math.floor(place / v.length)] * v[place % v.length];
  }
  return onnx.computed("weight", layout.shape, weight.map((value) => value / sigma), { channelAxis }); // prettier-ignore
}

export function writeBias(onnx: OnnxContext, { equalized }: WeightOptions, dims: readonly number[]): string {
  const bias = onnx.weight("bias", { dims });
  return equalized === null || equalized === 1 ? bias : writeScaled(onnx, bias, equalized, dims);
}

/** What the options add to a node's arithmetic. */
export const optionsArithmetic = ({ equalized }: WeightOptions, layout: WeightLayout): readonly Arithmetic[] =>
  equalized === null
    ? []
    : [
        line(
          "scale of the weights",
          "equalized / √fan_in",
          `${exact(equalized)} / √${layout.fanIn}`,
          rounded(weightScale(equalized, layout)),
        ),
      ];

/**
 * The Python of a layer with its options: PyTorch's own, its spectral norm around it, or the class "Equalized…" that
 * `equalizedDefinition` defines.
 */
export function optionsPython({ spectral_norm, equalized }: WeightOptions, name: string, given: string): string {
  if (equalized !== null) return `Equalized${name}(${given}${equalized === 1 ? "" : `, lr_mul=${equalized}`})`;
  return spectral_norm ? `nn.utils.spectral_norm(nn.${name}(${given}))` : `nn.${name}(${given})`;
}

/** A subclass of PyTorch's layer; `fanIn` and `apply` are Python expressions of self, and of weight, bias and x. */
export const equalizedDefinition = (
  { equalized }: WeightOptions,
  name: string,
  fanIn: string,
  apply: string,
): string | undefined =>
  equalized === null
    ? undefined
    : `class Equalized${name}(nn.${name}):
    """${name} with an equalized learning rate (Karras et al., 2018)."""

    def __init__(self, *args, lr_mul=1, **kwargs):
        super().__init__(*args, **kwargs)
        self.lr_mul = lr_mul
        nn.init.normal_(self.weight, std=1 / lr_mul)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, x):
        weight = self.weight * (self.lr_mul / (${fanIn}) ** 0.5)
        bias = None if self.bias is None else self.bias * self.lr_mul
        return ${apply}
`;

const weightScale = (equalized: number, { fanIn }: WeightLayout): number => equalized / Math.sqrt(fanIn);

const writeScaled = (onnx: OnnxContext, weight: string, by: number, whole: readonly number[]): string =>
  onnx.node("Mul", [weight, onnx.floats("scale", by)], {}, { whole });

function spectrallyNormalized(
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
