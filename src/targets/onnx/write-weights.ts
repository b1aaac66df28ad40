/**
 * Weights as initializers under their state_dict names, each once, however many layers share it. A smaller file is had by
 * storing matrices and kernels in half precision or as 8-bit integers with a scale for each output channel; the graph
 * widens them again, so that it computes in float32 whatever is stored.
 */
import { elements, weightAt, type Weight, type WeightStore } from "../../core/program/weights.ts";
import type { NetworkProgram, WeightDeclaration } from "../../core/program/types.ts";
import { slashed, type GraphDraft } from "./write-graph.ts";

export const weightStorages = ["float32", "float16", "int8"] as const;
export type WeightStorage = (typeof weightStorages)[number];

/**
 * Gives the name of the tensor that holds a weight's values as float32: the store's, or those that are given instead. Throws
 * a UserError where the store lacks it.
 */
export type WeightWriter = (
  declaration: Pick<WeightDeclaration, "path" | "shape">,
  options?: {
    readonly dims?: readonly number[];
    readonly channelAxis?: number;
    readonly values?: Float32Array;
  },
) => string;

export function writeWeights(
  graph: GraphDraft,
  network: NetworkProgram,
  store: WeightStore,
  storage: WeightStorage,
): WeightWriter {
  const written = new Map<string, { readonly name: string; readonly dims: readonly number[] }>();
  return (declaration, { dims = declaration.shape, channelAxis = 0, values } = {}) => {
    const { path, shape } = declaration;
    if (elements(dims) !== elements(shape))
      throw new Error(`${path}: [${dims.join()}] is not the size of [${shape.join()}]`);
    const earlier = written.get(path);
    if (earlier) return String(earlier.dims) === String(dims) ? earlier.name : reshaped(earlier.name, path, dims);
    const weight = values ? { shape, data: values } : weightAt(store, declaration, network.name);
    const name = smaller(path, weight, dims, channelAxis) ?? graph.constant(path, dims, weight.data);
    written.set(path, { name, dims });
    return name;
  };

  /** Biases and statistics are few and may be large: they stay as they are. */
  function smaller(path: string, { shape, data }: Weight, dims: readonly number[], axis: number): string | null {
    if (storage === "float32" || shape.length < 2) return null;
    if (storage === "float16") {
      if (data.some((value) => Math.abs(value) > largestHalf)) return null;
      return graph.node(
        slashed(path),
        "Cast",
        [graph.constant(path, dims, data, "float16")],
        { to: float32 },
        numbers(dims),
      );
    }
    if (String(dims) !== String(shape)) return null;
    const { values, scales } = quantize({ shape, data }, axis);
    const inputs = [
      graph.constant(path, shape, values),
      graph.constant(`${slashed(path)}/scale`, [shape[axis]], scales),
    ];
    return graph.node(slashed(path), "DequantizeLinear", inputs, { axis }, numbers(shape));
  }

  function reshaped(name: string, path: string, dims: readonly number[]): string {
    const shape = graph.constant(`${slashed(path)}/shape`, [dims.length], BigInt64Array.from(dims, BigInt));
    return graph.node(slashed(path), "Reshape", [name, shape], {}, numbers(dims));
  }
}

const largestHalf = 65504;
/** TensorProto.DataType.FLOAT, as Cast's attribute wants it. */
const float32 = 1;
const numbers = (dims: readonly number[]) => [...dims];

/** Symmetric: a scale for each channel brings its largest magnitude to 127, so that 0 stays 0. */
function quantize({ shape, data }: Weight, axis: number): { values: Int8Array; scales: Float32Array } {
  const inner = elements(shape.slice(axis + 1));
  const channelAt = (start: number) => (start / inner) % shape[axis];
  const scales = new Float32Array(shape[axis]);
  for (let start = 0; start < data.length; start += inner) {
    const channel = channelAt(start);
    for (let index = start; index < start + inner; index++)
      scales[channel] = Math.max(scales[channel], Math.abs(data[index]));
  }
  for (let channel = 0; channel < scales.length; channel++) scales[channel] = scales[channel] / 127 || 1;
  const values = new Int8Array(data.length);
  for (let start = 0; start < data.length; start += inner) {
    const scale = scales[channelAt(start)];
    for (let index = start; index < start + inner; index++)
      values[index] = Math.max(-127, Math.min(127, Math.round(data[index] / scale)));
  }
  return { values, scales };
}
