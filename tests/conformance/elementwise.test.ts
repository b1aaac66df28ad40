// What the loop cannot say of a kind: the noise that GaussianNoise draws, who meets whom in a Pack, values at places where
// derivatives are special, the mistakes that PyTorch lets pass, and random layers that stay in an exported file.

import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { layers } from "../../src/kinds/index.ts";
import { eagerFeeds } from "../../src/runtime/feeds.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { proveOnnx } from "../../src/targets/onnx/prove.ts";
import { openRuntime } from "../../src/targets/onnx/runtime.ts";
import { writeOnnx } from "../../src/targets/onnx/write.ts";
import { opsets } from "../../src/targets/onnx/build.ts";
import { inTfjs } from "../targets/onnx/networks.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { typeOf, wired, type Case, type Parameters } from "./cases.ts";
import { understand } from "./document.ts";
import { resultsOf, type Mode } from "./evaluation.ts";
import { inputValues, weightValues } from "./values.ts";

beforeAll(openTraining);

function caseOf(kindName: string, params: Parameters, type: string, batch: number): Case {
  const kind = layers.get(kindName)!;
  return {
    kind,
    name: kindName,
    params,
    inputs: wired(kind, [typeOf(type)], params),
    batch,
    seeds: [0],
    leading: false,
  };
}

const run = (c: Case, mode: Partial<Mode> = {}) =>
  resultsOf(tf, c, understand(c).program!, 0, { training: true, secondOrder: false, ...mode });
const given = ({ inputs: [{ id, type, domain }], batch }: Case) => inputValues(0, id, type, batch, domain).data;

describe("GaussianNoise", () => {
  const c = caseOf("GaussianNoise", { std: 0.5 }, "vector[20000]", 1);
  const noise = async (mode: Partial<Mode> = {}) => {
    const x = given(c);
    return (await run(c, mode)).get("out")!.data.map((y, index) => y - x[index]);
  };

  it("adds normal numbers of its standard deviation while training", async () => {
    const drawn = await noise();
    const mean = (of: (value: number) => number) => drawn.reduce((sum, value) => sum + of(value), 0) / drawn.length;
    // Four standard deviations of a mean of 20,000 numbers, of their squares and of their fourth powers.
    const four = 4 / Math.sqrt(drawn.length);
    expect(Math.abs(mean((z) => z))).toBeLessThan(0.5 * four);
    expect(Math.abs(mean((z) => z ** 2) - 0.25)).toBeLessThan(0.25 * Math.sqrt(2) * four);
    expect(Math.abs(mean((z) => z ** 4) - 3 * 0.0625)).toBeLessThan(0.0625 * Math.sqrt(96) * four);
  });

  it("draws anew in every pass, and nothing in inference mode", async () => {
    const first = await noise();
    expect(await noise()).toEqual(first);
    expect(await noise({ iteration: 1 })).not.toEqual(first);
    expect((await run(c, { training: false })).get("out")!.data).toEqual(given(c));
  });

  it("passes the gradient on as it is", async () => {
    const trained = await run(c);
    const plain = await run(c, { training: false });
    expect(trained.get("grad x")!.data).toEqual(plain.get("grad x")!.data);
  });

  it.each([opsets[0], 17, opsets[opsets.length - 1]] as const)(
    "stays at work in a file of opset %i if wanted",
    async (opset) => {
      const program = understand(c).program!;
      const spread = async (keepDropout: boolean) => {
        const runtime = await openRuntime(
          writeOnnx(program, new Map(), { opset, keepDropout, producerVersion: "test" }),
        );
        const x = given(c);
        const { y_out: out } = await runtime.run({ x: { dims: [1, 20000], data: x } });
        await runtime.release();
        return Math.sqrt((out.data as Float32Array).reduce((sum, y, index) => sum + (y - x[index]) ** 2, 0) / x.length);
      };
      expect(await spread(false)).toBe(0);
      expect(Math.abs((await spread(true)) / 0.5 - 1)).toBeLessThan(4 / Math.sqrt(2 * 20000));
    },
  );
});

describe("Pack", () => {
  it("begins a pack with every sample, followed by the next ones in a circle", async () => {
    const c = caseOf("Pack", { samples: 3 }, "vector[2]", 4);
    const x = given(c);
    const row = (index: number) => [...x.slice(2 * (index % 4), 2 * (index % 4) + 2)];
    const expected = [0, 1, 2, 3].flatMap((index) => [row(index), row(index + 1), row(index + 2)].flat());
    expect([...(await run(c)).get("out")!.data]).toEqual(expected);
  });

  it("says that samples meet, so that a gradient penalty above it is warned of", () => {
    expect(layers.get("Pack")!.mixesSamples).toBe(true);
  });

  it("takes batches of every size in one exported file", async () => {
    const c = caseOf("Pack", { samples: 3 }, "image[2,2,1]", 1);
    const program = understand(c).program!;
    const runtime = await openRuntime(writeOnnx(program, new Map(), { producerVersion: "test" }));
    for (const batch of [5, 1, 2, 64]) {
      const sized = { ...c, batch };
      const { y_out: out } = await runtime.run({ x: { dims: [batch, 2, 2, 1], data: given(sized) } });
      expect(out.dims).toEqual([batch, 6, 2, 1]);
      expect(out.data).toEqual((await run(sized)).get("out")!.data);
    }
    await runtime.release();
  });
});

