/**
 * A small discriminator-like network twice: as ONNX written by hand with the builders, and as plain loops to compare
 * with. [N, 2, 6, 5] → Conv 3×3 stride 2, pads 1 0 2 1 → BatchNormalization → LeakyRelu → Flatten → Gemm → [N, 4].
 */
import { model, node, tensor, valueInfo, type Opset } from "../../../src/targets/onnx/build.ts";
import type { ModelProto } from "../../../src/targets/onnx/gen/onnx_pb.ts";

const [channels, height, width] = [2, 6, 5] as const;
const [filters, kernel, stride] = [3, 3, 2] as const;
const [top, left, bottom, right] = [1, 0, 2, 1] as const;
const rows = Math.floor((height + top + bottom - kernel) / stride) + 1;
const columns = Math.floor((width + left + right - kernel) / stride) + 1;
const features = filters * rows * columns;
const classes = 4;
const slope = 0.2;
const epsilon = 1e-3;

const weights = {
  conv: waves(filters * channels * kernel * kernel, 1),
  convBias: waves(filters, 2),
  scale: waves(filters, 3).map((value) => value + 1.5),
  shift: waves(filters, 4),
  mean: waves(filters, 5),
  variance: waves(filters, 6).map((value) => value + 1.25),
  linear: waves(classes * features, 7),
  linearBias: waves(classes, 8),
};

export function tinyModel(opset: Opset): ModelProto {
  return model({
    name: "tiny",
    opset,
    producer: { name: "ganvas", version: "0.1.0" },
    metadata: { model_author: "GANvas", "ganvas.purpose": "a test of the format" },
    docString: "Conv, BatchNormalization, LeakyRelu, Flatten, Gemm",
    inputs: [valueInfo("image", ["N", channels, height, width])],
    outputs: [valueInfo("score", ["N", classes])],
    values: [valueInfo("main.0", ["N", filters, rows, columns]), valueInfo("main.3", ["N", features])],
    initializers: [
      tensor("main.0.weight", [filters, channels, kernel, kernel], weights.conv),
      tensor("main.0.bias", [filters], weights.convBias),
      tensor("main.1.weight", [filters], weights.scale),
      tensor("main.1.bias", [filters], weights.shift),
      tensor("main.1.running_mean", [filters], weights.mean),
      tensor("main.1.running_var", [filters], weights.variance),
      tensor("main.4.weight", [classes, features], weights.linear),
      tensor("main.4.bias", [classes], weights.linearBias),
    ],
    nodes: [
      node(
        "Conv",
        ["image", "main.0.weight", "main.0.bias"],
        ["main.0"],
        { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [top, left, bottom, right] },
        "/main/0/Conv",
      ),
      node(
        "BatchNormalization",
        ["main.0", "main.1.weight", "main.1.bias", "main.1.running_mean", "main.1.running_var"],
        ["main.1"],
        { epsilon: { float: epsilon } },
        "/main/1/BatchNormalization",
      ),
      node("LeakyRelu", ["main.1"], ["main.2"], { alpha: { float: slope } }, "/main/2/LeakyRelu"),
      node("Flatten", ["main.2"], ["main.3"], { axis: 1 }, "/main/3/Flatten"),
      node("Gemm", ["main.3", "main.4.weight", "main.4.bias"], ["score"], { transB: 1 }, "/main/4/Gemm"),
    ],
  });
}

/** [N, 2, 6, 5] in, [N, 4] out, summed in double precision. */
export function tinyReference(image: Float32Array, batch: number): Float64Array {
  const scores = new Float64Array(batch * classes);
  for (let n = 0; n < batch; n++) {
    const hidden = new Float64Array(features);
    for (let f = 0; f < filters; f++) {
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) hidden[(f * rows + y) * columns + x] = activation(f, convolution(n, f, y, x));
      }
    }
    for (let c = 0; c < classes; c++) {
      let sum = weights.linearBias[c]!;
      for (let i = 0; i < features; i++) sum += hidden[i]! * weights.linear[c * features + i]!;
      scores[n * classes + c] = sum;
    }
  }
  return scores;

  function convolution(n: number, f: number, y: number, x: number): number {
    let sum = weights.convBias[f]!;
    for (let c = 0; c < channels; c++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const [iy, ix] = [y * stride + ky - top, x * stride + kx - left];
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
          const weight = weights.conv[((f * channels + c) * kernel + ky) * kernel + kx]!;
          sum += weight * image[((n * channels + c) * height + iy) * width + ix]!;
        }
      }
    }
    return sum;
  }
}

/** A batch of images, the same at every call. */
export function tinyImages(batch: number): { dims: number[]; data: Float32Array } {
  return { dims: [batch, channels, height, width], data: waves(batch * channels * height * width, 9) };
}

function activation(f: number, value: number): number {
  const normal = (value - weights.mean[f]!) / Math.sqrt(weights.variance[f]! + epsilon);
  const scaled = normal * weights.scale[f]! + weights.shift[f]!;
  return scaled < 0 ? slope * scaled : scaled;
}

/** Values in (-1, 1) without pattern and exact in float32: a linear congruence, not sin, which differs by platform. */
function waves(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 32768 - 1;
  });
}
