/** A case on tfjs: its tensors, its compiled network, and what comes out of it, in PyTorch's layout. */
import type { NamedTensorMap, Scalar, Tensor } from "@tensorflow/tfjs";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import { weightsOf } from "../../src/core/program/weights.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import type { Tf } from "../../src/runtime/tf.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { compileNetwork } from "../../src/targets/tfjs/network.ts";
import type { Case } from "./cases.ts";
import { cotangent, inputValues, isDiscrete, weightValues, type Plain } from "./values.ts";

export interface Mode {
  readonly training: boolean;
  readonly secondOrder: boolean;
  /** Which pass of training it is: random layers draw anew in each. */
  readonly iteration?: number;
}

/** A tensor that gradients are taken with respect to. */
export interface Leaf {
  /** An input's id or a weight's name. */
  readonly name: string;
  readonly tensor: Tensor;
  readonly order: readonly number[] | null;
}

export interface OpenCase {
  readonly leaves: readonly Leaf[];
  /** The outputs for other values of the leaves. */
  evaluate(leaves: readonly Tensor[]): NamedTensorMap;
  /** Buffers as the last pass left them, by name; only those that it changed. */
  readonly buffers: ReadonlyMap<string, Tensor>;
  /** True once a pass has asked for random numbers. */
  readonly random: () => boolean;
}

const imageOrder = [0, 2, 3, 1];
const orderOf = (shape: readonly number[]) => (shape.length === 4 ? imageOrder : null);

/** Opens a case inside a tidy, which owns its tensors. */
export function openCase(tf: Tf, c: Case, program: NetworkProgram, seed: number, mode: Mode): OpenCase {
  const upload = ({ shape, data }: Plain, order: readonly number[] | null, discrete = false) =>
    tf.tensor(toTfjs(data, shape, order).slice(), tfjsShape(shape, order), discrete ? "int32" : "float32");
  const given = c.inputs.map(({ id, type, domain }) => {
    const plain = inputValues(seed, id, type, c.batch, domain);
    return {
      name: id,
      order: orderOf(plain.shape),
      discrete: isDiscrete(type),
      tensor: upload(plain, orderOf(plain.shape), isDiscrete(type)),
    };
  });
  const stored = weightValues(seed, program);
  const weights = weightsOf(program).map(({ path, name, tfjs, trainable }) => ({
    path,
    name,
    trainable,
    order: tfjs,
    tensor: upload(stored.get(path)!, tfjs),
  }));
  const leaves: Leaf[] = [
    ...given.filter(({ discrete }) => !discrete),
    ...weights.filter(({ trainable }) => trainable),
  ];

  const current = new Map([...given, ...weights].map(({ name, tensor }) => [name, tensor]));
  const nameOf = new Map(weights.map(({ path, name }) => [path, name]));
  const buffers = new Map<string, Tensor>();
  let asked = false;
  const ops = createOps(tf, { secondOrder: mode.secondOrder });
  const random = (layer: string) => {
    asked = true;
    return draw(seed, `pass/${layer}`, { iteration: mode.iteration ?? 0 });
  };
  const network = compileNetwork(tf, program, {
    weights: (path) => current.get(nameOf.get(path)!)!,
    setBuffer: (path, value) => void buffers.set(nameOf.get(path)!, tf.clone(value)),
    ops,
    random,
  });
  return {
    leaves,
    buffers,
    random: () => asked,
    evaluate(values) {
      leaves.forEach(({ name }, index) => current.set(name, values[index]));
      const inputs = Object.fromEntries(given.map(({ name }) => [name, current.get(name)!]));
      return network.evaluate(inputs, {
        training: mode.training,
        ops,
        random,
        ...(mode.training && { shown: () => 0 }),
      });
    },
  };
}

/** Output → values, leaf → gradient of Σ cotangent · output ("grad x"), buffer → values after the pass ("after running_mean"). */
export type Results = ReadonlyMap<string, Plain>;

export async function resultsOf(tf: Tf, c: Case, program: NetworkProgram, seed: number, mode: Mode): Promise<Results> {
  const tensors = new Map<string, { tensor: Tensor; order: readonly number[] | null }>();
  tf.tidy(() => {
    const open = openCase(tf, c, program, seed, mode);
    const leaves = open.leaves.map(({ tensor }) => tensor);
    const collect = (name: string, tensor: Tensor, order: readonly number[] | null) =>
      tensors.set(name, { tensor: tf.keep(tf.clone(tensor)), order });
    const weighted = (): Scalar => {
      const outputs = open.evaluate(leaves);
      const terms = Object.entries(outputs).map(([name, y]) =>
        tf.sum<Scalar>(tf.mul(y, cotangentOf(tf, seed, name, y))),
      );
      return terms.reduce((sum, term) => tf.add(sum, term));
    };
    const outputs = open.evaluate(leaves);
    for (const [name, y] of Object.entries(outputs)) collect(portOf(name), y, orderOf(y.shape));
    for (const [name, buffer] of open.buffers) collect(`after ${name}`, buffer, null);
    if (leaves.length === 0) return;
    const { grads } = tf.engine().gradients(weighted, leaves, undefined, true);
    open.leaves.forEach(({ name, tensor, order }, index) =>
      collect(`grad ${name}`, grads[index] ?? tf.zerosLike(tensor), order),
    );
  });
  const read = [...tensors].map(async ([name, { tensor, order }]) => {
    const shape = order ? tensor.shape.map((_, axis) => tensor.shape[order.indexOf(axis)]) : tensor.shape;
    const data = fromTfjs(new Float32Array(await tensor.data()), shape, order);
    tensor.dispose();
    return [name, { shape, data }] as const;
  });
  return new Map(await Promise.all(read));
}

/** The Output node "y_out" shows the port "out". */
export const portOf = (output: string): string => output.slice("y_".length);

function cotangentOf(tf: Tf, seed: number, output: string, y: Tensor): Tensor {
  const order = orderOf(y.shape);
  const shape = order ? order.map((_, axis) => y.shape[order.indexOf(axis)]) : y.shape;
  return tf.tensor(toTfjs(cotangent(seed, portOf(output), shape).data, shape, order), y.shape);
}
