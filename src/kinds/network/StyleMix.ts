import { line, sameShape } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { integer, number } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import type { RandomStream } from "../../runtime/philox.ts";
import { layer } from "../lowering.ts";
import { unequal } from "../unequal.ts";

/** The random numbers that all of a network's StyleMix nodes take their crossover from. */
const stream = "style mixing";

export const StyleMix = layer({
  name: "StyleMix",
  title: "StyleMix",
  shelf: "Style",
  summary: "One style up to a random layer, another from there on",
  equation: "w^{(l)} = \\begin{cases} w_1 & l < k \\\\ w_2 & l \\ge k \\end{cases}",
  lesson:
    "StyleGAN's mixing regularization: with some probability a sample gets the style of one latent in its first layers and that of another in the rest, so that neighbouring layers cannot rely on each other's styles. Put one StyleMix before each layer that takes a style, with the same two styles and its own position: all of them change over at the same random layer. When sampling, every layer gets the first style.",
  fields: {
    position: integer({ default: 1, min: 0, max: 1023, help: "Which layer's style this is, 0 first", brief: "named" }),
    layers: integer({ default: 8, min: 2, max: 1024, help: "How many layers of the network take a style" }),
    probability: number({ default: 0.9, min: 0, max: 1, help: "How often a sample's styles are mixed" }),
  },
  inputs: [
    { name: "w1", types: ["vector"], help: "The style of the first layers [S]" },
    { name: "w2", types: ["vector"], help: "The style of the rest [S]" },
  ],
  outputs: [{ name: "out", types: ["vector"], help: "This layer's style [S]" }],
  infer({ position, layers }, inputs) {
    const different = unequal(inputs);
    if (different) return different;
    if (position < layers) return [inputs[0]];
    return {
      misfit: "param-value",
      param: "position",
      facts: { param: "position", found: String(position), wanted: `below layers, which is ${layers}` },
      mend: { param: "layers", value: position + 1 },
    };
  },
  flops: (_, [input]) => 3 * sizeOf(input),
  arithmetic: ({ position, layers, probability }, [input]) => [
    line("crossover k", "1 … layers − 1, each as often", `1 … ${layers} − 1`, `1 … ${layers - 1}`),
    line(
      "how often w₂ comes out",
      "probability·position / (layers − 1)",
      `${exact(probability)}·${position} / (${layers} − 1)`,
      rounded((probability * position) / (layers - 1)),
    ),
    sameShape(input),
  ],
  twiceDifferentiable: true,
  lowering: {
    drawsNumbers: true,
    tfjs({ tf, training, drawn }, { position, layers, probability }, [w1, w2]) {
      if (!training) return w1.clone();
      const [batch] = w1.shape;
      const second = (random: RandomStream, rows: number) => {
        const mixed = random.uniform(rows);
        const crossover = random.integers(rows, layers - 1);
        return mixed.map((u, row) => (u < probability && position >= crossover[row] + 1 ? 1 : 0));
      };
      const share = drawn([batch, 1], second, { shared: stream });
      return tf.add(tf.mul(w1, tf.sub(1, share)), tf.mul(w2, share));
    },
    onnx: { write: (_onnx, _params, [w1]) => w1 },
    pytorch: {
      definition: `class StyleMix(nn.Module):
    def __init__(self, position, layers, probability):
        super().__init__()
        self.position, self.layers, self.probability = position, layers, probability

    def forward(self, w1, w2):
        if not self.training:
            return w1
        if not hasattr(w2, "crossover"):  # one draw for all layers that are given this w2
            mixed = torch.rand(len(w2), device=w2.device) < self.probability
            crossover = torch.randint(1, self.layers, (len(w2),), device=w2.device)
            w2.crossover = torch.where(mixed, crossover, torch.full_like(crossover, self.layers))
        return torch.where((w2.crossover <= self.position)[:, None], w2, w1)
`,
      module: ({ position, layers, probability }) => `StyleMix(${position}, ${layers}, ${probability})`,
      forward: (self, [w1, w2]) => `${self}(${w1}, ${w2})`,
    },
  },
});
