/**
 * A network's Program and its weights → the bytes of an .onnx file for inference: NCHW, a batch of any size "N", inputs and
 * outputs named like the network's own, weights named as in a state_dict. How a layer is said in ONNX is its kind's affair.
 */
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import { sizeOf, type PortType } from "../../core/kind/ports.ts";
import type { Instruction, NetworkProgram, Operand } from "../../core/program/types.ts";
import { weightAt, type WeightStore } from "../../core/program/weights.ts";
import { kindOf, layers } from "../../kinds/index.ts";
import type { OnnxContext } from "../../kinds/lowering.ts";
import { model, opsets, valueInfo, type Opset } from "./build.ts";
import { encodeModel } from "./model.ts";
import { dimsOf, draftGraph, elementOf, slashed } from "./write-graph.ts";
import { writeWeights, type WeightStorage } from "./write-weights.ts";

export interface OnnxOptions {
  /** 13 to 21; 17 where it is not said. */
  readonly opset?: Opset;
  /** GANvas's own version, for the file's producer. */
  readonly producerVersion: string;
  /** Keeps dropout, and keeps it at work, as Pix2Pix wants; else the layers are left out. */
  readonly keepDropout?: boolean;
  /** How matrices and kernels are stored; "float32" where it is not said. */
  readonly weights?: WeightStorage;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly docString?: string;
}

/** Throws a UserError for an opset that cannot be written, and where the weights are not this network's. */
export function writeOnnx(network: NetworkProgram, weights: WeightStore, options: OnnxOptions): Uint8Array {
  const { opset = 17, producerVersion, keepDropout = false, metadata, docString } = options;
  if (!opsets.includes(opset))
    throw new UserError(
      diagnose("onnx-opset", {}, { found: opset, least: opsets[0], most: opsets[opsets.length - 1] }),
    );
  const { inputs, instructions, outputs } = network;
  const graph = draftGraph([...inputs, ...outputs].map(({ name }) => name));
  const weight = writeWeights(graph, network, weights, options.weights ?? "float32");
  const tensors = new Map<string, { readonly tensor: string; readonly type: PortType }>(
    inputs.map(({ name, type }) => [name, { tensor: name, type }]),
  );
  const images = new Map<string, string>();

  for (const instruction of instructions) {
    const { onnx } = kindOf(layers, instruction.kind).lowering;
    const given = instruction.inputs.map((operand) => enter(operand, instruction));
    const results = [onnx.write(context(instruction), instruction.params, given)].flat();
    instruction.outputs.forEach(({ value, type }, port) => tensors.set(value, { tensor: results[port], type }));
  }
  const parts = graph.finish(
    outputs.map(({ name, value, type }) => ({ name, tensor: tensors.get(value)!.tensor, type })),
  );
  return encodeModel(
    model({
      name: network.name,
      ...parts,
      inputs: inputs.map(({ name, type }) => valueInfo(name, dimsOf(type), elementOf(type))),
      opset,
      producer: { name: "ganvas", version: producerVersion },
      metadata,
      docString,
    }),
  );

  /** A vector [F] that enters as an image becomes [N, F, 1, 1], once however many layers take it. */
  function enter({ value, type }: Operand, { id }: Instruction): string {
    const flow = tensors.get(value)!;
    if (type.type !== "image" || flow.type.type !== "vector") return flow.tensor;
    const known = images.get(flow.tensor);
    if (known) return known;
    const path = `${slashed(id)}/image`;
    const shape = graph.constant(`${path}/shape`, [4], BigInt64Array.of(-1n, BigInt(sizeOf(type)), 1n, 1n));
    const image = graph.node(path, "Reshape", [flow.tensor, shape], {}, dimsOf(type));
    images.set(flow.tensor, image);
    return image;
  }

  function context(instruction: Instruction): OnnxContext {
    const path = slashed(instruction.id);
    const types = instruction.outputs.map(({ type }) => type);
    const declared = (name: string) => instruction.weights.find((each) => each.name === name)!;
    return {
      opset,
      keepDropout,
      inputs: instruction.inputs.map(({ type }) => type),
      outputs: types,
      node: (operator, given, attributes = {}, shape = types[0].shape) =>
        graph.node(path, operator, given, attributes, "whole" in shape ? shape.whole : ["N", ...shape]),
      weight: (name, as) => weight(declared(name), as),
      values: (name) => weightAt(weights, declared(name), network.name).data,
      computed(name, shape, values, as) {
        const [{ path: first, name: own }] = instruction.weights;
        return weight({ path: first.slice(0, first.length - own.length) + name, shape }, { ...as, values });
      },
      ints: (name, values) =>
        graph.constant(`${path}/${name}`, rank(values), BigInt64Array.from([values].flat(), BigInt)),
      floats: (name, values, dims = rank(values)) =>
        graph.constant(`${path}/${name}`, dims, Float32Array.from([values].flat())),
      flag: (name, value) => graph.constant(`${path}/${name}`, [], Uint8Array.of(Number(value)), "bool"),
    };
  }
}

const rank = (values: number | readonly number[]): readonly number[] =>
  typeof values === "number" ? [] : [values.length];
