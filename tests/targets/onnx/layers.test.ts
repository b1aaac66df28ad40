/** Every layer kind with its default parameters: written, run in ONNX Runtime, read back and run again. */
import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { isError, UserError } from "../../../src/core/analysis/diagnostics.ts";
import { emptyDocument, type GanDocument } from "../../../src/core/document/types.ts";
import type { PortSpec } from "../../../src/core/kind/ports.ts";
import { layers, vocabulary } from "../../../src/kinds/index.ts";
import type { Layer } from "../../../src/kinds/lowering.ts";
import { opsets } from "../../../src/targets/onnx/build.ts";
import { decodeModel } from "../../../src/targets/onnx/model.ts";
import { proveOnnx } from "../../../src/targets/onnx/prove.ts";
import { readOnnx } from "../../../src/targets/onnx/read.ts";
import { writeOnnx } from "../../../src/targets/onnx/write.ts";
import { inTfjs, programOf, randomWeights, sameWeights } from "./networks.ts";

const shapes = { image: [8, 9, 12], vector: [24], embedded: [6, 8], label: [5] } as const;
type Fed = keyof typeof shapes;

const cases = [...layers.values()].flatMap((kind) =>
  (["image", "vector", "embedded", "label"] as const)
    .map((type) => ({ title: `${kind.name} of ${type}`, kind: kind.name, type, document: documentOf(kind, type) }))
    .filter(({ kind: name, type, document }) => layers.get(name)!.inputs[0].types.includes(type) && isWhole(document)),
);

describe("a network of one layer", () => {
  it("is tried for every kind", () => expect([...new Set(cases.map(({ kind }) => kind))]).toEqual([...layers.keys()]));

  it.each(cases)("$title is the same in ONNX Runtime, and read back", async ({ kind, document, type }) => {
    const network = programOf(document).networks[0];
    const weights = randomWeights(network);
    const tfjs = inTfjs(network, weights);
    let read: ReturnType<typeof readable> = null;
    for (const opset of opsets) {
      const bytes = writeOnnx(network, weights, { opset, producerVersion: "0.0.0" });
      const proof = await proveOnnx({ bytes, network, run: tfjs.run, batches: [1, 3], seed: 5 });
      expect(proof.largest, `opset ${opset}`).toBeLessThanOrEqual(1e-5);
      // how many classes a label has, the file does not say; images and vectors are what is read
      if (type === "label" || type === "embedded" || read || !(opset === 17 || opset === newest)) continue;
      read = readable(kind, bytes);
      if (!read) continue;
      // a fixed filter is read as the convolution that it is written as
      if (layers.get(kind)!.lowering.onnx.operators) expect(sameWeights(read.weights, weights)).toBe(true);
      const again = inTfjs(programOf(read.document).networks[0], read.weights);
      expect(
        (await proveOnnx({ bytes, network, run: again.run, batches: [1, 3], seed: 5 })).largest,
      ).toBeLessThanOrEqual(1e-5);
      again.dispose();
    }
    tfjs.dispose();
  });
});

const newest = opsets[opsets.length - 1];

/**
 * Null where the layer is several operators, in this operator set or in all, and no kind reads one of them: such a file
 * brings its document along.
 */
function readable(kind: string, bytes: Uint8Array): ReturnType<typeof readOnnx> | null {
  try {
    return readOnnx(bytes, "layer.onnx");
  } catch (error) {
    const { operators } = layers.get(kind)!.lowering.onnx;
    const alone = decodeModel(bytes).graph.node.some(({ opType }) => operators?.includes(opType));
    if (alone || !(error instanceof UserError)) throw error;
    expect(error.diagnostics.map(({ code }) => code)).toEqual(["onnx-operator"]);
    return null;
  }
}

/** Inputs in.0, in.1, …, the layer, and an Output for each of its ports. */
function documentOf(kind: Layer, type: Fed): GanDocument {
  const ports = kind.inputs.flatMap(wires);
  const fed = (port: PortSpec): Fed => (port.types.includes(type) ? type : (port.types[0] as Fed));
  const nodes = Object.fromEntries([
    ...ports.map(({ spec, name }) => [
      `x_${name}`,
      { kind: "Input", params: { type: fed(spec), shape: shapes[fed(spec)] } },
    ]),
    ...ports.filter(({ spec }) => wantsPositive(spec)).map(({ name }) => [`above.${name}`, { kind: "Softplus" }]),
    ["main.0", { kind: kind.name }],
    ...kind.outputs.map(({ name }) => [`y_${name}`, { kind: "Output" }]),
  ]);
  const edges = [
    ...ports.flatMap(({ spec, name }) => entering(`x_${name}.out`, `main.0.${name}`, `above.${name}`, spec)),
    ...kind.outputs.map(({ name }) => ({ from: `main.0.${name}`, to: `y_${name}.in` })),
  ];
  return { ...emptyDocument("layer"), networks: { model: { nodes, edges } } };

  function wantsPositive({ positive }: PortSpec): boolean {
    return positive?.(Object.fromEntries(Object.entries(kind.fields).map(([name, field]) => [name, field.default]))) === true; // prettier-ignore
  }
  /** Numbers above 0 come through a Softplus. */
  function entering(from: string, to: string, between: string, spec: PortSpec) {
    return wantsPositive(spec) ? [{ from, to: `${between}.in` }, { from: `${between}.out`, to }] : [{ from, to }]; // prettier-ignore
  }
}

/** One wire more than a variadic port needs. */
function wires(spec: PortSpec): { spec: PortSpec; name: string }[] {
  if (!spec.variadic) return [{ spec, name: spec.name }];
  return Array.from({ length: spec.variadic.least + 1 }, (_, index) => ({ spec, name: `${spec.name}.${index}` }));
}

function isWhole(document: GanDocument): boolean {
  return !analyze(document, vocabulary, () => null).diagnostics.some(isError);
}
