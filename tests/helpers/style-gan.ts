/** StyleGAN2 in small, as a document: a mapping network, synthesis by modulated convolutions, a critic; two latents are mixed. */
import type { GanDocument, Graph, NodeDeclaration } from "../../src/core/document/types.ts";
import type { ImageSet } from "../../src/datasets/types.ts";
import { draw } from "../../src/runtime/philox.ts";
import { documentWith, graph, node } from "./documents.ts";

/** PixelNorm and so many fully connected layers with the learning rate of a hundredth (Karras et al., 2019, section 2). */
export function mappingLayers(layers: number, features: number): NodeDeclaration[] {
  const layer = () => [
    node("Linear", { out_features: features, equalized: 0.01 }),
    node("LeakyReLU", { negative_slope: 0.2 }),
  ];
  return [node("PixelNorm"), ...Array.from({ length: layers }, layer).flat()];
}

/** z → w, with its mean. */
function mapping(layers: number, features: number): Graph {
  const inside = [...mappingLayers(layers, features), node("TrackMean")];
  const ids = ["z", ...inside.map((_, index) => `m${index}`), "w"];
  return graph(
    Object.fromEntries(ids.map((id, index) => [id, [node("Input"), ...inside, node("Output")][index]])),
    ...ids.slice(1).map((id, index) => `${ids[index]}.out > ${id}.in`),
  );
}

/** w1, w2 → an image: at 4 × 4, 8 × 8 and 16 × 16 a styled convolution and its part of the picture, which is added up. */
function synthesis(channels: number): Graph {
  const sizes = [4, 8, 16];
  const nodes: Record<string, NodeDeclaration> = {
    w1: node("Input"),
    w2: node("Input"),
    const: node("LearnedConstant", { channels }),
    image: node("Output"),
  };
  const edges = ["w1.out > const.in"];
  let [x, rgb] = ["const", ""];
  const styled = (id: string, kind: NodeDeclaration, position: number, input: string) => {
    nodes[`${id}.style`] = node("StyleMix", { position, layers: sizes.length });
    nodes[id] = kind;
    edges.push(`w1.out > ${id}.style.w1`, `w2.out > ${id}.style.w2`);
    edges.push(`${input}.out > ${id}.in`, `${id}.style.out > ${id}.style`);
  };
  const then = (id: string, kind: NodeDeclaration, ...inputs: readonly string[]) => {
    nodes[id] = kind;
    edges.push(...inputs.map((input, port) => `${input}.out > ${id}.in${inputs.length > 1 ? `.${port}` : ""}`));
    return id;
  };
  sizes.forEach((size, position) => {
    if (position > 0) x = then(`up${size}`, node("Upsample", { mode: "bilinear" }), x);
    styled(`conv${size}`, node("ModulatedConv2d", { out_channels: channels }), position, x);
    const noise = then(`noise${size}`, node("NoiseInjection", { per_channel: false }), `conv${size}`);
    x = then(`act${size}`, node("LeakyReLU", { negative_slope: 0.2 }), noise);
    styled(`rgb${size}`, node("ModulatedConv2d", { out_channels: 1, kernel_size: 1, demodulate: false }), position, x);
    if (rgb === "") rgb = `rgb${size}`;
    else
      rgb = then(
        `sum${size}`,
        node("Add"),
        then(`grown${size}`, node("Upsample", { mode: "bilinear" }), rgb),
        `rgb${size}`,
      );
  });
  edges.push(`${rgb}.out > image.in`);
  return { nodes, edges: graph({}, ...edges).edges };
}

const critic: Graph = graph(
  {
    image: node("Input"),
    c1: node("Conv2d", { out_channels: 6, equalized: 1 }),
    a1: node("LeakyReLU", { negative_slope: 0.2 }),
    c2: node("Conv2d", { out_channels: 8, equalized: 1 }),
    a2: node("LeakyReLU", { negative_slope: 0.2 }),
    flat: node("Flatten"),
    fc: node("Linear", { out_features: 1, equalized: 1 }),
    score: node("Output"),
  },
  "image.out > c1.in",
  "c1.out > a1.in",
  "a1.out > c2.in",
  "c2.out > a2.in",
  "a2.out > flat.in",
  "flat.out > fc.in",
  "fc.out > score.in",
);

/** Trained on the images [1, 16, 16] of the data set "squares". */
export const styleGan = (features = 12, channels = 8): GanDocument =>
  documentWith({
    networks: { mapping: mapping(2, features), synthesis: synthesis(channels), critic },
    training: {
      batch: 4,
      iterations: 4,
      seed: 5,
      ...graph(
        {
          data: node("Dataset", { name: "squares" }),
          z1: node("Noise", { features }),
          z2: node("Noise", { features }),
          map1: node("Network", { network: "mapping" }),
          map2: node("Network", { network: "mapping" }),
          fake: node("Network", { network: "synthesis", sample: true }),
          real_score: node("Network", { network: "critic" }),
          fake_score: node("Network", { network: "critic" }),
          d_loss: node("GANLoss", { role: "discriminator" }),
          g_loss: node("GANLoss", { role: "generator" }),
          d_opt: node("Optimizer", { trains: ["critic"], lr: 0.002, betas: [0, 0.99] }),
          g_opt: node("Optimizer", {
            trains: ["mapping", "synthesis"],
            lr: 0.002,
            betas: [0, 0.99],
            ema: { decay: 0.9 },
          }),
        },
        "z1.out > map1.z",
        "z2.out > map2.z",
        "map1.w > fake.w1",
        "map2.w > fake.w2",
        "data.out > real_score.image",
        "fake.image > fake_score.image",
        "real_score.score > d_loss.real",
        "fake_score.score > d_loss.fake",
        "fake_score.score > g_loss.fake",
        "d_loss.out > d_opt.loss",
        "g_loss.out > g_opt.loss",
      ),
    },
  });

/** Images [1, 16, 16] of noise. */
export const squares = (count = 12): ImageSet => ({
  name: "squares",
  title: "Squares",
  count,
  item: { type: "image", shape: [1, 16, 16] },
  data: Uint8Array.from(draw(1, "squares", { iteration: 0 }).integers(count * 256, 256)),
  licence: "none",
  source: "test",
});
