import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { tf } from "../../src/cli/tfjs.ts";

const require = createRequire(import.meta.url);

it("has gradients and chained operations, and neither layers nor backends that nothing uses", () => {
  for (const kernel of ["BatchMatMul", "Conv2D", "Tanh", "Sum"]) expect(tf.getGradient(kernel), kernel).toBeDefined();
  expect(tf.Tensor.prototype.add).toBeTypeOf("function");
  expect(tf.findBackendFactory("cpu")).toBeNull();
  expect(tf).not.toHaveProperty("layers");
});

it("leaves the parts that it does without to whoever asks for them", () => {
  const layers = require("@tensorflow/tfjs-layers") as { readonly layers: { readonly dense: unknown } };
  expect(layers.layers.dense).toBeTypeOf("function");
});
