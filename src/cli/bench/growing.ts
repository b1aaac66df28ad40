/** A small GAN whose width, depth and image can be chosen, to see how the time of a training step grows with each. */
import {
  currentFormat,
  type EdgeDeclaration,
  type GanDocument,
  type NodeDeclaration,
} from "../../core/document/types.ts";

export interface GanSize {
  /** Channels of every hidden layer. */
  readonly width: number;
  /** 3×3 convolutions at a quarter of the image's height in each network. */
  readonly depth: number;
  /** Height and width of the image, a multiple of 4. */
  readonly image: number;
}

/** Convolutions on both sides, halved twice and doubled twice, without normalization; on generated grey images. */
export function sizedGan({ width, depth, image }: GanSize): GanDocument {
  const quarter = image / 4;
  const middle = (activation: string): Layer[] =>
    Array.from({ length: depth }, (_, at): Layer[] => [
      [`middle.${at}.conv`, "Conv2d", { out_channels: width, kernel_size: 3, stride: 1, padding: 1 }],
      [`middle.${at}.act`, activation],
    ]).flat();
  const twice = (kind: string, out_channels: number) =>
    [kind, { out_channels, kernel_size: 4, stride: 2, padding: 1 }] as const;
  return {
    format: currentFormat,
    name: `GAN of width ${width} and depth ${depth} on ${image}×${image}`,
    networks: {
      generator: row("z", "image", [
        ["fc", "Linear", { out_features: width * quarter ** 2 }],
        ["view", "Reshape", { shape: [width, quarter, quarter] }],
        ...middle("ReLU"),
        ["up1", ...twice("ConvTranspose2d", width)],
        ["act", "ReLU"],
        ["up2", ...twice("ConvTranspose2d", 1)],
        ["tanh", "Tanh"],
      ]),
      discriminator: row("image", "score", [
        ["down1", ...twice("Conv2d", width)],
        ["act1", "LeakyReLU"],
        ["down2", ...twice("Conv2d", width)],
        ["act2", "LeakyReLU"],
        ...middle("LeakyReLU"),
        ["flat", "Flatten"],
        ["fc", "Linear", { out_features: 1 }],
      ]),
    },
    blocks: {},
    training: training(image),
    layout: {},
  };
}

type Layer = readonly [id: string, kind: string, params?: Readonly<Record<string, unknown>>];

/** A network of layers one after another. */
function row(from: string, to: string, layers: readonly Layer[]) {
  const all: readonly Layer[] = [[from, "Input"], ...layers, [to, "Output"]];
  const nodes = Object.fromEntries(all.map(([id, kind, params]): [string, NodeDeclaration] => [id, { kind, ...(params && { params }) }])); // prettier-ignore
  return { nodes, edges: all.slice(1).map(([id], at) => wire(`${all[at][0]}.out`, `${id}.in`)) };
}

const wire = (from: string, to: string): EdgeDeclaration => ({ from, to });

const training = (image: number): GanDocument["training"] => ({
  nodes: {
    data: { kind: "Dataset", params: { name: `generated/1x${image}x${image}`, range: [-1, 1] } },
    z: { kind: "Noise", params: { features: 64 } },
    fake: { kind: "Network", params: { network: "generator", sample: true } },
    real_score: { kind: "Network", params: { network: "discriminator" } },
    fake_score: { kind: "Network", params: { network: "discriminator" } },
    d_loss: { kind: "GANLoss", params: { role: "discriminator", objective: "non-saturating" } },
    g_loss: { kind: "GANLoss", params: { role: "generator", objective: "non-saturating" } },
    d_opt: { kind: "Optimizer", params: { trains: ["discriminator"] } },
    g_opt: { kind: "Optimizer", params: { trains: ["generator"] } },
  },
  edges: [
    wire("z.out", "fake.z"),
    wire("data.out", "real_score.image"),
    wire("fake.image", "fake_score.image"),
    wire("real_score.score", "d_loss.real"),
    wire("fake_score.score", "d_loss.fake"),
    wire("fake_score.score", "g_loss.fake"),
    wire("d_loss.out", "d_opt.loss"),
    wire("g_loss.out", "g_opt.loss"),
  ],
});
