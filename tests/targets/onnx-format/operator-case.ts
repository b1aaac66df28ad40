/** ONNX's operator tests as they lie on disk: a model, and TensorProto files for what goes in and comes out. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeModel, decodeTensorProto } from "../../../src/targets/onnx/model.ts";
import { decodeTensor, type NumericTensor } from "../../../src/targets/onnx/tensor.ts";

export interface OperatorCase {
  readonly model: Uint8Array;
  readonly inputs: Record<string, NumericTensor>;
  readonly outputs: Record<string, NumericTensor>;
}

/** The files are numbered in the order of the graph's inputs and outputs. */
export function readOperatorCase(folder: string): OperatorCase {
  const model = new Uint8Array(readFileSync(join(folder, "model.onnx")));
  const { graph } = decodeModel(model);
  return { model, inputs: tensors("input", graph.input), outputs: tensors("output", graph.output) };

  function tensors(kind: string, values: readonly { name: string }[]): Record<string, NumericTensor> {
    const found = values.flatMap(({ name }, index) => {
      const file = join(folder, "test_data_set_0", `${kind}_${index}.pb`);
      return existsSync(file) ? [[name, decodeTensor(decodeTensorProto(readFileSync(file)))] as const] : [];
    });
    return Object.fromEntries(found);
  }
}

/** The largest |a - b| / (1 + |b|), infinite where type, shape or a NaN differs. */
export function difference(a: NumericTensor, b: NumericTensor): number {
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return Infinity;
  let largest = 0;
  for (let i = 0; i < b.data.length; i++) {
    const [x, y] = [Number(a.data[i]), Number(b.data[i])];
    if (Object.is(x, y) || x === y) continue;
    const distance = Math.abs(x - y) / (1 + Math.abs(y));
    largest = Number.isNaN(distance) ? Infinity : Math.max(largest, distance);
  }
  return largest;
}
