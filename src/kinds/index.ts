/** The vocabulary: every node kind there is. A new kind is one file and one line here. */
import { vocabularyOf, type BlockKind, type BoundaryKind, type CallKind, type NodeKind } from "../core/kind/kind.ts";
import type { Function, Layer, Sink, Source } from "./lowering.ts";
import { Add } from "./network/Add.ts";
import { BatchNorm1d } from "./network/BatchNorm1d.ts";
import { BatchNorm2d } from "./network/BatchNorm2d.ts";
import { Block } from "./network/Block.ts";
import { Concat } from "./network/Concat.ts";
import { Conv2d } from "./network/Conv2d.ts";
import { ConvTranspose2d } from "./network/ConvTranspose2d.ts";
import { Divide } from "./network/Divide.ts";
import { Dropout } from "./network/Dropout.ts";
import { ELU } from "./network/ELU.ts";
import { FadeIn } from "./network/FadeIn.ts";
import { Flatten } from "./network/Flatten.ts";
import { Input } from "./network/Input.ts";
import { LayerNorm } from "./network/LayerNorm.ts";
import { LeakyReLU } from "./network/LeakyReLU.ts";
import { LearnedConstant } from "./network/LearnedConstant.ts";
import { Linear } from "./network/Linear.ts";
import { ModulatedConv2d } from "./network/ModulatedConv2d.ts";
import { Multiply } from "./network/Multiply.ts";
import { NoiseInjection } from "./network/NoiseInjection.ts";
import { Output } from "./network/Output.ts";
import { PReLU } from "./network/PReLU.ts";
import { ReflectionPad2d } from "./network/ReflectionPad2d.ts";
import { ReLU } from "./network/ReLU.ts";
import { Reshape } from "./network/Reshape.ts";
import { SELU } from "./network/SELU.ts";
import { Shift } from "./network/Shift.ts";
import { Sigmoid } from "./network/Sigmoid.ts";
import { SiLU } from "./network/SiLU.ts";
import { Softplus } from "./network/Softplus.ts";
import { StyleMix } from "./network/StyleMix.ts";
import { Subtract } from "./network/Subtract.ts";
import { Tanh } from "./network/Tanh.ts";
import { TrackMean } from "./network/TrackMean.ts";
import { Upsample } from "./network/Upsample.ts";
import { ZeroPad2d } from "./network/ZeroPad2d.ts";
import { BCELoss } from "./training/BCELoss.ts";
import { BCEWithLogitsLoss } from "./training/BCEWithLogitsLoss.ts";
import { Dataset } from "./training/Dataset.ts";
import { GANLoss } from "./training/GANLoss.ts";
import { Network } from "./training/Network.ts";
import { Noise } from "./training/Noise.ts";
import { Optimizer } from "./training/Optimizer.ts";
import { WeightedSum } from "./training/WeightedSum.ts";

type Kind = Layer | BoundaryKind | BlockKind | Source | CallKind | Function | Sink;

// prettier-ignore
export const kinds: readonly Kind[] = [
  Input, Output, Block,
  Linear,
  Conv2d, ConvTranspose2d,
  BatchNorm1d, BatchNorm2d, LayerNorm,
  ReLU, LeakyReLU, PReLU, Tanh, Sigmoid, ELU, SELU, SiLU, Softplus,
  Dropout,
  LearnedConstant, ModulatedConv2d, NoiseInjection, StyleMix, TrackMean, FadeIn,
  Flatten, Reshape, Upsample, ZeroPad2d, ReflectionPad2d,
  Concat, Add, Subtract, Multiply, Divide, Shift,
  Dataset, Noise,
  Network,
  BCELoss, BCEWithLogitsLoss, GANLoss,
  WeightedSum,
  Optimizer,
];

export const vocabulary = vocabularyOf(kinds as readonly NodeKind[]);

const named = <K extends Kind>(role: K["role"]): ReadonlyMap<string, K> =>
  new Map(kinds.filter((kind): kind is K => kind.role === role).map((kind) => [kind.name, kind]));

/** The kinds that targets lower, by name. */
export const layers = named<Layer>("layer");
export const sources = named<Source>("source");
export const functions = named<Function>("function");
export const sinks = named<Sink>("sink");

/** The kind of an instruction. Throws where there is none: a Program holds only kinds that were analyzed. */
export function kindOf<K>(shelf: ReadonlyMap<string, K>, name: string): K {
  const kind = shelf.get(name);
  if (!kind) throw new Error(`the program names a kind "${name}" that does not exist`);
  return kind;
}
