/** The conventions of a written file, and the corners of outputs, sharing and storage. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/core/analysis/diagnostics.ts";
import type { NetworkProgram } from "../../../src/core/program/types.ts";
import { weightsOf } from "../../../src/core/program/weights.ts";
import type { Opset } from "../../../src/targets/onnx/build.ts";
import { attribute, decodeModel, operators, opsetOf, valueType } from "../../../src/targets/onnx/model.ts";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { readOnnx } from "../../../src/targets/onnx/read.ts";
import { openRuntime } from "../../../src/targets/onnx/runtime.ts";
import { decodeTensor } from "../../../src/targets/onnx/tensor.ts";
import { weightStorages } from "../../../src/targets/onnx/write-weights.ts";
import { writeOnnx, type OnnxOptions } from "../../../src/targets/onnx/write.ts";
import { graph, inTfjs, network, programOf, randomWeights, sameWeights, template } from "./networks.ts";

const producerVersion = "1.2.3";
const write = (program: NetworkProgram, options: Partial<OnnxOptions> = {}) =>
  writeOnnx(program, randomWeights(program), { producerVersion, ...options });
const written = (program: NetworkProgram, options: Partial<OnnxOptions> = {}) => decodeModel(write(program, options));

/** The largest difference from tfjs, and the model. */
async function proven(program: NetworkProgram, options: Partial<OnnxOptions> = {}) {
  const bytes = write(program, options);
  const { run, dispose } = inTfjs(program, randomWeights(program));
  const { largest } = await proveOnnx({ bytes, network: program, run, batches: [1, 3], seed: 3 });
  dispose();
  return { largest, bytes, ...decodeModel(bytes) };
}

const vectorInput = ["Input", { type: "vector", shape: [6] }] as const;
const imageInput = ["Input", { type: "image", shape: [4, 7, 6] }] as const;

describe("a written generator", () => {
  const generator = template("dcgan-64").networks.find(({ name }) => name === "generator")!;
  const [small] = template("dcgan-mnist").networks;
  const model = written(generator, { docString: "Made of noise" });

  it("takes and gives a batch of any size under the network's own names, channels first", () => {
    expect(model.graph.input.map(valueType)).toEqual([{ name: "z", type: "float32", dims: ["N", 100] }]);
    expect(model.graph.output.map(valueType)).toEqual([{ name: "image", type: "float32", dims: ["N", 3, 64, 64] }]);
    expect(operators(model)).toEqual(["BatchNormalization", "ConvTranspose", "Relu", "Reshape", "Tanh"]);
  });

  it("names weights as the state_dict and nodes by their path", () => {
    const weights = weightsOf(generator).map(({ path }) => path);
    expect(model.graph.initializer.map(({ name }) => name).filter((name) => !name.startsWith("/"))).toEqual(weights);
    expect(model.graph.node.map(({ name }) => name).slice(0, 4)).toEqual(
      ["/main/0/image/Reshape", "/main/0/ConvTranspose", "/main/1/BatchNormalization", "/main/2/Relu"], // prettier-ignore
    );
  });

  it("states the shape of every value on the way, without a name for the batch", () => {
    const stated = new Map(model.graph.valueInfo.map((info) => [info.name, valueType(info).dims]));
    const made = model.graph.node.flatMap(({ output }) => output);
    expect([...stated.keys(), "image"]).toEqual(made);
    expect(stated.get("/main/3/ConvTranspose_output_0")).toEqual([null, 256, 8, 8]);
  });

  it("pads explicitly and normalizes by stored statistics", () => {
    const [, transposed, normalization] = model.graph.node;
    const { ints, has } = attribute(transposed);
    expect([ints("pads"), ints("output_padding"), has("auto_pad"), has("output_shape")]).toEqual([[0, 0, 0, 0], [0, 0], false, false]); // prettier-ignore
    expect(normalization.output).toHaveLength(1);
    expect(normalization.input.slice(1)).toEqual(
      ["weight", "bias", "running_mean", "running_var"].map((name) => `main.1.${name}`),
    );
    expect(attribute(normalization).int("training_mode", 0)).toBe(0);
  });

  it("says who made it, and of which opset and IR it is", () => {
    expect([model.producerName, model.producerVersion, model.docString]).toEqual(["ganvas", "1.2.3", "Made of noise"]);
    expect([opsetOf(model), model.irVersion]).toEqual([17, 8n]);
    expect(opsetOf(written(small, { opset: 21 }))).toBe(21);
  });

  it("has equal bytes when written again", () => expect(Buffer.from(write(small)).equals(write(small))).toBe(true));
});