/** The kind at these numbers: its values, slopes and second derivatives. */
function derivatives(name: string, params: Parameters, at: readonly number[]) {
  const kind = layers.get(name)!;
  const absent = Object.entries(kind.fields).map(([key, field]) => [key, field.default]);
  return tf.tidy(() => {
    const type = typeOf(`vector[${at.length}]`);
    const context = { ...plain(true), inputs: [type], outputs: [type] };
    const f = (x: Tensor) =>
      kind.lowering.tfjs(context, { ...Object.fromEntries(absent), ...params }, [x], {}) as Tensor;
    const slope = (of: (x: Tensor) => Tensor) => (x: Tensor) =>
      tf.engine().gradients(() => tf.sum<Scalar>(of(x)), [x], undefined, true).grads[0] ?? tf.zerosLike(x);
    const numbers = (of: (x: Tensor) => Tensor) => [...of(tf.tensor([[...at]])).dataSync()].map((value) => value + 0); // no −0
    return { y: numbers(f), first: numbers(slope(f)), second: numbers(slope(slope(f))) };
  });
}

const never = (): never => {
  throw new Error("a function of single values asks for nothing else");
};
const plain = (secondOrder: boolean) => ({
  tf,
  ops: createOps(tf, { secondOrder }),
  training: true,
  inputs: [],
  outputs: [],
  shown: null,
  truncation: null,
  feeds: eagerFeeds(tf),
  drawn: never,
  setBuffer: never,
});

describe("where derivatives are special, they are PyTorch's", () => {
  // torch 1.13: torch.autograd.grad of the same, twice
  it.each([
    ["Clip", {}, [-1, 1, -2, 2, 0], [-1, 1, -1, 1, 0], [1, 1, 0, 0, 1], [0, 0, 0, 0, 0]],
    ["Power", { exponent: 2 }, [0, -3], [0, 9], [0, -6], [2, 2]],
    ["Power", { exponent: 1 }, [0, -3], [0, -3], [1, 1], [0, 0]],
    ["Power", { exponent: 0 }, [0, -3], [1, 1], [0, 0], [0, 0]],
    ["Power", { exponent: 3 }, [0, -2], [0, -8], [0, 12], [0, -12]],
    ["Power", { exponent: -2 }, [-2, 1], [0.25, 1], [0.25, -2], [0.375, 6]],
  ] as const)("%s %j at %j", (name, params, at, y, first, second) => {
    expect(derivatives(name, params, at)).toEqual({ y, first, second });
  });

  it("Maxout gives the gradient of equal pieces to the first", () => {
    const kind = layers.get("Maxout")!;
    const params = { out_features: 1, pieces: 3 };
    tf.tidy(() => {
      const [x, bias] = [tf.tensor2d([[1, 2]]), tf.zeros([3])];
      const of = (weight: Tensor) => tf.sum(kind.lowering.tfjs(plain(false), params, [x], { weight, bias }) as Tensor);
      const slope = tf.grad(of)(tf.tensor2d([[0, 0], [0.5, 1], [0.5, 1]])); // prettier-ignore
      expect([...slope.dataSync()].map((value) => value + 0)).toEqual([0, 0, 1, 2, 0, 0]);
    });
  });
});

describe("mistakes that PyTorch lets pass", () => {
  it.each([
    ["Clip", { min: 2, max: 1 }, "vector[4]", "min is 2; it must be at most 1, which is max"],
    [
      "Embedding",
      { num_embeddings: 4 },
      "label[5]",
      "num_embeddings is 4; it must be at least 5, the number of classes",
    ],
    ["Embedding", {}, "tokens[3]", "num_embeddings is left out; it must be the number of different tokens"],
  ])("%s %j of %s", (name, params, type, sentence) => {
    const { complaints, program } = understand(caseOf(name, params, type, 1));
    expect(program).toBeNull();
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(sentence);
  });
});

describe("bounds that kinds set", () => {
  it.each([
    ["Softmax", {}, [0, 1]],
    ["OneHot", {}, [0, 1]],
    ["Clip", { min: -2, max: 0.5 }, [-2, 0.5]],
  ])("of %s %j are %j", (name, params, range) => {
    expect(layers.get(name)!.range!(params)).toEqual(range);
  });
});

describe("cases besides the default, in every operator set", () => {
  it.each([
    ["GELU", { approximate: "tanh" }, "vector[6]"],
    ["Embedding", { num_embeddings: 5, embedding_dim: 3 }, "tokens[4]"],
    ["Maxout", { out_features: 3, pieces: 1 }, "vector[4]"],
    ["Slice", { dim: 3, start: 1, step: 2 }, "image[2,3,6]"],
  ])("%s %j of %s", async (name, params, type) => {
    const program = understand(caseOf(name, params, type, 1)).program!;
    const weights = weightValues(0, program);
    const { run, dispose } = inTfjs(program, weights);
    for (const opset of opsets) {
      const bytes = writeOnnx(program, weights, { opset, producerVersion: "test" });
      expect((await proveOnnx({ bytes, network: program, run, batches: [1, 3], seed: 5 })).relative).toBeLessThan(1e-5); // prettier-ignore
    }
    dispose();
  });
});
