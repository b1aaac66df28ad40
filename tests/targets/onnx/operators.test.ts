/** ONNX's own operator tests, read as documents and run in tfjs. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeModel, encodeModel } from "../../../src/targets/onnx/model.ts";
import { readOnnx } from "../../../src/targets/onnx/read.ts";
import { encodeTensor, type NumericTensor } from "../../../src/targets/onnx/tensor.ts";
import { difference, readOperatorCase } from "../onnx-format/operator-case.ts";
import { inTfjs, programOf } from "./networks.ts";

const fixtures = (folder: string) => fileURLToPath(new URL(`../../fixtures/${folder}/`, import.meta.url));
const cases = [
  ...readdirSync(fixtures("onnx-layer-tests"))
    .filter((name) => name.startsWith("test_"))
    .map((name) => join(fixtures("onnx-layer-tests"), name)),
  ...["test_basic_conv_without_padding", "test_batchnorm_example", "test_gemm_default_zero_bias"].map((name) =>
    join(fixtures("onnx-node-tests"), name),
  ),
];

describe("ONNX's own operator tests", () => {
  it("are there", () => expect(cases).toHaveLength(12));

  it.each(cases.map((folder) => [basename(folder), folder]))(
    "%s is read as a layer that answers as expected",
    async (_, folder) => {
      const { bytes, fed, wanted } = asNetwork(folder);
      const { document, weights } = readOnnx(bytes, "case.onnx");
      const network = programOf(document).networks[0];
      expect(network.instructions).toHaveLength(1);
      const { run, dispose } = inTfjs(network, weights);
      const [result] = Object.values(await run(fed));
      dispose();
      expect(difference({ type: "float32", ...result }, wanted)).toBeLessThanOrEqual(1e-5);
    },
  );
});

/** In these tests weights are inputs of the graph; here all inputs after the first become constants, but for Concat's. */
function asNetwork(folder: string) {
  const { model: bytes, inputs, outputs } = readOperatorCase(folder);
  const model = decodeModel(bytes);
  const { graph } = model;
  const values = graph.node[0].opType === "Concat" ? graph.input : graph.input.slice(0, 1);
  const constants = graph.input.filter((input) => !values.includes(input));
  graph.input = values;
  graph.initializer = constants.map(({ name }) => encodeTensor(name, inputs[name]));
  const fed = Object.fromEntries(values.map(({ name }) => [name, numbers(inputs[name])]));
  return { bytes: encodeModel(model), fed, wanted: outputs[graph.output[0].name] };
}

const numbers = ({ dims, data }: NumericTensor) => ({ dims, data: Float32Array.from(data as Float32Array) });