describe("what a layer's parameters become", () => {
  it("covers groups, dilation, oblong kernels and output padding, in every storage", async () => {
    const program = network({
      x: imageInput,
      conv: ["Conv2d", { out_channels: 8, kernel_size: [3, 2], stride: [1, 2], padding: [2, 1], dilation: [2, 1], groups: 2 }, "x"],
      up: ["ConvTranspose2d", { out_channels: 6, kernel_size: [4, 3], stride: [2, 3], padding: [1, 0], output_padding: [1, 2], groups: 2, bias: false }, "conv"],
      y: ["Output", {}, "up"],
    }); // prettier-ignore
    const largest = [];
    for (const weights of weightStorages) largest.push((await proven(program, { weights })).largest);
    expect(largest[0]).toBeLessThanOrEqual(1e-5);
    expect(largest[1]).toBeLessThanOrEqual(5e-3);
    expect(largest[2]).toBeLessThanOrEqual(3e-2);
    expect(largest[0] < largest[1] && largest[1] < largest[2]).toBe(true);
  });

  it("reshapes a vector that enters as an image once, however many layers take it", async () => {
    const program = network({
      z: vectorInput,
      a: ["ConvTranspose2d", { out_channels: 2 }, "z"],
      b: ["ConvTranspose2d", { out_channels: 3 }, "z"],
      both: ["Concat", {}, "a", "b"],
      y: ["Output", {}, "both"],
    });
    const { largest, graph: made } = await proven(program);
    expect(largest).toBeLessThanOrEqual(1e-5);
    expect(made.node.filter(({ opType }) => opType === "Reshape").map(({ name }) => name)).toEqual([
      "/a/image/Reshape",
    ]);
    const shape = made.initializer.find(({ name }) => name === "/a/image/shape")!;
    expect(decodeTensor(shape).data).toEqual(BigInt64Array.of(-1n, 6n, 1n, 1n));
  });

  it("stores a shared block's weights once", async () => {
    const blocks = {
      layer: graph({ in: ["Input", {}], fc: ["Linear", { out_features: 6 }, "in"], out: ["Output", {}, "fc"] }),
    };
    const document = {
      format: "ganvas/1", name: "shared", training: { nodes: {}, edges: [] }, layout: {}, blocks,
      networks: {
        model: {
          nodes: { x: { kind: "Input", params: { type: "vector", shape: [6] } }, a: { kind: "Block", params: { block: "layer", share: "s" } }, b: { kind: "Block", params: { block: "layer", share: "s" } }, y: { kind: "Output" } },
          edges: [{ from: "x.out", to: "a.in" }, { from: "a.out", to: "b.in" }, { from: "b.out", to: "y.in" }],
        },
      },
    }; // prettier-ignore
    const [program] = programOf(document).networks;
    for (const weights of weightStorages) {
      const { largest, graph: made } = await proven(program, { weights });
      expect(largest).toBeLessThanOrEqual(3e-2);
      expect(made.node.filter(({ opType }) => opType === "Gemm")).toHaveLength(2);
      expect(made.initializer.filter(({ name }) => !name.startsWith("/")).map(({ name }) => name)).toEqual(["s.fc.weight", "s.fc.bias"]); // prettier-ignore
    }
  });

  it("leaves dropout out, or keeps it at work", async () => {
    const program = network({
      x: ["Input", { type: "vector", shape: [4000] }],
      drop: ["Dropout", { p: 0.25 }, "x"],
      y: ["Output", {}, "drop"],
    });
    expect(operators(written(program))).toEqual(["Identity"]);
    for (const opset of [13, 17, 21] as const) {
      const bytes = write(program, { keepDropout: true, opset });
      expect(operators(decodeModel(bytes))).toEqual(["Dropout"]);
      const runtime = await openRuntime(bytes);
      const x = { dims: [1, 4000], data: new Float32Array(4000).fill(3) };
      const y = (await runtime.run({ x }))["y"].data as Float32Array;
      await runtime.release();
      const dropped = y.filter((value) => value === 0).length / y.length;
      expect(dropped).toBeGreaterThan(0.2);
      expect(dropped).toBeLessThan(0.3);
      expect(y.every((value) => value === 0 || Math.abs(value - 4) < 1e-5)).toBe(true);
    }
  });
});

