/**
 * The constants of a graph: initializers, Constant nodes, and what follows from constants alone by an operator that moves
 * or widens values, as weights that are stored in fewer bits do.
 */
import type { GraphProto, NodeProto } from "./gen/onnx_pb.ts";
import { attribute } from "./model.ts";
import { codeOf, decodeTensor, type NumericTensor } from "./tensor.ts";

export interface Constants {
  has(name: string): boolean;
  /** The tensor of this name, decoded when it is first wanted. Throws OnnxFormatError where it is malformed. */
  get(name: string): NumericTensor | undefined;
  /** Takes in a node whose value is known without running the model. False where it is not. */
  fold(node: NodeProto): boolean;
}

export function constantsOf(graph: GraphProto): Constants {
  const known = new Map<string, () => NumericTensor>(
    graph.initializer.map((proto) => [proto.name, once(() => decodeTensor(proto))]),
  );
  const get = (name: string) => known.get(name)?.();
  return {
    has: (name) => known.has(name),
    get,
    fold(node) {
      const folded = node.domain === "" || node.domain === "ai.onnx" ? folds[node.opType] : undefined;
      if (!folded || !node.input.every((name) => name === "" || known.has(name))) return false;
      const value = folded(node, (input) => get(node.input[input] ?? ""));
      if (!value) return false;
      known.set(node.output[0], () => value);
      return true;
    },
  };
}

type Fold = (node: NodeProto, input: (position: number) => NumericTensor | undefined) => NumericTensor | null;

const folds: Readonly<Record<string, Fold | undefined>> = {
  Constant: (node) => {
    const { has, tensor, float, floats, int, ints } = attribute(node);
    if (has("value")) return decodeTensor(tensor("value"));
    if (has("value_float")) return { type: "float32", dims: [], data: Float32Array.of(float("value_float")) };
    if (has("value_floats")) return list("float32", Float32Array.from(floats("value_floats")));
    if (has("value_int")) return { type: "int64", dims: [], data: BigInt64Array.of(BigInt(int("value_int"))) };
    return has("value_ints") ? list("int64", BigInt64Array.from(ints("value_ints"), BigInt)) : null;
  },
  Identity: (_, input) => input(0) ?? null,
  Cast(node, input) {
    const x = input(0);
    if (!x || attribute(node).int("to") !== codeOf("float32")) return null;
    return { type: "float32", dims: x.dims, data: numbersOf(x) };
  },
  Reshape(node, input) {
    const [x, shape] = [input(0), input(1)];
    if (!x || !shape) return null;
    const asked = Array.from(numbersOf(shape));
    const zeros = attribute(node).int("allowzero", 0) === 0;
    const dims = asked.map((extent, axis) => (extent === 0 && zeros ? x.dims[axis] : extent));
    const stated = dims.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    return { ...x, dims: dims.map((extent) => (extent === -1 ? x.data.length / stated : extent)) };
  },
  DequantizeLinear(node, input) {
    const [x, scale, zero] = [input(0), input(1), input(2)];
    if (!x || !scale || attribute(node).int("block_size", 0) !== 0) return null;
    const given = attribute(node).int("axis", 1);
    const axis = given < 0 ? given + x.dims.length : given;
    const inner = x.dims.slice(axis + 1).reduce((size, extent) => size * extent, 1);
    const [values, scales, zeros] = [numbersOf(x), numbersOf(scale), zero ? numbersOf(zero) : null];
    const channel = (index: number) => (scales.length === 1 ? 0 : Math.floor(index / inner) % scales.length);
    const data = values.map((value, index) => (value - (zeros?.[channel(index)] ?? 0)) * scales[channel(index)]);
    return { type: "float32", dims: x.dims, data };
  },
};

/** Any numbers as float32; booleans are 0 and 1. */
export const numbersOf = ({ data }: NumericTensor): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number);

const list = (type: NumericTensor["type"], data: NumericTensor["data"]): NumericTensor => ({
  type,
  dims: [data.length],
  data,
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
