/**
 * Kinds with kinks, on inputs that lie on them and within 10⁻³ to 10⁻⁶ of them: the distances are powers of two, so that sums
 * of them are exact in float32 and both sides stand on the same side of a kink. Differences step over such places; PyTorch's
 * autograd judges alone (tests/fixtures/kinks.py).
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { loss } from "../../src/core/kind/ports.ts";
import type { Fields, Params } from "../../src/core/kind/fields.ts";
import { elements } from "../../src/core/program/weights.ts";
import { functions, layers } from "../../src/kinds/index.ts";
import type { Tf } from "../../src/runtime/tf.ts";
import { fromTfjs, tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { functionContext } from "../helpers/function-context.ts";
import { typeOf, wired, type Case, type Parameters } from "./cases.ts";
import { understand } from "./document.ts";
import { openCase, type Results } from "./evaluation.ts";
import { recipeLine } from "./recipe.ts";
import type { Plain } from "./values.ts";

export interface KinkCase {
  readonly graph: "network" | "training";
  readonly kind: string;
  readonly params: Parameters;
  /** Inputs by port (training) or id, and weights by name, in PyTorch's layout. */
  readonly given: Readonly<Record<string, Plain>>;
  /** Of the layer's input, batch included in `given`. */
  readonly type: string;
}

const near = [0, 10, -10, 14, -14, 17, -17, 20, -20].map((power) => Math.sign(power) * 2 ** -Math.abs(power));

/** Distances from `at` in an order that has equal ones beside and far from each other. */
const values = (shape: readonly number[], ...at: readonly number[]): Plain => ({
  shape,
  data: Float32Array.from({ length: elements(shape) }, (_, index) => at[index % at.length] + near[(index * 5 + (index >> 3)) % near.length]), // prettier-ignore
});
const plain = (shape: readonly number[], ...data: readonly number[]): Plain => ({
  shape,
  data: Float32Array.from(data),
});

const ofLayer = (kind: string, params: Parameters, type: string, given: Readonly<Record<string, Plain>>): KinkCase => ({
  graph: "network",
  kind,
  params,
  type,
  given,
});
const ofLoss = (kind: string, params: Parameters, given: Readonly<Record<string, Plain>>): KinkCase => ({
  graph: "training",
  kind,
  params,
  type: "vector[1]",
  given,
});

/** Two rows far from 0 show what errors are relative to. */
const features = { x: plain([5, 9], ...values([3, 9], 0).data, ...Array.from({ length: 18 }, (_, index) => (index - 8.5) / 8)) }; // prettier-ignore
const image = { x: values([2, 2, 4, 5], 0.5) };
const pieces = [1, 0.5, 1, 0.25, 0.5, 1].flatMap((weight) => [weight, -weight / 2]);

export const kinkCases: readonly KinkCase[] = [
  ofLayer("ReLU", {}, "vector[9]", features),
  ofLayer("LeakyReLU", { negative_slope: 0.25 }, "vector[9]", features),
  ofLayer("PReLU", {}, "vector[9]", { ...features, weight: plain([1], 0.25) }),
  ofLayer("ELU", {}, "vector[9]", features),
  ofLayer("ELU", { alpha: 0.5 }, "vector[9]", features),
  ofLayer("SELU", {}, "vector[9]", features),
  ofLayer("Clip", { min: -1, max: 1 }, "vector[9]", { x: values([4, 9], -1, 1, 0) }),
  ofLayer("MaxPool2d", {}, "image[2,4,5]", image),
  ofLayer("MaxPool2d", { kernel_size: 3, stride: 2, padding: 1 }, "image[2,4,5]", image),
  ofLayer("Maxout", { out_features: 2, pieces: 3 }, "vector[2]", {
    x: values([9, 2], 0),
    weight: plain([6, 2], ...pieces),
    bias: plain([6], 0.5, 0.5, 0.5, -1, -1, -1),
  }),
  ...(["max", "min"] as const).flatMap((mode) => [
    ofLayer("Reduce", { mode }, "vector[7]", { x: values([4, 7], 0.5) }),
    ofLayer("Reduce", { mode, over: "pixels" }, "image[2,4,5]", image),
    ofLayer("Reduce", { mode, over: "channels" }, "image[2,4,5]", image),
    ofLoss("Reduce", { mode }, { in: plain([4, 1], 0.5, 0.5 + 2 ** -20, 0.5 + 2 ** -20, 0.5) }),
  ]),
  ofLoss("GANLoss", { objective: "hinge" }, { real: values([9, 1], 1), fake: values([9, 1], -1) }),
  ofLoss("L1Loss", {}, { input: values([9, 1], 0.5), target: plain([9, 1], ...Array<number>(9).fill(0.5)) }),
  ofLoss("FeatureMatching", { norm: 1 }, { real: values([1, 9], 0.5), fake: plain([1, 9], ...Array<number>(9).fill(0.5)) }), // prettier-ignore
];

