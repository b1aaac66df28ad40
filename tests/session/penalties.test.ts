/**
 * Gradient penalties beside PyTorch (tests/fixtures/penalties.py): their values and the gradients of their weights on critics,
 * also where inputs lie on the kinks of activations; losses at the edges of their formulas; and iterations of WGAN-GP and R1.
 */
import type { Scalar } from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Params, Fields } from "../../src/core/kind/fields.ts";
import { label, loss, vector } from "../../src/core/kind/ports.ts";
import { parse } from "../../src/core/document/parse.ts";
import { functions } from "../../src/kinds/index.ts";
import { functionContext } from "../helpers/function-context.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { critics, expectDigest, expectPenalty, kinks, told, type Digest } from "./critics.ts";
import { mnist, programOf, sessionOf, train } from "./sessions.ts";

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
  readonly edges: readonly Edge[];
  readonly runs: readonly Run[];
};

beforeAll(openTraining);

describe("a gradient penalty equals PyTorch's double backward", () => {
  it.each(told(critics))("%s", (_, critic) => expectPenalty(critic));
});

describe("near the kinks of activations, and on them, so it does", () => {
  it.each(told(kinks))("%s", (_, critic) => expectPenalty(critic));
});

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