describe("outputs", () => {
  const relu = { x: vectorInput, act: ["ReLU", {}, "x"] } as const;
  it.each([
    ["that are an input", { x: vectorInput, y: ["Output", {}, "x"] }, ["Identity"]],
    ["of one value", { ...relu, y1: ["Output", {}, "act"], y2: ["Output", {}, "act"] }, ["Relu", "Identity"]],
    ["of one input", { x: vectorInput, y1: ["Output", {}, "x"], y2: ["Output", {}, "x"] }, ["Identity", "Identity"]],
    ["of a value that others take", { ...relu, tanh: ["Tanh", {}, "act"], y1: ["Output", {}, "act"], y2: ["Output", {}, "tanh"] }, ["Relu", "Tanh"]],
    ["behind layers that are left out", { ...relu, drop: ["Dropout", {}, "act"], y1: ["Output", {}, "act"], y2: ["Output", {}, "drop"] }, ["Relu", "Identity"]],
    ["of a label", { x: ["Input", { type: "label", shape: [5] }], y: ["Output", {}, "x"] }, ["Identity"]],
  ] as const)("%s carry their own names", async (_, wiring, wanted) => {
    const program = network(wiring as Parameters<typeof network>[0]);
    const { largest, graph: made, bytes } = await proven(program);
    expect(largest).toBeLessThanOrEqual(1e-6);
    expect(made.node.map(({ opType }) => opType)).toEqual(wanted);
    expect(made.output.map(({ name }) => name)).toEqual(program.outputs.map(({ name }) => name));
    if (program.inputs[0].type.type === "label") return;
    const read = programOf(readOnnx(bytes, "a.onnx").document).networks[0];
    expect(read.outputs.map(({ name }) => name)).toEqual(program.outputs.map(({ name }) => name));
  }); // prettier-ignore

  it("keep their names where a weight or an inner value would have had them", async () => {
    const program = network({
      x: vectorInput,
      fc: ["Linear", { out_features: 3 }, "x"],
      "fc.weight": ["Output", {}, "fc"],
    });
    const { largest, graph: made } = await proven(program);
    expect(largest).toBeLessThanOrEqual(1e-5);
    expect(made.output[0].name).toBe("fc.weight");
    expect(made.initializer.map(({ name }) => name)).toEqual(["fc.weight_1", "fc.bias"]);
  });
});

describe("smaller weights", () => {
  const program = network({
    x: imageInput,
    conv: ["Conv2d", { out_channels: 3 }, "x"],
    norm: ["BatchNorm2d", {}, "conv"],
    flat: ["Flatten", {}, "norm"],
    fc: ["Linear", { out_features: 2 }, "flat"],
    y: ["Output", {}, "fc"],
  });
  const types = (options: Partial<OnnxOptions>, weights = randomWeights(program)) =>
    new Map(
      decodeModel(writeOnnx(program, weights, { producerVersion, ...options })).graph.initializer.map((tensor) => [
        tensor.name,
        decodeTensor(tensor),
      ]),
    );

  it("are matrices and kernels in half precision; biases and statistics stay as they are", () => {
    const stored = types({ weights: "float16" });
    expect([...stored].filter(([, { type }]) => type === "float16").map(([name]) => name)).toEqual([
      "conv.weight",
      "fc.weight",
    ]);
    expect([...stored.values()].filter(({ type }) => type === "float32")).toHaveLength(6);
  });

  it("stay in float32 where half precision would make them infinite", () => {
    const weights = randomWeights(program);
    weights.get("fc.weight")!.data[3] = 1e5;
    expect(types({ weights: "float16" }, weights).get("fc.weight")!.type).toBe("float32");
  });

  it("are 8-bit integers whose largest magnitude is 127 in each output channel", () => {
    const weights = randomWeights(program);
    weights.get("conv.weight")!.data.fill(0, 0, 64);
    const stored = types({ weights: "int8" }, weights);
    const { type, data } = stored.get("conv.weight")!;
    const channels = [0, 1, 2].map((channel) =>
      Math.max(...Array.from((data as Int8Array).subarray(64 * channel, 64 * (channel + 1)), Math.abs)),
    );
    expect([type, channels]).toEqual(["int8", [0, 127, 127]]);
    expect(stored.get("/conv/weight/scale")!.dims).toEqual([3]);
  });

  it("read back to the values that the file stands for", async () => {
    for (const storage of ["float16", "int8"] as const) {
      const bytes = write(program, { weights: storage });
      const read = readOnnx(bytes, "small.onnx");
      expect(sameWeights(read.weights, randomWeights(program))).toBe(false);
      const again = programOf(read.document).networks[0];
      const { run, dispose } = inTfjs(again, read.weights);
      expect((await proveOnnx({ bytes, network: again, run, batches: [2], seed: 1 })).largest).toBeLessThanOrEqual(
        1e-5,
      );
      dispose();
    }
  });
});

describe("what cannot be written", () => {
  const program = network({ x: vectorInput, fc: ["Linear", { out_features: 3 }, "x"], y: ["Output", {}, "fc"] });

  it.each([12, 22, 17.5])("is opset %d", (opset) => {
    expect(() => write(program, { opset: opset as Opset })).toThrow(UserError);
    expect(() => write(program, { opset: opset as Opset })).toThrow(
      `Opset ${opset} is not supported; choose one from 13 to 21.`,
    );
  });

  it("is a network whose weights are missing or of another shape", () => {
    const weights = randomWeights(program);
    weights.set("fc.bias", { shape: [4], data: new Float32Array(4) });
    expect(() => writeOnnx(program, weights, { producerVersion })).toThrow(
      "The weight fc.bias is [4], and [3] is wanted",
    );
    weights.delete("fc.weight");
    expect(() => writeOnnx(program, weights, { producerVersion })).toThrow(UserError);
  });
});
