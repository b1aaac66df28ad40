import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { model, node, opsets, tensor, valueInfo } from "../../../src/targets/onnx/build.ts";
import { decodeModel, encodeModel } from "../../../src/targets/onnx/model.ts";
import { OnnxRuntimeError, openRuntime } from "../../../src/targets/onnx/runtime.ts";
import { difference, readOperatorCase } from "./operator-case.ts";
import { tinyImages, tinyModel, tinyReference } from "./tiny-model.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/onnx-node-tests/", import.meta.url));
const cases = readdirSync(fixtures).filter((name) => name.startsWith("test_"));
const producer = { name: "ganvas", version: "0.1.0" };

describe("a model written by hand, in ONNX Runtime", () => {
  it.each(opsets)("computes at opset %i what plain loops compute, for batches of 1 and of 3", async (opset) => {
    const runtime = await openRuntime(encodeModel(tinyModel(opset)));
    expect([runtime.inputs, runtime.outputs]).toEqual([["image"], ["score"]]);
    for (const batch of [1, 3]) {
      const images = tinyImages(batch);
      const { score } = await runtime.run({ image: images });
      const reference = { type: "float32", dims: [batch, 4], data: tinyReference(images.data, batch) } as const;
      expect(difference(score!, reference)).toBeLessThan(1e-5);
    }
    await runtime.release();
  });

  it("passes float16 and bool in and out as Float32Array and Uint8Array", async () => {
    const runtime = await openRuntime(
      encodeModel(
        model({
          name: "halves",
          opset: 17,
          producer,
          inputs: [valueInfo("x", ["N"], "float16"), valueInfo("keep", ["N"], "bool")],
          outputs: [valueInfo("y", ["N"], "float16"), valueInfo("dropped", ["N"], "bool")],
          initializers: [tensor("minus", [1], Float32Array.of(-0.5), "float16")],
          nodes: [node("Where", ["keep", "x", "minus"], ["y"]), node("Not", ["keep"], ["dropped"])],
        }),
      ),
    );
    const x = { dims: [3], data: Float32Array.of(1 / 3, 2, 70000) };
    const { y, dropped } = await runtime.run({ x, keep: { dims: [3], data: Uint8Array.of(1, 0, 1) } });
    expect(y).toEqual({ type: "float16", dims: [3], data: Float32Array.of(0.333251953125, -0.5, Infinity) });
    expect(dropped).toEqual({ type: "bool", dims: [3], data: Uint8Array.of(0, 1, 0) });
    await runtime.release();
  });

  it("opens several sessions at once and runs them interleaved", async () => {
    const runtimes = await Promise.all([13, 17, 21].map((opset) => openRuntime(encodeModel(tinyModel(opset as 13)))));
    const images = tinyImages(2);
    const results = await Promise.all(runtimes.map((runtime) => runtime.run({ image: images })));
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    await Promise.all(runtimes.map((runtime) => runtime.release()));
  });
});

describe("ONNX's own operator tests", () => {
  it("are there", () => expect(cases).toHaveLength(10));

  it.each(cases)("%s answers as expected, and bit for bit alike after decoding and encoding", async (name) => {
    const { model: original, inputs, outputs } = readOperatorCase(join(fixtures, name));
    const results = [];
    for (const bytes of [original, encodeModel(decodeModel(original))]) {
      const runtime = await openRuntime(bytes);
      results.push(await runtime.run(inputs));
      await runtime.release();
    }
    expect(results[1]).toEqual(results[0]);
    expect(Object.keys(results[0]!)).toEqual(Object.keys(outputs));
    for (const [output, expected] of Object.entries(outputs)) {
      expect(difference(results[0]![output]!, expected)).toBeLessThan(1e-5);
    }
  });
});

describe("what ONNX Runtime refuses", () => {
  const broken = (op: string) =>
    encodeModel(
      model({
        name: "broken",
        opset: 17,
        producer,
        inputs: [valueInfo("x", ["N", 2])],
        outputs: [valueInfo("y", ["N", 2])],
        nodes: [node(op, ["x"], ["y"])],
      }),
    );

  it.each([
    ["bytes that are no model", Uint8Array.of(1, 2, 3)],
    ["an operator that does not exist", broken("Foo")],
    ["an operator that lacks an input", broken("Conv")],
  ])("is an OnnxRuntimeError for %s", async (_, bytes) => {
    await expect(openRuntime(bytes)).rejects.toThrow(OnnxRuntimeError);
    await expect(openRuntime(bytes)).rejects.toThrow(/^model: ONNX Runtime says: /);
  });

  it("names the input for an unknown name, a missing feed and an array of another type or length", async () => {
    const runtime = await openRuntime(broken("Relu"));
    const x = { dims: [1, 2], data: Float32Array.of(1, 2) };
    await expect(runtime.run({ z: x })).rejects.toThrow('input "z": the model\'s inputs are x');
    await expect(runtime.run({})).rejects.toThrow(/^run: ONNX Runtime says: .*x/);
    await expect(runtime.run({ x: { dims: [1, 2], data: Int32Array.of(1, 2) } })).rejects.toThrow(/^input "x": /);
    await expect(runtime.run({ x: { dims: [2, 2], data: x.data } })).rejects.toThrow(/^input "x": /);
    await expect(runtime.run({ x: { dims: [2], data: x.data } })).rejects.toThrow(OnnxRuntimeError);
    expect((await runtime.run({ x }))["y"]!.data).toEqual(x.data);
    await runtime.release();
  });
});
