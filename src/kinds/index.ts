/** The vocabulary: every node kind there is. A new kind is one file and one line here. */
import { vocabularyOf, type BlockKind, type BoundaryKind, type CallKind, type NodeKind } from "../core/kind/kind.ts";
import type { Function, Layer, Sink, Source } from "./lowering.ts";
import { AdaIN } from "./network/AdaIN.ts";
import { AdaptiveAvgPool2d } from "./network/AdaptiveAvgPool2d.ts";
import { Add } from "./network/Add.ts";
import { AvgPool2d } from "./network/AvgPool2d.ts";
import { BatchNorm1d } from "./network/BatchNorm1d.ts";
import { BatchNorm2d } from "./network/BatchNorm2d.ts";
import { Block } from "./network/Block.ts";
import { Blur } from "./network/Blur.ts";
import { Clip } from "./network/Clip.ts";
import { Concat } from "./network/Concat.ts";
import { Conv2d } from "./network/Conv2d.ts";
import { ConvTranspose2d } from "./network/ConvTranspose2d.ts";
import { Divide } from "./network/Divide.ts";
import { Dropout } from "./network/Dropout.ts";
import { ELU } from "./network/ELU.ts";
import { Embedding } from "./network/Embedding.ts";
import { Exp } from "./network/Exp.ts";
import { FadeIn } from "./network/FadeIn.ts";
import { Flatten } from "./network/Flatten.ts";
import { GaussianNoise } from "./network/GaussianNoise.ts";
import { GELU } from "./network/GELU.ts";
import { GroupNorm } from "./network/GroupNorm.ts";
import { Input } from "./network/Input.ts";
import { InstanceNorm2d } from "./network/InstanceNorm2d.ts";
import { LayerNorm } from "./network/LayerNorm.ts";
import { LeakyReLU } from "./network/LeakyReLU.ts";
import { LearnedConstant } from "./network/LearnedConstant.ts";
import { Linear } from "./network/Linear.ts";
import { Log } from "./network/Log.ts";
import { MaskedConv2d } from "./network/MaskedConv2d.ts";
import { MaskedLinear } from "./network/MaskedLinear.ts";
import { Maxout } from "./network/Maxout.ts";
import { MaxPool2d } from "./network/MaxPool2d.ts";
import { MinibatchDiscrimination } from "./network/MinibatchDiscrimination.ts";
import { MinibatchStdDev } from "./network/MinibatchStdDev.ts";
import { ModulatedConv2d } from "./network/ModulatedConv2d.ts";
import { Multiply } from "./network/Multiply.ts";
import { NoiseInjection } from "./network/NoiseInjection.ts";
import { OneHot } from "./network/OneHot.ts";
import { Output } from "./network/Output.ts";
import { Pack } from "./network/Pack.ts";
import { PixelNorm } from "./network/PixelNorm.ts";
import { PixelShuffle } from "./network/PixelShuffle.ts";
import { Power } from "./network/Power.ts";
import { PReLU } from "./network/PReLU.ts";
import { Reduce as NetworkReduce } from "./network/Reduce.ts";
import { ReflectionPad2d } from "./network/ReflectionPad2d.ts";
import { ReLU } from "./network/ReLU.ts";
import { ReplicationPad2d } from "./network/ReplicationPad2d.ts";
import { Reshape } from "./network/Reshape.ts";
import { SelfAttention } from "./network/SelfAttention.ts";
import { SELU } from "./network/SELU.ts";
import { Shift } from "./network/Shift.ts";
import { Sigmoid } from "./network/Sigmoid.ts";
import { SiLU } from "./network/SiLU.ts";
import { Slice } from "./network/Slice.ts";
import { Softmax } from "./network/Softmax.ts";
import { Softplus } from "./network/Softplus.ts";
import { Split } from "./network/Split.ts";
import { Sqrt } from "./network/Sqrt.ts";
import { StyleMix } from "./network/StyleMix.ts";
import { Subtract } from "./network/Subtract.ts";
import { Tanh } from "./network/Tanh.ts";
import { TrackMean } from "./network/TrackMean.ts";
import { Transpose } from "./network/Transpose.ts";
import { Upsample } from "./network/Upsample.ts";
import { ZeroPad2d } from "./network/ZeroPad2d.ts";
import { Augment } from "./training/Augment.ts";
import { Concat as TrainingConcat } from "./training/Concat.ts";
import { Constant } from "./training/Constant.ts";
import { Downsample } from "./training/Downsample.ts";
import { ImagePool } from "./training/ImagePool.ts";
import { Interpolate } from "./training/Interpolate.ts";
import { OneHot as TrainingOneHot } from "./training/OneHot.ts";
import { RandomLabel } from "./training/RandomLabel.ts";
import { Reduce } from "./training/Reduce.ts";
import { Reparameterize } from "./training/Reparameterize.ts";
import { Shuffle } from "./training/Shuffle.ts";
import { BCELoss } from "./training/BCELoss.ts";
import { BCEWithLogitsLoss } from "./training/BCEWithLogitsLoss.ts";
import { CrossEntropyLoss } from "./training/CrossEntropyLoss.ts";
import { Dataset } from "./training/Dataset.ts";
import { FeatureMatching } from "./training/FeatureMatching.ts";
import { GANLoss } from "./training/GANLoss.ts";
import { GaussianNLLLoss } from "./training/GaussianNLLLoss.ts";
import { GradientPenalty } from "./training/GradientPenalty.ts";
import { KLDivergence } from "./training/KLDivergence.ts";
import { L1Loss } from "./training/L1Loss.ts";
import { MSELoss } from "./training/MSELoss.ts";
import { Network } from "./training/Network.ts";
import { Noise } from "./training/Noise.ts";
import { Optimizer } from "./training/Optimizer.ts";
import { WeightedSum } from "./training/WeightedSum.ts";

type Kind = Layer | BoundaryKind | BlockKind | Source | CallKind | Function | Sink;

// prettier-ignore
export const kinds: readonly Kind[] = [
  Input, Output, Block,
  Linear, MaskedLinear, Maxout, Embedding,
  Conv2d, ConvTranspose2d, MaskedConv2d, SelfAttention,
  AvgPool2d, MaxPool2d, AdaptiveAvgPool2d, NetworkReduce,
  BatchNorm1d, BatchNorm2d, InstanceNorm2d, LayerNorm, GroupNorm, PixelNorm, MinibatchStdDev,
  ReLU, LeakyReLU, PReLU, Tanh, Sigmoid, ELU, SELU, SiLU, Softplus, GELU, Softmax,
  Dropout, GaussianNoise, MinibatchDiscrimination, Pack,
  Blur, LearnedConstant, AdaIN, ModulatedConv2d, NoiseInjection, StyleMix, TrackMean, FadeIn,
  Flatten, Reshape, Slice, Transpose, OneHot, Upsample, ZeroPad2d, ReflectionPad2d, ReplicationPad2d, PixelShuffle,
  Concat, Add, Subtract, Multiply, Divide, Shift, Split, Exp, Log, Sqrt, Power, Clip,
  Dataset, Noise, RandomLabel, Constant,
  Network,
  BCELoss, BCEWithLogitsLoss, GANLoss, GradientPenalty, FeatureMatching,
  CrossEntropyLoss, MSELoss, L1Loss, GaussianNLLLoss, KLDivergence,
  TrainingConcat, TrainingOneHot, Shuffle, Interpolate, Downsample, ImagePool, Augment, Reparameterize, Reduce,
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
