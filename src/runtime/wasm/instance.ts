// The compiled kernels as seen from TypeScript: what they export, and how they come to life on tfjs's memory.

export type KernelVariant = "simd" | "relaxed";

/** See assembly/index.ts for the conventions: addresses in bytes, counts in elements, everything float32. */
export interface KernelExports {
  matMulScratch(): number;
  matMul(
    a: number,
    b: number,
    c: number,
    M: number,
    N: number,
    K: number,
    transposeA: boolean,
    transposeB: boolean,
    scratch: number,
  ): void;
  convolveScratch(geometry: number, temporary: number): number;
  convolve(x: number, filter: number, y: number, geometry: number, scratch: number): void;
  filterGradientScratch(geometry: number, temporary: number): number;
  filterGradient(x: number, dy: number, gradient: number, geometry: number, scratch: number): void;
  inputGradientScratch(geometry: number): number;
  inputGradient(dy: number, filter: number, dx: number, geometry: number, scratch: number): void;
  groupedConvolveScratch(geometry: number, groups: number, temporary: number): number;
  groupedConvolve(x: number, filter: number, y: number, geometry: number, groups: number, scratch: number): void;
  groupedInputGradientScratch(geometry: number, groups: number, temporary: number): number;
  groupedInputGradient(dy: number, filter: number, dx: number, geometry: number, groups: number, scratch: number): void;
  groupedFilterGradientScratch(geometry: number, groups: number, temporary: number): number;
  groupedFilterGradient(x: number, dy: number, dw: number, geometry: number, groups: number, scratch: number): void;
  sumMiddleScratch(inner: number): number;
  sumMiddle(x: number, y: number, outer: number, count: number, inner: number, scale: number, scratch: number): void;
  repeat(x: number, y: number, outer: number, times: number, inner: number): void;
  addSegments(x: number, ids: number, y: number, rows: number, segments: number, inner: number): void;
  normalizeScratch(channels: number): number;
  normalize(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    mean: number,
    variance: number,
    kept: number,
    rows: number,
    channels: number,
    epsilon: number,
    leak: number,
    scratch: number,
  ): void;
  normalizeGradient(
    x: number,
    dy: number,
    kept: number,
    dx: number,
    dgamma: number,
    dbeta: number,
    rows: number,
    channels: number,
    leak: number,
    scratch: number,
  ): void;
  moments(x: number, mean: number, variance: number, rows: number, channels: number, scratch: number): void;
  normalizeBy(
    x: number,
    gamma: number,
    beta: number,
    mean: number,
    rstd: number,
    y: number,
    leak: number,
    rows: number,
    channels: number,
    scratch: number,
  ): void;
  gradientSums(
    x: number,
    dy: number,
    gamma: number,
    beta: number,
    mean: number,
    rstd: number,
    leak: number,
    dgamma: number,
    dbeta: number,
    rows: number,
    channels: number,
    scratch: number,
  ): void;
  gradientBy(
    x: number,
    dy: number,
    gamma: number,
    beta: number,
    mean: number,
    rstd: number,
    dgamma: number,
    dbeta: number,
    all: number,
    leak: number,
    dx: number,
    rows: number,
    channels: number,
    scratch: number,
  ): void;
  addBiasScratch(channels: number): number;
  addBias(x: number, bias: number, y: number, rows: number, channels: number, leak: number, scratch: number): void;
  addBiasGradient(
    y: number,
    dy: number,
    dx: number,
    dbias: number,
    rows: number,
    channels: number,
    leak: number,
    scratch: number,
  ): void;
  leakyRelu(x: number, y: number, n: number, slope: number): void;
  leakyReluGradient(x: number, dy: number, dx: number, n: number, slope: number): void;
  tanhGradient(y: number, dy: number, dx: number, n: number): void;
  sigmoidGradient(y: number, dy: number, dx: number, n: number): void;
  adam(
    parameter: number,
    m: number,
    v: number,
    gradient: number,
    newParameter: number,
    newM: number,
    newV: number,
    n: number,
    step: number,
  ): void;
  weightedSum(a: number, b: number, y: number, n: number, first: number, second: number): void;
  transposePlanes(
    x: number,
    y: number,
    I: number,
    xI: number,
    yI: number,
    J: number,
    xJ: number,
    yJ: number,
    P: number,
    yP: number,
    Q: number,
    xQ: number,
  ): void;
  permuteRuns(
    x: number,
    y: number,
    I: number,
    xI: number,
    J: number,
    xJ: number,
    K: number,
    xK: number,
    R: number,
  ): void;
  moveRuns(
    x: number,
    y: number,
    I: number,
    xI: number,
    yI: number,
    J: number,
    xJ: number,
    yJ: number,
    K: number,
    xK: number,
    yK: number,
    R: number,
  ): void;
  fill(y: number, n: number, value: number): void;
  separableScratch(width: number, channels: number): number;
  separable(
    x: number,
    y: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    tall: number,
    rows: number,
    wide: number,
    columns: number,
    scratch: number,
  ): void;
  maxPool(x: number, y: number, geometry: number): void;
  maxPoolGradient(x: number, dy: number, dx: number, geometry: number): void;
  groupNormScratch(channels: number): number;
  groupNorm(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    mean: number,
    rstd: number,
    samples: number,
    pixels: number,
    channels: number,
    groups: number,
    step: number,
    epsilon: number,
    leak: number,
    scratch: number,
  ): void;
  groupNormGradient(
    x: number,
    dy: number,
    gamma: number,
    beta: number,
    mean: number,
    rstd: number,
    dx: number,
    dgamma: number,
    dbeta: number,
    samples: number,
    pixels: number,
    channels: number,
    groups: number,
    step: number,
    leak: number,
    scratch: number,
  ): void;
  rowNorm(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    mean: number,
    rstd: number,
    rows: number,
    size: number,
    epsilon: number,
  ): void;
  rowNormGradient(
    x: number,
    dy: number,
    gamma: number,
    mean: number,
    rstd: number,
    dx: number,
    dgamma: number,
    dbeta: number,
    rows: number,
    size: number,
  ): void;
  pixelShuffle(
    x: number,
    y: number,
    rows: number,
    width: number,
    channels: number,
    factor: number,
    inverse: boolean,
  ): void;
  exp: Pointwise;
  tanh: Pointwise;
  erf: Pointwise;
  softplus: Pointwise;
  elu: Pointwise;
  silu: Pointwise;
  gelu: Pointwise;
  geluByTanh: Pointwise;
  clip: Pointwise;
  eluGradient: PointwiseGradient;
  siluGradient: PointwiseGradient;
  geluGradient: PointwiseGradient;
  geluByTanhGradient: PointwiseGradient;
  clipGradient: PointwiseGradient;
  preluScratch(channels: number): number;
  prelu(x: number, slopes: number, y: number, rows: number, channels: number, scratch: number): void;
  preluGradient(
    x: number,
    slopes: number,
    dy: number,
    dx: number,
    dslopes: number,
    rows: number,
    channels: number,
    scratch: number,
  ): void;
  sumOfValue: TermSum;
  slopeOfValue: TermSlope;
  sumOfLogits: TermSum;
  slopeOfLogits: TermSlope;
  sumOfProbability: TermSum;
  slopeOfProbability: TermSlope;
  sumOfSquare: TermSum;
  slopeOfSquare: TermSlope;
  sumOfDistance: TermSum;
  slopeOfDistance: TermSlope;
  sumOfHinge: TermSum;
  slopeOfHinge: TermSlope;
  moveTowards(x: number, now: number, y: number, channels: number, keep: number, factor: number, weight: number): void;
  softmaxGradient(y: number, dy: number, dx: number, rows: number, size: number): void;
}

