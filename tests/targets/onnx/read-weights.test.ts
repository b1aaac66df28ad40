import { describe, expect, it } from "vitest";
import { weightsOf } from "../../../src/core/program/weights.ts";
import { decodeModel } from "../../../src/targets/onnx/model.ts";
import { weightsIn } from "../../../src/targets/onnx/read-weights.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";
import { randomWeights, template } from "./networks.ts";

/** The largest part of a weight's own magnitude that its storage may cost. */
const precision = { float32: 0, float16: 1e-3, int8: 1e-2 } as const;

describe.each(["float32", "float16", "int8"] as const)("the weights in a file that stores them as %s", (storage) => {
  it.each(["dcgan-mnist", "toy-ring"])("of %s come out under their names, in their shapes", (name) => {
    for (const network of template(name).networks) {
      const weights = randomWeights(network);
      const bytes = writeOnnx(network, weights, { producerVersion: "0.0.0", weights: storage });
      const read = weightsIn(decodeModel(bytes));
      for (const { path, shape } of weightsOf(network)) {
        const [found, wanted] = [read.get(path), weights.get(path)!];
        if (!found) continue; // what inference does not need is not in the file
        expect(found.data.length, path).toBe(wanted.data.length);
        if (shape.length > 1) expect(found.shape, path).toEqual(shape);
        const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const off = found.data.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted.data[at])), 0);
        expect(off, path).toBeLessThanOrEqual(precision[storage] * largest);
      }
      expect([...read.keys()].filter((path) => !weights.has(path))).toEqual([]);
      expect(read.size).toBeGreaterThan(0);
    }
  });
});
