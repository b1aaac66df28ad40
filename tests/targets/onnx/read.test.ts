/** Models that GANvas did not write: what is read of them, and what is said of those that are not read. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/core/analysis/diagnostics.ts";
import {
  model,
  node,
  tensor,
  valueInfo,
  type AttributeValue,
  type ModelParts,
} from "../../../src/targets/onnx/build.ts";
import { encodeModel } from "../../../src/targets/onnx/model.ts";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { readOnnx } from "../../../src/targets/onnx/read.ts";
import { inTfjs, programOf } from "./networks.ts";

const floats = (dims: readonly number[], start = 0.25) => {
  const size = dims.reduce((product, extent) => product * extent, 1);
  return { dims, data: Float32Array.from({ length: size }, (_, index) => ((start + index * 0.37) % 1.3) - 0.6) };
};
const weight = (name: string, dims: readonly number[]) => tensor(name, dims, floats(dims).data);
const int64 = (name: string, values: readonly number[]) =>
  tensor(name, [values.length], BigInt64Array.from(values, BigInt));

const made = (parts: Pick<ModelParts, "nodes" | "inputs" | "outputs"> & Partial<ModelParts>): Uint8Array =>
  encodeModel(model({ name: "g", opset: 17, producer: { name: "other", version: "1" }, ...parts }));

const picture = valueInfo("x", ["N", 4, 6, 6]);
const features = valueInfo("x", ["N", 4]);
const result = valueInfo("y", []);
if (result.type?.value.case === "tensorType") result.type.value.value.shape = undefined; // of any rank

/** One node that makes y of x. */
const single = (
  operator: string,
  { inputs = [], attributes = {}, constants = [], x = picture, name = "/main/3/" + operator, outputs = ["y"] }: {
    inputs?: string[]; attributes?: Record<string, AttributeValue>; constants?: ModelParts["initializers"]; x?: typeof picture; name?: string; outputs?: string[];
  } = {},
) => made({ nodes: [node(operator, ["x", ...inputs], outputs, attributes, name)], inputs: [x], outputs: [result], initializers: constants }); // prettier-ignore

async function difference(bytes: Uint8Array): Promise<number> {
  const { document, weights } = readOnnx(bytes, "folder/other.onnx");
  const network = programOf(document).networks[0];
  const { run, dispose } = inTfjs(network, weights);
  const proof = await proveOnnx({ bytes, network, run, batches: [1, 2], seed: 4 });
  dispose();
  return proof.largest;
}

