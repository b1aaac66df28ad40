import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, choice, integer, optional } from "../../core/kind/fields.ts";
import type { Misfit } from "../../core/kind/kind.ts";
import { sizeOf, vector } from "../../core/kind/ports.ts";
import { always, fanUniform, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

type MaskType = "input" | "hidden" | "output";
interface Masking {
  readonly out_features: number;
  readonly mask_type: MaskType;
  readonly variables: number | null;
}

/**
 * Germain et al., "MADE: masked autoencoder for distribution estimation", 2015, section 4, with the variables in their own order
 * and the degrees of hidden features going round 1 … D − 1 instead of being drawn.
 */
export const MaskedLinear = layer({
  name: "MaskedLinear",
  title: "MaskedLinear",
  shelf: "Dense",
  summary: "A linear layer in which no output sees its own variable or a later one",
  equation:
    "y = x (M \\odot W)^\\top + b, \\quad M_{kj} = \\begin{cases} 1 & m_k \\ge m_j \\\\ 0 & \\text{else} \\end{cases}",
  lesson:
    "MADE's layer turns an autoencoder into an autoregressive model: output d depends on the variables before d alone, so the product of what the outputs say is a probability of the whole vector. Every feature has a degree, the last variable that it may know; a weight is kept where the degrees allow it and multiplied by 0 elsewhere. The first layer of the network says input, the last output, those between hidden. Several outputs for each variable (a mean and a variance) repeat the order.",
  fields: {
    out_features: integer({ default: 128, min: 1, max: 2 ** 24, help: "How many features come out", brief: "value" }),
    mask_type: choice(["input", "hidden", "output"], {
      default: "input",
      help: "Where in the network it stands: the first layer, between, or the last (which hides each variable from its own output)",
      brief: "named",
    }),
    variables: optional(
      integer({
        default: 2,
        min: 1,
        max: 2 ** 24,
        help: "D, how many variables the network models: hidden layers must be told. Of an input layer it is what comes in, of an output layer what goes out unless it is said",
      }),
    ),
    bias: boolean({ default: true, help: "Adds a learned offset to every output" }),
  },
  inputs: [{ name: "in", types: ["vector"], help: "Features [F]" }],
  outputs: [{ name: "out", types: ["vector"], help: "Features [out_features]" }],
  infer: (params, [input]) => misfitOf(params, sizeOf(input)) ?? [vector(params.out_features)],
  weights({ out_features, bias }, [input]) {
    const initial = fanUniform(sizeOf(input));
    const init = { pytorch: initial, dcgan: normal(0, 0.02) };
    const weight = { name: "weight", shape: [out_features, sizeOf(input)], trainable: true, init };
    return bias ? [weight, { name: "bias", shape: [out_features], trainable: true, init: always(initial) }] : [weight];
  },
  flops: ({ out_features, bias }, [input]) => 2 * sizeOf(input) * out_features + (bias ? out_features : 0),
  arithmetic(params, [input]) {
    const { out_features, bias } = params;
    const { from, to, strictly } = degrees(params, sizeOf(input));
    const seen = to.reduce((sum, m) => sum + from.filter((each) => (strictly ? m > each : m >= each)).length, 0);
    return [
      line("F", "out_features", grouped(out_features), grouped(out_features)),
      line(
        "weights that are kept",
        strictly ? "where m_out > m_in" : "where m_out ≥ m_in",
        `of ${product(sizeOf(input), out_features)}`,
        grouped(seen),
      ),
      line(
        "parameters",
        `F_in·F_out${bias ? " + F_out" : ""}`,
        product(sizeOf(input), out_features) + (bias ? ` + ${grouped(out_features)}` : ""),
        grouped((sizeOf(input) + (bias ? 1 : 0)) * out_features),
      ),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops }, params, [x], { weight, bias }) {
      const { from, to, strictly } = degrees(params, x.shape[1]!);
      const [row, column] = [tf.tensor2d(from, [1, from.length]), tf.tensor2d(to, [to.length, 1])];
      const mask = tf.cast(strictly ? tf.greater(column, row) : tf.greaterEqual(column, row), "float32");
      return ops.linear(x as Tensor2D, tf.mul(weight as Tensor2D, mask), (bias as Tensor1D | undefined) ?? null);
    },
    onnx: {
      write(onnx, params, [x]) {
        const { from, to, strictly } = degrees(params, sizeOf(onnx.inputs[0]));
        const whole = [to.length, from.length];
        const given = [onnx.floats("m_out", to, [to.length, 1]), onnx.floats("m_in", from, [1, from.length])];
        const allowed = onnx.node(strictly ? "Greater" : "GreaterOrEqual", given, {}, { whole: null }); // no float
        const mask = onnx.node("Cast", [allowed], { to: float32 }, { whole });
        const weight = onnx.node("Mul", [onnx.weight("weight"), mask], {}, { whole });
        return onnx.node("Gemm", [x, weight, ...(params.bias ? [onnx.weight("bias")] : [])], { transB: 1 });
      },
    },
    pytorch: {
      definition: `class MaskedLinear(nn.Linear):
    """No output sees its own variable or a later one (Germain et al., 2015)."""

    def __init__(self, mask_type, variables, in_features, out_features, bias=True):
        super().__init__(in_features, out_features, bias=bias)
        hidden = lambda features: torch.arange(features) % max(1, variables - 1) + 1
        visible = lambda features: torch.arange(features) % variables + 1
        m_in = (visible if mask_type == "input" else hidden)(in_features)
        m_out = (visible if mask_type == "output" else hidden)(out_features)[:, None]
        self.mask = m_out > m_in if mask_type == "output" else m_out >= m_in

    def forward(self, x):
        return F.linear(x, self.weight * self.mask.to(self.weight), self.bias)
`,
      module: (params, [input]) =>
        `MaskedLinear("${params.mask_type}", ${variablesOf(params, sizeOf(input))}, ${sizeOf(input)}, ${params.out_features}${params.bias ? "" : ", bias=False"})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

/** TensorProto.DataType.FLOAT */
const float32 = 1;

function misfitOf(params: Masking, features: number): Misfit | null {
  const { mask_type, variables, out_features } = params;
  if (mask_type === "hidden" && variables === null)
    return {
      misfit: "param-needs",
      param: "mask_type",
      facts: { param: "mask_type", needs: "variables, the number of values that the whole network takes" },
    };
  const wrong = (param: string, found: number, wanted: string, value: unknown): Misfit => ({
    misfit: "param-value",
    param,
    facts: { param, found: String(found), wanted },
    mend: { param, value },
  });
  if (mask_type === "input" && variables !== null && variables !== features)
    return wrong("variables", variables, `${features}, the number of features that come in`, null);
  if (mask_type === "output" && variables !== null && out_features % variables !== 0)
    return wrong("out_features", out_features, `a multiple of ${variables}, the number of variables`, variables);
  return null;
}

const variablesOf = ({ mask_type, variables, out_features }: Masking, features: number): number =>
  variables ?? (mask_type === "input" ? features : out_features);

/** The degree of every feature that comes in and goes out, and whether equal ones are hidden from each other. */
function degrees(params: Masking, features: number): { from: number[]; to: number[]; strictly: boolean } {
  const variables = variablesOf(params, features);
  const round = (length: number, period: number) => Array.from({ length }, (_, index) => (index % period) + 1);
  const hidden = (length: number) => round(length, Math.max(1, variables - 1));
  return {
    from: params.mask_type === "input" ? round(features, variables) : hidden(features),
    to: params.mask_type === "output" ? round(params.out_features, variables) : hidden(params.out_features),
    strictly: params.mask_type === "output",
  };
}
