import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { line, product } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant, fanUniform, normal } from "../../core/kind/weights.ts";
import { layer, type OnnxContext, type TfjsContext } from "../lowering.ts";
import {
  declareWeights,
  effectiveWeight,
  restoreWeights,
  weightOptions,
  writeWeight,
  type WeightLayout,
  type WeightOptions,
} from "./effectiveWeight.ts";

/**
 * Zhang et al., "Self-attention generative adversarial networks", 2019, section 3, with the value's convolution back to all
 * channels at once, as most PyTorch code has it; names are that code's. As in the paper the three convolutions have no bias (a
 * key's would change nothing: softmax takes no notice of what all answers have in common).
 */
export const SelfAttention = layer({
  name: "SelfAttention",
  title: "SelfAttention",
  shelf: "Convolution",
  summary: "Every pixel looks at all others of its image",
  equation: "y = x + \\gamma \\, h(x)\\, \\mathrm{softmax}(f(x)^\\top g(x))^\\top",
  lesson:
    "A convolution sees a small window; that a dog has four legs is not to be seen through one. Here each pixel asks (query), each pixel answers (key), and the pixels that answer best give their values, wherever they are. The factor γ starts at 0, so that the network first learns what is near. SAGAN has one in both networks at 32 or 64 pixels; the map of who looks at whom has (H·W)² numbers, which is why it does not stand at full resolution.",
  fields: {
    reduction: integer({
      default: 8,
      min: 1,
      max: 65536,
      help: "How many times fewer channels query and key have; at least one is left",
      brief: "named",
    }),
    spectral_norm: weightOptions.spectral_norm,
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  weights(params, [input]) {
    const [channels] = input.shape;
    const initial = fanUniform(channels);
    const start = { weight: { pytorch: initial, dcgan: normal(0, 0.02) }, bias: always(initial) };
    const convolutions = layoutsOf(params, input).flatMap(([name, layout]) =>
      declareWeights(optionsOf(params), layout, start, null).map((weight) => ({
        ...weight,
        name: `${name}.${weight.name}`,
      })),
    );
    return [...convolutions, { name: "gamma", shape: [1], trainable: true, init: always(constant(0)) }];
  },
  flops(params, [input]) {
    const [channels, height, width] = input.shape;
    const pixels = height * width;
    const few = fewer(params, input);
    return 2 * pixels * (channels * (2 * few + channels) + pixels * (few + channels)) + 2 * sizeOf(input);
  },
  arithmetic(params, [input], [output]) {
    const [channels, height, width] = input.shape;
    const few = fewer(params, input);
    return [
      line(
        "channels of query and key",
        "⌊C / reduction⌋, at least 1",
        `⌊${channels} / ${params.reduction}⌋`,
        grouped(few),
      ),
      line("map of attention", "(H·W)²", `(${height}·${width})²`, grouped((height * width) ** 2)),
      line("C", "C_in", grouped(channels), grouped(output.shape[0])),
      line(
        "parameters",
        "2·C·C_q + C·C + 1",
        `${product(2, channels, few)} + ${product(channels, channels)} + 1`,
        grouped(channels * (2 * few + channels) + 1),
      ),
    ];
  },
  twiceDifferentiable: true,
  lowering: {
    tfjs(context, params, [x], weights) {
      const { tf, ops, inputs } = context;
      const [channels, height, width] = inputs[0].shape;
      const rows: Tensor2D = tf.reshape(x, [-1, channels]);
      const [query, key, value] = layoutsOf(params, inputs[0]).map(([name, layout]): Tensor3D => {
        const own = ownWeights(name, weights);
        const weight = effectiveWeight(ownContext(context, name), optionsOf(params), layout, own);
        const y = ops.linear(rows, tf.reshape(weight, [layout.shape[0], channels]), null);
        return tf.reshape(y, [-1, height * width, layout.shape[0]]);
      });
      const attention = ops.softmax(tf.matMul<Tensor3D>(query, key, false, true));
      const seen = tf.reshape(tf.matMul<Tensor3D>(attention, value), x.shape);
      return tf.add(x, tf.mul(seen, weights.gamma));
    },
    onnx: {
      write(onnx, params, [x]) {
        const [input] = onnx.inputs;
        const [channels, height, width] = input.shape;
        const pixels = height * width;
        const [query, key, value] = layoutsOf(params, input).map(([name, layout]) => {
          const [out] = layout.shape;
          const weight = writeWeight(ownOnnx(onnx, name), optionsOf(params), layout);
          const conv = onnx.node("Conv", [x, weight], { kernel_shape: [1, 1] }, [out, height, width]);
          return onnx.node("Reshape", [conv, onnx.ints("pixels", [-1, out, pixels])], {}, [out, pixels]);
        });
        const perm = { perm: [0, 2, 1] };
        const asked = onnx.node("Transpose", [query], perm, [pixels, fewer(params, input)]);
        const energy = onnx.node("MatMul", [asked, key], {}, [pixels, pixels]);
        const attention = onnx.node("Softmax", [energy], { axis: -1 }, [pixels, pixels]);
        const turned = onnx.node("Transpose", [attention], perm, [pixels, pixels]);
        const seen = onnx.node("MatMul", [value, turned], {}, [channels, pixels]);
        const image = onnx.node("Reshape", [seen, onnx.ints("shape", [-1, channels, height, width])]);
        return onnx.node("Add", [x, onnx.node("Mul", [image, onnx.weight("gamma")])]);
      },
    },
    restore(params, [input], held) {
      const found = layoutsOf(params, input).flatMap(([name, layout]) => {
        const restored = restoreWeights(optionsOf(params), layout, (weight) => held(`${name}.${weight}`));
        return restored ? [{ name, ...restored }] : [];
      });
      const weights = found.flatMap(({ name, weights: own }) =>
        Object.entries(own).map(([weight, value]) => [`${name}.${weight}`, value] as const),
      );
      const instead = found.flatMap(({ name, instead: own }) => own.map((weight) => `${name}.${weight}`));
      return found.length > 0 ? { weights: Object.fromEntries(weights), instead } : null;
    },
    pytorch: {
      definition: `class SelfAttention(nn.Module):
    """Every pixel looks at all others (Zhang et al., 2019)."""

    def __init__(self, channels, reduction=8, spectral_norm=False):
        super().__init__()
        norm = nn.utils.spectral_norm if spectral_norm else lambda layer: layer
        few = max(1, channels // reduction)
        self.query_conv = norm(nn.Conv2d(channels, few, 1, bias=False))
        self.key_conv = norm(nn.Conv2d(channels, few, 1, bias=False))
        self.value_conv = norm(nn.Conv2d(channels, channels, 1, bias=False))
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        query, key, value = (conv(x).flatten(2) for conv in (self.query_conv, self.key_conv, self.value_conv))
        attention = torch.softmax(query.transpose(1, 2) @ key, dim=-1)
        return x + self.gamma * (value @ attention.transpose(1, 2)).reshape(x.shape)
`,
      module: ({ reduction, spectral_norm }, [{ shape }]) =>
        `SelfAttention(${shape[0]}${reduction === 8 ? "" : `, reduction=${reduction}`}${spectral_norm ? ", spectral_norm=True" : ""})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

interface Attention {
  readonly reduction: number;
  readonly spectral_norm: boolean;
}

const fewer = ({ reduction }: Attention, { shape: [channels] }: PortType): number =>
  Math.max(1, Math.floor(channels / reduction));

const optionsOf = ({ spectral_norm }: Attention): WeightOptions => ({ spectral_norm, equalized: null });

function layoutsOf(params: Attention, input: PortType): readonly (readonly [name: string, layout: WeightLayout])[] {
  const [channels] = input.shape;
  const few = fewer(params, input);
  const layout = (out: number) => ({ shape: [out, channels, 1, 1], outputs: 0, fanIn: channels });
  return [
    ["query_conv", layout(few)],
    ["key_conv", layout(few)],
    ["value_conv", layout(channels)],
  ];
}

/** "query_conv.weight" as "weight": what one of the three convolutions sees. */
const ownWeights = (name: string, weights: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([each, tensor]) =>
      each.startsWith(`${name}.`) ? [[each.slice(name.length + 1), tensor]] : [],
    ),
  );

const ownContext = (context: TfjsContext, name: string): TfjsContext => ({
  ...context,
  setBuffer: (buffer, value) => context.setBuffer(`${name}.${buffer}`, value),
});

const ownOnnx = (onnx: OnnxContext, name: string): OnnxContext => ({
  ...onnx,
  weight: (weight, options) => onnx.weight(`${name}.${weight}`, options),
  values: (weight) => onnx.values(`${name}.${weight}`),
  computed: (weight, ...rest) => onnx.computed(`${name}.${weight}`, ...rest),
});