/** A function of n values and two parameters of its own. */
export type Pointwise = (x: number, y: number, n: number, a: number, b: number) => void;
export type PointwiseGradient = (x: number, dy: number, dx: number, n: number, a: number, b: number) => void;

/** Σ of a function of n values and t, and its slopes times a scale. */
export type TermSum = (x: number, n: number, t: number) => number;
export type TermSlope = (x: number, dx: number, n: number, t: number, scale: number) => void;

/** Whether this engine accepts the relaxed module. (Node 20 wants --experimental-wasm-relaxed-simd.) */
export function supportsRelaxedSimd(relaxed: Uint8Array): boolean {
  return WebAssembly.validate(relaxed as BufferSource);
}

/** Compiles the module against `memory`. Throws where the engine lacks what the variant needs. */
export async function instantiate(
  bytes: Uint8Array,
  memory: WebAssembly.Memory | undefined,
  variant: KernelVariant,
): Promise<KernelExports> {
  if (!memory) {
    throw new Error("tfjs's wasm build exports no memory: call useSingleThread(tf) before tf.setBackend('wasm').");
  }
  if (!WebAssembly.validate(bytes as BufferSource)) {
    throw new Error(`This JavaScript engine does not support the ${variant} kernels: choose the variant "auto".`);
  }
  const { instance } = await WebAssembly.instantiate(bytes as BufferSource, { env: { memory } });
  return instance.exports as unknown as KernelExports;
}
