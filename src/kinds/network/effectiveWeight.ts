/**
 * What a layer may do to its weight before it uses it, said once for all layers that have one: spectral normalization
 * (Miyato et al., 2018) as torch.nn.utils.spectral_norm computes it, and the equalized learning rate (Karras et al., 2018).
 * The kind says how its weight lies (`WeightLayout`); names, values, gradients, ONNX and Python follow.
 */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { boolean, number, optional, type Params } from "../../core/kind/fields.ts";
import type { Arithmetic, Misfit } from "../../core/kind/kind.ts";
import { always, constant, normal, unit, type InitScheme, type Initializer, type WeightSpec } from "../../core/kind/weights.ts"; // prettier-ignore
import type { Weight } from "../../core/program/weights.ts";
import type { LayerLowering, OnnxContext, TfjsContext } from "../lowering.ts";
import { dividedBySigma, fromDivided, spectrallyNormalized, type WeightLayout } from "./spectralNorm.ts";

export const weightOptions = {
  spectral_norm: boolean({
    default: false,
    help: "Divides the weight, as a matrix, by its largest singular value: steadies a discriminator, and SAGAN's generator",
  }),
  equalized: optional(
    number({
      default: 1,
      min: 0,
      open: true,
      help: "Equalized learning rate c: the weight starts as N(0, 1) / c and is used times c / √fan_in, the offset times c. 1 in progressive GANs, 0.01 in StyleGAN's mapping network",
    }),
  ),
};
export type WeightOptions = Params<typeof weightOptions>;

export type { WeightLayout } from "./spectralNorm.ts";

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
  const { tf, after } = context;
  const own = () => {
    if (equalized !== null) return tf.mul(weights.weight, weightScale(equalized, layout));
    return spectral_norm ? spectrallyNormalized(context, layout, weights) : weights.weight;
  };
  return after ? tf.mul(own(), alongOutputs(after.scale, layout)) : own();
}

export function effectiveBias(
  { tf, after }: TfjsContext,
  { equalized }: WeightOptions,
  { bias }: Readonly<Record<string, Tensor>>,
): Tensor | null {
  const own = bias && equalized !== null && equalized !== 1 ? tf.mul(bias, equalized) : (bias ?? null);
  if (!after) return own;
  return own ? tf.add(tf.mul(own, after.scale), after.shift) : after.shift;
}

/** A number for each output, as it multiplies the weight in tfjs's layout. */
function alongOutputs(each: Tensor1D, { shape, outputs, tfjs }: WeightLayout): Tensor {
  const axis = tfjs ? tfjs.indexOf(outputs) : outputs;
  return each.reshape(shape.map((_, at) => (at === axis ? -1 : 1)));
}

/**
 * The weight's tensor in an exported model: W/σ is computed once and stored as "weight"; an equalized one keeps its values
 * beside its scale.
 */
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
  return onnx.computed("weight", layout.shape, dividedBySigma(layout, weight, u, v), { channelAxis });
}

/** Takes back what writeWeight computed, where a file holds it in the place of the layer's own weights. */
export function restoreWeights(
  { spectral_norm }: WeightOptions,
  layout: WeightLayout,
  held: (name: string) => Weight | undefined,
): ReturnType<NonNullable<LayerLowering["restore"]>> {
  const weight = held("weight");
  if (!spectral_norm || !weight || held("weight_orig") || String(weight.shape) !== String(layout.shape)) return null;
  return { weights: fromDivided(layout, weight), instead: ["weight"] };
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