describe("a model of another program", () => {
  const bytes = made({
    docString: "A small critic",
    inputs: [valueInfo("input", ["batch", 4, 6, 6])],
    outputs: [valueInfo("y", ["batch", 3])],
    initializers: [
      weight("w", [8, 2, 3, 3]),
      weight("scale", [1, 8, 1, 1]),
      weight("matrix", [32, 3]),
      weight("b", [3]),
      int64("rows", [-1, 32]),
    ],
    nodes: [
      node(
        "Conv",
        ["input", "w"],
        ["a"],
        { strides: [2, 2], pads: [0, 0, 0, 0], group: 2 },
        "/features/features.0/Conv",
      ),
      node("Add", ["scale", "a"], ["c"], {}, ""),
      node("LeakyRelu", ["c"], ["d"], { alpha: { float: 0.2 } }, "LeakyRelu_2"),
      node("Identity", ["d"], ["e"], {}, "Identity_3"),
      node("Dropout", ["e"], ["f", "mask"], {}, "/features/Dropout"),
      node("Reshape", ["f", "rows"], ["g"], {}, "/Reshape"),
      node("MatMul", ["g", "matrix"], ["h"], {}, "/head/fc/MatMul"),
      node("Add", ["b", "h"], ["y"], {}, "/head/fc/Add"),
    ],
  });

  it("becomes a document of layers that computes the same", async () => {
    const { document, network, weights } = readOnnx(bytes, "folder/other.onnx");
    expect(network).toBe("model");
    expect([document.name, document.description]).toEqual(["other", "A small critic"]);
    expect(document.networks["model"].nodes).toEqual({
      input: { kind: "Input", params: { type: "image", shape: [4, 6, 6] } },
      "features.features.0": { kind: "Conv2d", params: { out_channels: 8, kernel_size: [3, 3], padding: [0, 0], groups: 2, bias: false } },
      add: { kind: "Shift" },
      LeakyRelu_2: { kind: "LeakyReLU", params: { negative_slope: 0.2 } },
      features: { kind: "Dropout" },
      Reshape: { kind: "Reshape", params: { shape: [32] } },
      "head.fc": { kind: "Linear", params: { out_features: 3, bias: false } },
      "head.fc_1": { kind: "Shift" },
      y: { kind: "Output" },
    }); // prettier-ignore
    expect([...weights.keys()]).toEqual(["features.features.0.weight", "add.bias", "head.fc.weight", "head.fc_1.bias"]);
    expect(await difference(bytes)).toBeLessThanOrEqual(1e-5);
  });

  it.each<[string, Uint8Array]>([
    ["a bias row of [1, out]", single("Gemm", { x: features, inputs: ["w", "b"], constants: [weight("w", [4, 2]), weight("b", [1, 2])] })],
    ["a negative axis", made({ nodes: [node("Concat", ["x", "x"], ["c"], { axis: -3 }), node("Flatten", ["c"], ["y"], { axis: -3 })], inputs: [picture], outputs: [result] })],
    ["a copied dimension", single("Reshape", { inputs: ["s"], constants: [int64("s", [0, 0, -1, 1])] })],
    ["a constant from a node", made({
      nodes: [node("Constant", [], ["c"], { value: { tensor: weight("", [4]) } }), node("Add", ["x", "c"], ["y"])], inputs: [features], outputs: [result],
    })],
    ["dropout that is told not to drop", single("Dropout", { inputs: ["", "t"], constants: [tensor("t", [], Uint8Array.of(0), "bool")] })],
    ["8-bit weights with one scale and a zero point", made({
      nodes: [node("DequantizeLinear", ["q", "s", "z"], ["w"]), node("MatMul", ["x", "w"], ["y"])], inputs: [features], outputs: [result],
      initializers: [tensor("q", [4, 2], Uint8Array.of(1, 20, 130, 140, 255, 0, 128, 7)), tensor("s", [], Float32Array.of(0.02)), tensor("z", [], Uint8Array.of(128))],
    })],
    ["weights listed among the inputs", made({ nodes: [node("MatMul", ["x", "w"], ["y"])], inputs: [features, valueInfo("w", [4, 2])], outputs: [result], initializers: [weight("w", [4, 2])] })],
  ])("may have %s", async (_, bytes) => {
    expect(await difference(bytes)).toBeLessThanOrEqual(1e-5);
  }); // prettier-ignore
});

