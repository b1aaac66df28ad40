/** Gradient penalties of small critics as tests/fixtures/penalties.py has them, on the backend in use. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { loss } from "../../src/core/kind/ports.ts";
import { elements, weightsOf } from "../../src/core/program/weights.ts";
import { functions } from "../../src/kinds/index.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { compileNetwork } from "../../src/targets/tfjs/network.ts";
import { chain, imageInput, lowered, networkDocument, node, vectorInput } from "../helpers/documents.ts";
import { functionContext } from "../helpers/function-context.ts";
import { tf } from "../runtime/wasm-backend.ts";

export interface Digest {
  readonly norm: number;
  readonly entries: readonly number[];
}
export interface Critic {
  readonly layers: readonly (readonly [kind: string, params: Readonly<Record<string, unknown>>])[];
  readonly shape: readonly number[];
  readonly mode: string;
  readonly seed: number;
  readonly scale: number;
  readonly batch: number;
  readonly rows: readonly (readonly number[])[] | null;
  readonly value: number;
  readonly grads: Readonly<Record<string, Digest>>;
}

export const { critics, kinks } = JSON.parse(
  readFileSync(new URL("../fixtures/penalties.json", import.meta.url), "utf8"),
) as { readonly critics: readonly Critic[]; readonly kinks: readonly Critic[] };

const tell = ({ layers, mode, shape, batch }: Critic): string =>
  `${mode} of ${layers.map(([kind]) => kind).join(", ")} on ${batch} × ${shape.join("×")}`;
/** For it.each. */
export const told = (critics: readonly Critic[]) => critics.map((critic) => [tell(critic), critic] as const);

/** To 1e-4 of the largest entry; a bias directly before a normalization has a gradient of 0 up to rounding. */
export async function expectPenalty(critic: Critic): Promise<void> {
  const { value, grads } = await penaltyOf(critic);
  expect(Math.abs(value - critic.value) / Math.max(Math.abs(critic.value), 1e-3)).toBeLessThan(1e-4);
  expect([...grads.keys()].sort()).toEqual(Object.keys(critic.grads).sort());
  for (const [path, digest] of Object.entries(critic.grads))
    expectDigest(grads.get(path)!, digest, path, Math.max(1e-3, ...digest.entries.map(Math.abs)));
}

/** The norm relative to its size, and the entries relative to `scale`. */
export function expectDigest(data: Float32Array, { norm, entries }: Digest, name: string, scale: number): void {
  const at = (index: number) => data[Math.floor((index * data.length) / entries.length)];
  const found = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
  const distances = entries.map((wanted, index) => Math.abs(at(index) - wanted) / scale);
  expect(Math.max(Math.abs(found - norm) / Math.max(norm, 1e-3), ...distances), name).toBeLessThan(1e-4);
}

/** The penalty of a network's first output by its input, and its gradient by each weight in PyTorch's layout. */
async function penaltyOf({ layers, shape, mode, seed, scale, batch, rows }: Critic): Promise<{
  readonly value: number;
  readonly grads: ReadonlyMap<string, Float32Array>;
}> {
  const stated = shape.length === 3 ? imageInput(...shape) : vectorInput(shape[0]);
  const nodes = layers.map(([kind, params]) => node(kind, params));
  const program = lowered(networkDocument(chain(nodes, stated))).networks[0];
  const known = weightsOf(program).filter(({ trainable }) => trainable);
  const slopes = new Map<string, Tensor>();
  const value = tf.tidy(() => {
    const upload = (data: Float32Array, dims: readonly number[], order: readonly number[] | null) =>
      tf.tensor(toTfjs(data, dims, order).slice(), tfjsShape(dims, order));
    const weights = known.map(({ path, shape: dims, tfjs }) =>
      upload(
        draw(seed, path, { iteration: 0 })
          .normal(elements(dims))
          .map((v) => Math.fround(scale) * v),
        dims,
        tfjs,
      ),
    );
    const given = rows ? Float32Array.from(rows.flat()) : draw(seed, "x", { iteration: 0 }).normal(batch * elements(shape)); // prettier-ignore
    const x = upload(given, [batch, ...shape], shape.length === 3 ? [0, 2, 3, 1] : null);
    const ops = createOps(tf, { secondOrder: true });
    const network = compileNetwork(tf, program, {
      weights: (path) => weights[known.findIndex((weight) => weight.path === path)],
      setBuffer: unasked,
      ops,
      random: unasked,
    });

    const penalty = () => {
      const { y } = network.evaluate({ x }, { training: true, ops, random: unasked }) as { y: Tensor };
      const context = functionContext(tf, { secondOrder: true, outputs: [loss] });
      return functions.get("GradientPenalty")!.lowering.tfjs(context, { mode }, [y, x]) as Scalar;
    };
    const { value: found, grads } = tf.engine().gradients(penalty, weights, undefined, true);
    known.forEach(({ path }, index) => slopes.set(path, tf.keep(grads[index] ?? tf.zerosLike(weights[index]))));
    return tf.keep(found);
  });
  const read = async (tensor: Tensor): Promise<Float32Array> => {
    const data = Float32Array.from(await tensor.data());
    tensor.dispose();
    return data;
  };
  const each = known.map(async ({ path, shape: dims, tfjs }) => [path, fromTfjs(await read(slopes.get(path)!), dims, tfjs)] as const); // prettier-ignore
  return { value: (await read(value))[0], grads: new Map(await Promise.all(each)) };
}

const unasked = (): never => {
  throw new Error("a critic of these layers asks for nothing");
};
