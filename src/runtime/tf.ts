// The type of TensorFlow.js's core, which is all of it that is used. `runtime` is handed tfjs as an argument and imports it as a
// type alone, so that the page, the worker and the command line each load the build and the backends that they need.

export type Tf = typeof import("@tensorflow/tfjs-core");

export type {
  DataType,
  GradConfig,
  KernelConfig,
  KernelFunc,
  NamedTensorMap,
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorInfo,
  TypedArray,
  Variable,
} from "@tensorflow/tfjs";
