// The training kernels, in AssemblyScript: what the compiled module exports.
//
// Conventions of every kernel. The memory is imported, so kernels work in place on tensors that live on another module's
// heap. Tensors are float32 and dense; matrices are row-major, images NHWC, filters [height, width, channels, filters].
// A `usize` is a byte address and an `i32` a count of elements. Kernels neither allocate nor fail: whoever calls them has
// checked the shapes and lends scratch memory of the size that the `…Scratch` function beside each kernel states.
// Nothing here needs a count that is a multiple of the vector's four lanes.

export { matMul, matMulScratch } from "./matmul";
export { convolve, convolveScratch } from "./convolve";
export { filterGradient, filterGradientScratch } from "./filter-gradient";
export { inputGradient, inputGradientScratch } from "./input-gradient";
export { groupedConvolve, groupedConvolveScratch } from "./grouped";
export { groupedFilterGradient, groupedFilterGradientScratch } from "./grouped";
export { groupedInputGradient, groupedInputGradientScratch } from "./grouped";
export { sumMiddle, sumMiddleScratch, repeat, addSegments } from "./reduce";
export {
  gradientBy, gradientSums, moments, moveTowards, normalize, normalizeBy, normalizeGradient, normalizeScratch,
} from "./normalize";
export { leakyRelu, leakyReluGradient, tanhGradient, sigmoidGradient } from "./activations";
export { addBias, addBiasGradient, addBiasScratch } from "./bias";
export { adam } from "./adam";
export { weightedSum } from "./weighted-sum";
export { pixelShuffle, transposePlanes, permuteRuns } from "./permute";
export { moveRuns, fill } from "./move";
export { separable, separableScratch } from "./separable";
export { maxPool, maxPoolGradient } from "./max-pool";
export { groupNorm, groupNormGradient, groupNormScratch } from "./group-norm";
export { rowNorm, rowNormGradient } from "./row-norm";
export { clip, elu, erf, exp, gelu, geluByTanh, silu, softplus, tanh } from "./pointwise";
export { clipGradient, eluGradient, geluByTanhGradient, geluGradient, siluGradient } from "./pointwise";
export { prelu, preluGradient, preluScratch } from "./prelu";
export { softmaxGradient } from "./softmax";
export {
  slopeOfDistance, slopeOfHinge, slopeOfLogits, slopeOfProbability, slopeOfSquare, slopeOfValue,
  sumOfDistance, sumOfHinge, sumOfLogits, sumOfProbability, sumOfSquare, sumOfValue,
} from "./mean-term";
