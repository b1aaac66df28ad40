import { example, line, sameShape } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

export const TrackMean = layer({
  name: "TrackMean",
  title: "TrackMean",
  shelf: "Style",
  summary: "Remembers the mean style, and pulls samples towards it",
  equation: "w' = \\bar w + \\psi\\,(w - \\bar w)",
  lesson:
    "StyleGAN's truncation trick. Styles far from the mean are rare in training and often look bad. While training, this passes styles on and keeps their running mean; when sampling, each goes the part ψ of the way from that mean: 1 leaves it where it is, 0.7 gives safer and less varied pictures, 0 the average picture. Put it at the end of the mapping network. The option --truncation of sample sets another ψ for one picture.",
  fields: {
    decay: number({
      default: 0.995,
      min: 0,
      max: 1,
      help: "How much of the old mean stays at each batch; StyleGAN2 has 0.998",
    }),
    psi: number({
      default: 1,
      help: "ψ: what is left of the distance from the mean in samples and exports",
      brief: "named",
    }),
  },
  inputs: [{ name: "in", types: ["vector"], help: "Styles [S]" }],
  outputs: [{ name: "out", types: ["vector"], help: "The same shape" }],
  infer: (_, [input]) => [input],
  weights: (_, [{ shape }]) => [{ name: "mean", shape, trainable: false, init: always(constant(0)) }],
  flops: (_, [input]) => 3 * sizeOf(input),
  arithmetic: ({ decay, psi }, [input]) => [
    line("mean", "decay·old + (1 − decay)·batch", `${exact(decay)}·0 + (1 − ${exact(decay)})·1`, rounded(1 - decay)),
    example("w′", "mean + ψ·(w − mean)", { w: 3, mean: 1, ψ: psi }, 1 + psi * 2),
    sameShape(input),
  ],
  needsWholeBatch: () => true, // the mean that is kept is that of all samples
  twiceDifferentiable: true,
  lowering: {
    truncates: true,
    tfjs({ tf, training, truncation, setBuffer }, { decay, psi }, [w], { mean }) {
      if (training) {
        setBuffer("mean", tf.add(tf.mul(mean, decay), tf.mul(tf.mean(w, 0), 1 - decay)));
        return w.clone();
      }
      const part = truncation ?? psi;
      return part === 1 ? w.clone() : tf.add(mean, tf.mul(tf.sub(w, mean), part));
    },
    onnx: {
      write(onnx, { psi }, [w]) {
        const away = onnx.node("Sub", [w, onnx.weight("mean")]);
        return onnx.node("Add", [onnx.node("Mul", [away, onnx.floats("psi", psi)]), onnx.weight("mean")]);
      },
    },
    pytorch: {
      definition: `class TrackMean(nn.Module):
    def __init__(self, features, decay, psi):
        super().__init__()
        self.decay, self.psi = decay, psi
        self.register_buffer("mean", torch.zeros(features))

    def forward(self, w):
        if self.training:
            self.mean.copy_(self.mean * self.decay + w.detach().mean(0) * (1 - self.decay))
            return w
        return self.mean + self.psi * (w - self.mean)
`,
      module: ({ decay, psi }, [{ shape }]) => `TrackMean(${shape[0]}, ${decay}, ${psi})`,
      forward: (self, [w]) => `${self}(${w})`,
    },
  },
});