describe("an operator that cannot be read", () => {
  const kernel = [weight("w", [2, 4, 3, 3])];
  it.each<[string, Uint8Array, string]>([
    ["has no layer", single("Det"), "/main/3/Det is Det: no layer does this."],
    ["is of another domain", made({ nodes: [{ ...node("Relu", ["x"], ["y"]), domain: "com.example" }], inputs: [picture], outputs: [result] }), 'the node that makes "y" is com.example.Relu: no layer does this.'],
    ["pads by itself", single("Conv", { inputs: ["w"], constants: kernel, attributes: { auto_pad: "SAME_UPPER" } }), "/main/3/Conv is Conv: auto_pad instead of explicit pads."],
    ["pads one side", single("Conv", { inputs: ["w"], constants: kernel, attributes: { pads: [1, 0, 0, 0] } }), "pads that differ between the sides"],
    ["has a kernel for other channels", single("Conv", { inputs: ["w"], constants: [weight("w", [2, 3, 3, 3])] }), "its weight is [2, 3, 3, 3] instead of [2, 4, 3, 3]"],
    ["has a kernel larger than its image", single("Conv", { inputs: ["w"], constants: [weight("w", [2, 4, 7, 7])] }), "smaller than the 7×7 kernel"],
    ["has a bias that is computed", single("Gemm", { x: features, inputs: ["w", "x"], constants: [weight("w", [4, 4])] }), "a bias that is not constant"],
    ["trains", single("BatchNormalization", { inputs: ["a", "b", "c", "d"], constants: ["a", "b", "c", "d"].map((name) => weight(name, [4])), attributes: { training_mode: 1 } }), "as BatchNorm1d, an input that is no vector; as BatchNorm2d, training mode."],
    ["drops", single("Dropout", { inputs: ["", "t"], constants: [tensor("t", [], Uint8Array.of(1), "bool")] }), "/main/3/Dropout is Dropout: training mode."],
    ["changes the batch", single("Reshape", { inputs: ["s"], constants: [int64("s", [8, -1])] }), "that changes the batch"],
    ["makes a shape of two", single("Reshape", { inputs: ["s"], constants: [int64("s", [0, 4, 36])] }), "shape is [4, 36]"],
    ["has a slope past its bounds", single("LeakyRelu", { attributes: { alpha: { float: 2 } } }), "negative_slope is 2; it must be a number between 0 and 1"],
    ["is used by its second output", made({ nodes: [node("Dropout", ["x"], ["a", "mask"], {}, "drop"), node("Identity", ["mask"], ["y"], {}, "copy")], inputs: [picture], outputs: [result] }), 'drop is Dropout: copy uses its output "mask", which is not read.'],
  ])("%s", (_, bytes, wanted) => {
    const read = () => readOnnx(bytes, "other.onnx");
    expect(read).toThrow(UserError);
    expect(read).toThrow("error onnx-operator: ");
    expect(read).toThrow(wanted);
  }); // prettier-ignore
});

describe("a file that is no such model", () => {
  const relu = [node("Relu", ["x"], ["y"])];
  it.each<[string, Uint8Array, string]>([
    ["has bytes of something else", Uint8Array.of(1, 2, 3), "the bytes cannot be parsed"],
    ["is cut off", single("Relu").subarray(0, 30), "other.onnx is not an ONNX model that can be read: "],
    ["is of an old operator set", encodeModel({ ...model({ name: "g", nodes: [], inputs: [], outputs: [], opset: 17, producer: { name: "", version: "" } }), opsetImport: [{ $typeName: "onnx.OperatorSetIdProto", domain: "", version: 7n }] }), "its operator set is 7, and 9 to 25 are read"],
    ["has sequences of rank 3", made({ nodes: relu, inputs: [valueInfo("x", ["N", 3, 5])], outputs: [result] }), 'its input "x" is float32 [N, 3, 5]; float32 images [N, C, H, W] and vectors [N, F] of known size are read'],
    ["has integers", made({ nodes: relu, inputs: [valueInfo("x", ["N", 3], "int64")], outputs: [result] }), 'its input "x" is int64 [N, 3]'],
    ["has images of any size", made({ nodes: relu, inputs: [valueInfo("x", ["N", 3, "H", "W"])], outputs: [result] }), 'its input "x" is float32 [N, 3, H, W]'],
    ["takes what nothing makes", made({ nodes: [node("Relu", ["z"], ["y"], {}, "/act/Relu")], inputs: [picture], outputs: [result] }), '/act/Relu takes "z", and nothing before it makes that'],
    ["gives what nothing makes", made({ nodes: [], inputs: [picture], outputs: [result] }), 'the graph takes "y", and nothing before it makes that'],
    ["gives a constant", made({ nodes: [], inputs: [picture], outputs: [result], initializers: [weight("y", [2])] }), 'its output "y" is a constant'],
    ["has an attribute of another type", single("LeakyRelu", { attributes: { alpha: "much" } }), "alpha is STRING, wanted FLOAT"],
  ])("%s", (_, bytes, wanted) => {
    const read = () => readOnnx(bytes, "other.onnx");
    expect(read).toThrow(UserError);
    expect(read).toThrow("error onnx-malformed: ");
    expect(read).toThrow(wanted);
  }); // prettier-ignore
});
