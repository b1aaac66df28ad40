/**
 * Weights as a kind declares them. Shapes and names are PyTorch's; a target that lays tensors out differently says so
 * here once (`tfjs`), so that every conversion between the neutral store and a target is derived.
 */

/** How one weight starts, fully resolved: plain data that a Program can print. */
export type Initializer =
  | { readonly type: "constant"; readonly value: number }
  | { readonly type: "uniform"; readonly low: number; readonly high: number }
  | { readonly type: "normal"; readonly mean: number; readonly std: number }
  /** A direction: standard normal numbers divided by their length, as spectral norm begins. */
  | { readonly type: "unit" };

/** The two habits of the field: PyTorch's defaults, and N(0, 0.02) as in the DCGAN paper. A network picks one. */
export const initSchemes = ["pytorch", "dcgan"] as const;
export type InitScheme = (typeof initSchemes)[number];

export interface WeightSpec {
  /** PyTorch's parameter or buffer name: "weight", "bias", "running_mean". */
  readonly name: string;
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
  /** False for buffers: state that a training pass changes and no optimizer touches. */
  readonly trainable: boolean;
  readonly init: Readonly<Record<InitScheme, Initializer>>;
  /** Axis i of the tfjs tensor is axis tfjs[i] of the PyTorch one; left out where the layouts agree. */
  readonly tfjs?: readonly number[];
}

export const constant = (value: number): Initializer => ({ type: "constant", value });
export const unit: Initializer = { type: "unit" };
export const normal = (mean: number, std: number): Initializer => ({ type: "normal", mean, std });

/** U(−1/√fan, 1/√fan): what kaiming_uniform_(a=√5) comes to in torch.nn.Linear and the convolutions. */
export const fanUniform = (fan: number): Initializer => {
  const bound = fan > 0 ? 1 / Math.sqrt(fan) : 0;
  return { type: "uniform", low: -bound, high: bound };
};

/** The same start under both schemes. */
export const always = (init: Initializer): Record<InitScheme, Initializer> => ({ pytorch: init, dcgan: init });
