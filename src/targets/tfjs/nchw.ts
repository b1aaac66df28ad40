/** A compiled network run on plain arrays in the layout that users, ONNX and PyTorch see: images NCHW, in and out. */
import type { Tensor } from "@tensorflow/tfjs";
import type { PortType } from "../../core/kind/ports.ts";
import type { Tf } from "../../runtime/tf.ts";
import { permute } from "./layout.ts";
import type { CompiledNetwork } from "./network.ts";

/** `data` holds the product of `dims` values, row-major; dims begin with the batch. */
export interface PlainTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
export type PlainTensors = Readonly<Record<string, PlainTensor>>;

/**
 * One forward pass in inference mode. Feeds and results by port name: images [N, C, H, W], vectors [N, F], labels [N] as
 * whole numbers. Reads asynchronously, as WebGPU must, and leaves no tensor behind. Throws a RangeError for a missing input.
 */
export async function runNchw(
  tf: Tf,
  network: CompiledNetwork,
  feeds: PlainTensors,
): Promise<Record<string, PlainTensor>> {
  const { inputs, outputs } = network.program;
  const given: Record<string, Tensor> = {};
  const names = outputs.map(({ name }) => name);
  let results: Tensor[] = [];
  try {
    for (const { name, type } of inputs) if (feeds[name]) given[name] = toTensor(tf, feeds[name], type);
    results = network.execute(given, names) as Tensor[];
    const read = await Promise.all(results.map((result) => result.data()));
    return Object.fromEntries(
      names.map((name, index) => [name, fromNhwc(read[index] as Float32Array, results[index].shape)]),
    );
  } finally {
    for (const tensor of [...Object.values(given), ...results]) tensor.dispose();
  }
}

function toTensor(tf: Tf, { dims, data }: PlainTensor, { type }: PortType): Tensor {
  if (type === "label" || type === "tokens") return tf.tensor(Int32Array.from(data), [...dims], "int32");
  if (dims.length !== 4) return tf.tensor(data, [...dims]);
  const [batch, channels, height, width] = dims;
  return tf.tensor(permute(data, dims, [0, 2, 3, 1]), [batch, height, width, channels]);
}

function fromNhwc(data: Float32Array, shape: readonly number[]): PlainTensor {
  if (shape.length !== 4) return { dims: [...shape], data: Float32Array.from(data) };
  const [batch, height, width, channels] = shape;
  return { dims: [batch, channels, height, width], data: permute(data, shape, [0, 3, 1, 2]) };
}
