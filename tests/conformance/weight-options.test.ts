// Spectral norm and the equalized learning rate beyond what the loop asks of every case: a pass in training is one in
// inference with the vectors that it leaves behind, in both orders; how both begin; and why they exclude each other.

import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { weightsOf } from "../../src/core/program/weights.ts";
import { layers } from "../../src/kinds/index.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { draw } from "../../src/runtime/philox.ts";
import { tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { compileNetwork } from "../../src/targets/tfjs/network.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { typeOf, wired, type Case, type Parameters } from "./cases.ts";
import { difference } from "./compare.ts";
import { understand } from "./document.ts";
import { inputValues, weightValues } from "./values.ts";

beforeAll(openTraining);

const kinds = [
  ["Linear", { out_features: 4 }, "vector[6]"],
  ["Conv2d", { out_channels: 4, kernel_size: 3 }, "image[3,5,4]"],
  ["ConvTranspose2d", { out_channels: 3, kernel_size: 3 }, "image[4,3,2]"],
] as const;

const caseOf = (name: string, params: Parameters, type: string): Case => {
  const kind = layers.get(name)!;
  return { kind, name, params, inputs: wired(kind, [typeOf(type)]), batch: 2, seeds: [0], leading: false };
};

/** A network of one layer over tensors of its own, in tfjs's layout. */
function open(c: Case) {
  const program = understand(c).program!;
  const stored = weightValues(0, program);
  const tensors = new Map(
    weightsOf(program).map(({ path, name, shape, tfjs }) => [
      name,
      tf.tensor(toTfjs(stored.get(path)!.data, shape, tfjs).slice(), tfjsShape(shape, tfjs)),
    ]),
  );
  const [{ id, type }] = c.inputs;
  const { shape, data } = inputValues(0, id, type, c.batch);
  const order = shape.length === 4 ? [0, 2, 3, 1] : null;
  const ops = createOps(tf, { secondOrder: true });
  const nameOf = (path: string) => path.slice(path.lastIndexOf(".") + 1);
  const random = () => draw(0, "pass", { iteration: 0 });
  return {
    x: tf.tensor(toTfjs(data, shape, order).slice(), tfjsShape(shape, order)),
    tensors,
    /** In training mode what the pass leaves of the buffers goes to `left`. */
    evaluate(x: Tensor, weights: ReadonlyMap<string, Tensor>, left?: Map<string, Tensor>): Tensor {
      const network = compileNetwork(tf, program, {
        weights: (path) => weights.get(nameOf(path))!,
        setBuffer: (path, value) => void left!.set(nameOf(path), tf.keep(tf.clone(value))),
        ops,
        random,
      });
      return network.evaluate({ x }, { training: left !== undefined, ops, random }).y_out;
    },
  };
}
const values = (tensor: Tensor) => tensor.dataSync() as Float32Array;

describe.each(kinds)("spectral norm of %s", (name, params, type) => {
  const c = caseOf(name, { ...params, spectral_norm: true }, type);

  it("has in training the derivatives of inference with the vectors that the pass leaves", () => {
    tf.tidy(() => {
      const { x, tensors, evaluate } = open(c);
      const left = new Map<string, Tensor>();
      evaluate(x, tensors, left);
      expect([...left.keys()].sort()).toEqual(["weight_u", "weight_v"]);
      const followed = new Map([...tensors, ...left]);
      expect(difference(values(left.get("weight_u")!), values(tensors.get("weight_u")!))).toBeGreaterThan(0.01);

      /** The gradient of a gradient penalty: of the squared gradient by the input, by input and weight. */
      const ofPenalty = (run: (x: Tensor, weight: Tensor) => Tensor) =>
        tf.grads((x: Tensor, weight: Tensor) => {
          const slope = tf.grad((x: Tensor) => tf.sum<Scalar>(tf.square(run(x, weight))))(x);
          return tf.sum<Scalar>(tf.square(slope));
        })([x, tensors.get("weight_orig")!]);
      const found = ofPenalty((x, weight) => evaluate(x, new Map([...tensors, ["weight_orig", weight]]), new Map()));
      const expected = ofPenalty((x, weight) => evaluate(x, new Map([...followed, ["weight_orig", weight]])));
      found.forEach((gradient, index) =>
        expect(difference(values(gradient), values(expected[index]))).toBeLessThan(1e-5),
      );
    });
  });

  it("comes to unit vectors, and to the same output however large the weight is", () => {
    tf.tidy(() => {
      const { x, tensors, evaluate } = open(c);
      const followed = new Map(tensors);
      for (let pass = 0; pass < 100; pass++) evaluate(x, followed, followed);
      for (const vector of ["weight_u", "weight_v"])
        expect(tf.norm(followed.get(vector)!).dataSync()[0]).toBeCloseTo(1, 5);
      const larger = new Map([...followed, ["weight_orig", tf.mul(followed.get("weight_orig")!, 7)] as const]);
      expect(difference(values(evaluate(x, larger)), values(evaluate(x, followed)))).toBeLessThan(1e-5);
      // W/σ stretches nothing: the matrix that a linear layer then is has 1 for its largest singular value
      if (name !== "Linear") return;
      const used = evaluate(tf.eye(6), new Map([...followed, ["bias", tf.zeros([4])]])) as Tensor2D;
      const square: Tensor2D = tf.matMul(used, used, true);
      let power = square;
      for (let doubling = 0; doubling < 8; doubling++) power = tf.matMul(power, power);
      const top: Tensor2D = tf.matMul(power, tf.ones([4, 1]));
      expect(tf.div(tf.norm(tf.matMul(square, top)), tf.norm(top)).dataSync()[0]).toBeCloseTo(1, 4);
    });
  });
});

describe.each(kinds)("an equalized %s", (name, params, type) => {
  it("starts with normal weights and zeros, whatever the network's scheme", () => {
    const { weights } = understand(caseOf(name, { ...params, equalized: 0.25 }, type)).program!.instructions[0];
    expect(weights.map((each) => [each.name, each.init])).toEqual([
      ["weight", { type: "normal", mean: 0, std: 4 }],
      ["bias", { type: "constant", value: 0 }],
    ]);
  });

  it("may not be spectrally normalized too", () => {
    const { diagnostics, program } = understand(caseOf(name, { ...params, equalized: 1, spectral_norm: true }, type));
    expect(diagnostics.map(({ code, at }) => [code, at.param])).toEqual([["param-needs", "equalized"]]);
    expect(program).toBeNull();
  });
});