export const nameOf = ({ graph, kind, params, type }: KinkCase): string =>
  `${graph} ${kind} ${JSON.stringify(params)}${graph === "network" ? ` of ${type}` : ""}`;

const layerCase = ({ kind: name, params, type, given }: KinkCase): Case => {
  const kind = layers.get(name)!;
  const inputs = wired(kind, [typeOf(type)], params);
  return { kind, name, params, inputs, batch: given.x.shape[0], seeds: [0], leading: false };
};

const read = (name: string, params: Parameters): Params<Fields> =>
  Object.fromEntries(
    Object.entries(functions.get(name)!.fields).map(([key, field]) => [
      key,
      key in params ? field.read(params[key]) : field.default,
    ]),
  );

/** What the recipe reads. */
export function kinkLine(c: KinkCase): string {
  const text =
    c.graph === "network"
      ? JSON.parse(recipeLine(layerCase(c)))
      : { loss: functions.get(c.kind)!.lowering.pytorch(read(c.kind, c.params), functions.get(c.kind)!.inputs.map(({ name }) => `x["${name}"]`), [loss]) }; // prettier-ignore
  const given = Object.entries(c.given).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
  return JSON.stringify({ ...text, name: nameOf(c), given: Object.fromEntries(given) });
}

/** "out", "grad x" of Σ w·(y + y²) and "second x" of Σ v·∇ + ½Σ ∇², for each leaf; w and v are a fixed pattern. */
export async function kinkResults(tf: Tf, c: KinkCase): Promise<Results> {
  const order = (rank: number): readonly number[] | null => (rank === 4 ? [0, 2, 3, 1] : null);
  const upload = ({ shape, data }: Plain): Tensor =>
    tf.tensor(toTfjs(data, shape, order(shape.length)).slice(), tfjsShape(shape, order(shape.length)));
  const shapeOf = ({ shape, rank }: Tensor): number[] => (rank === 4 ? [0, 3, 1, 2].map((axis) => shape[axis]) : shape);
  const pattern = (like: Tensor): Tensor => {
    const data = Float32Array.from({ length: like.size }, (_, index) => (((index * 5) % 7) - 3) / 2 + 1 / 4);
    return upload({ shape: shapeOf(like), data });
  };
  const tensors = tf.tidy(() => {
    const { names, f } = c.graph === "network" ? layer(tf, c) : trainingFunction(tf, c);
    const leaves = names.map((name) => upload(c.given[name]));
    const gradients = (y: () => Scalar): Tensor[] => {
      const { grads } = tf.engine().gradients(y, leaves, undefined, true);
      return leaves.map((leaf, index): Tensor => grads[index] ?? tf.zerosLike(leaf));
    };
    const bent = (y: Tensor): Scalar => tf.sum(tf.mul(pattern(y), tf.add(y, tf.square(y))));
    const first = () => gradients(() => bent(f(leaves)));
    const bowl = (g: Tensor): Scalar => tf.sum(tf.add(tf.mul(g, pattern(g)), tf.mul(tf.square(g), 0.5)));
    const second = gradients(() => first().map(bowl).reduce((a, b) => tf.add(a, b))); // prettier-ignore
    const slopes = first();
    return Object.fromEntries([
      ["out", f(leaves)],
      ...names.flatMap((name, index) => [
        [`grad ${name}`, slopes[index]],
        [`second ${name}`, second[index]],
      ]),
    ]) as Record<string, Tensor>;
  });
  const results = Object.entries(tensors).map(async ([name, tensor]) => {
    const shape = shapeOf(tensor);
    const data = fromTfjs(Float32Array.from(await tensor.data()), shape, order(tensor.rank));
    tensor.dispose();
    return [name, { shape, data }] as const;
  });
  return new Map(await Promise.all(results));
}

interface Opened {
  readonly names: readonly string[];
  f(leaves: readonly Tensor[]): Tensor;
}

function layer(tf: Tf, c: KinkCase): Opened {
  const built = layerCase(c);
  const { leaves, evaluate } = openCase(tf, built, understand(built).program!, 0, {
    training: true,
    secondOrder: true,
  });
  return { names: leaves.map(({ name }) => name), f: (values) => Object.values(evaluate(values))[0] };
}

function trainingFunction(tf: Tf, c: KinkCase): Opened {
  const { inputs, lowering } = functions.get(c.kind)!;
  const ports = inputs.map(({ name }) => name).filter((name) => name in c.given);
  const types = ports.map((port) => typeOf(`vector[${c.given[port].shape[1]}]`));
  const context = functionContext(tf, { secondOrder: true, inputs: types, outputs: [loss] });
  return { names: ports, f: (values) => [lowering.tfjs(context, read(c.kind, c.params), values)].flat()[0] };
}
