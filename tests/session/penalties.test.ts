/**
 * Gradient penalties beside PyTorch (tests/fixtures/penalties.py): their values and the gradients of their weights on critics,
 * also where inputs lie on the kinks of activations; losses at the edges of their formulas; and iterations of WGAN-GP and R1.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Params, Fields } from "../../src/core/kind/fields.ts";
import { label, loss, vector } from "../../src/core/kind/ports.ts";
import { parse } from "../../src/core/document/parse.ts";
import { elements, weightsOf } from "../../src/core/program/weights.ts";
import { functions } from "../../src/kinds/index.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { compileNetwork } from "../../src/targets/tfjs/network.ts";
import { chain, imageInput, lowered, networkDocument, node, vectorInput } from "../helpers/documents.ts";
import { functionContext } from "../helpers/function-context.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { mnist, programOf, sessionOf, train } from "./sessions.ts";

interface Digest {
  readonly norm: number;
  readonly entries: readonly number[];
}
interface Critic {
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
interface Edge {
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;
  readonly value: number;
  readonly grads: Readonly<Record<string, readonly number[]>>;
}
interface Run {
  readonly document: string;
  readonly seed: number;
  readonly batch: number;
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly weights: Readonly<Record<string, Readonly<Record<string, Digest>>>>;
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/penalties.json", import.meta.url), "utf8")) as {
  readonly critics: readonly Critic[];
  readonly kinks: readonly Critic[];
  readonly edges: readonly Edge[];
  readonly runs: readonly Run[];
};

beforeAll(openTraining);

const tell = ({ layers, mode, shape, batch }: Critic): string =>
  `${mode} of ${layers.map(([kind]) => kind).join(", ")} on ${batch} × ${shape.join("×")}`;
const told = (critics: readonly Critic[]) => critics.map((critic) => [tell(critic), critic] as const);

describe("a gradient penalty equals PyTorch's double backward", () => {
  it.each(told(fixture.critics))("%s", (_, critic) => expectPenalty(critic));
});

describe("near the kinks of activations, and on them, so it does", () => {
  it.each(told(fixture.kinks))("%s", (_, critic) => expectPenalty(critic));
});

/** To 1e-4 of the largest entry; a bias directly before a normalization has a gradient of 0 up to rounding. */
function expectPenalty(critic: Critic): void {
  const { value, grads } = penaltyOf(critic);
  expect(Math.abs(value - critic.value) / Math.max(Math.abs(critic.value), 1e-3)).toBeLessThan(1e-4);
  expect([...grads.keys()].sort()).toEqual(Object.keys(critic.grads).sort());
  for (const [path, digest] of Object.entries(critic.grads))
    expectDigest(grads.get(path)!, digest, path, Math.max(1e-3, ...digest.entries.map(Math.abs)));
}

/** The norm relative to its size, and the entries relative to `scale`. */
function expectDigest(data: Float32Array, { norm, entries }: Digest, name: string, scale: number): void {
  const at = (index: number) => data[Math.floor((index * data.length) / entries.length)];
  const found = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
  const distances = entries.map((wanted, index) => Math.abs(at(index) - wanted) / scale);
  expect(Math.max(Math.abs(found - norm) / Math.max(norm, 1e-3), ...distances), name).toBeLessThan(1e-4);
}

/** The penalty of a network's first output by its input, and its gradient by each weight in PyTorch's layout. */
function penaltyOf({ layers, shape, mode, seed, scale, batch, rows }: Critic): {
  readonly value: number;
  readonly grads: ReadonlyMap<string, Float32Array>;
} {
  const stated = shape.length === 3 ? imageInput(...shape) : vectorInput(shape[0]);
  const nodes = layers.map(([kind, params]) => node(kind, params));
  const program = lowered(networkDocument(chain(nodes, stated))).networks[0];
  const known = weightsOf(program).filter(({ trainable }) => trainable);
  const grads = new Map<string, Float32Array>();
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
    const { value: found, grads: slopes } = tf.engine().gradients(penalty, weights, undefined, true);
    known.forEach(({ path, shape: dims, tfjs }, index) => {
      const slope = slopes[index] ?? tf.zerosLike(weights[index]);
      grads.set(path, fromTfjs(slope.dataSync() as Float32Array, dims, tfjs));
    });
    return found.dataSync()[0];
  });
  return { value, grads };
}

const unasked = (): never => {
  throw new Error("a critic of these layers asks for nothing");
};

describe("losses at their edges equal PyTorch", () => {
  it.each(fixture.edges.map((edge) => [`${edge.kind} ${JSON.stringify(edge.params)}`, edge] as const))(
    "%s",
    (_, { kind: name, params, inputs, value, grads }) =>
      tf.tidy(() => {
        const kind = functions.get(name)!;
        const read = Object.fromEntries(Object.entries(kind.fields).map(([key, field]) => [key, key in params ? field.read(params[key]) : field.default])) as Params<Fields>; // prettier-ignore
        const tensors = kind.inputs.map(({ name: port, types }) => {
          if (!(port in inputs)) return null;
          if (types.includes("label")) return tf.tensor1d(inputs[port] as number[], "int32");
          const rows = inputs[port].map((row) => (typeof row === "number" ? [row] : [...row]));
          return tf.tensor2d(rows);
        });
        const floats = Object.keys(grads).map((port) => tensors[kind.inputs.findIndex((each) => each.name === port)]!);
        const types = tensors.map((each) => each && (each.rank === 1 ? label(3) : vector(each.shape[1]!)));
        const compute = () => kind.lowering.tfjs(functionContext(tf, { inputs: types, outputs: [loss] }), read, tensors) as Scalar; // prettier-ignore
        const found = tf.engine().gradients(compute, floats, undefined, true);
        expect(Math.abs(found.value.dataSync()[0] - value) / Math.max(Math.abs(value), 1)).toBeLessThan(1e-5);
        Object.entries(grads).forEach(([port, wanted], index) => {
          const scale = Math.max(...wanted.map(Math.abs), 1e-3);
          const slopes = found.grads[index].dataSync();
          wanted.forEach((slope, at) => expect(Math.abs(slopes[at] - slope) / scale, `${port} ${at}`).toBeLessThan(1e-5)); // prettier-ignore
        });
      }),
  );
});

describe("ten iterations beside PyTorch", { timeout: 120_000 }, () => {
  const dataSets = { mnist: mnist(200) };

  it.each(fixture.runs.map((run) => [run.document, run] as const))("of %s, to 1e-4", async (name, run) => {
    const file = path.resolve(import.meta.dirname, `../core/program/kinds/${name}.gan.json`);
    const program = programOf(parse(readFileSync(file, "utf8")).document!, dataSets);
    const session = sessionOf(program, dataSets, { seed: run.seed, batch: run.batch });
    const reports = await train(session, run.losses.length);
    const apart = reports.flatMap(({ losses }, index) => {
      expect(Object.keys(losses).sort()).toEqual(Object.keys(run.losses[index]).sort());
      return Object.entries(run.losses[index]).map(([key, wanted]) => Math.abs(losses[key] - wanted) / Math.max(1, Math.abs(wanted))); // prettier-ignore
    });
    expect(apart).toHaveLength(40);
    expect(Math.max(...apart)).toBeLessThan(1e-4);
    for (const [network, digests] of Object.entries(run.weights)) {
      const store = await session.weights(network);
      expect([...store.keys()].sort()).toEqual(Object.keys(digests).sort());
      for (const [weight, digest] of Object.entries(digests))
        expectDigest(store.get(weight)!.data, digest, `${network} ${weight}`, 1);
    }
    session.dispose();
  });
});
