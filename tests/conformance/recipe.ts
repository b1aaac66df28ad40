/**
 * The golden files: tests/fixtures/conformance/<Kind>.jsonl holds a line for each case with the PyTorch text that the kind
 * gives, and tests/fixtures/conformance.py evaluates that very text. Its results lie beside it, each with the digest of
 * the line that it was computed from, so neither can change without the other.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Fields, Params } from "../../src/core/kind/fields.ts";
import { accept, type PortType } from "../../src/core/kind/ports.ts";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import { layers } from "../../src/kinds/index.ts";
import type { Layer } from "../../src/kinds/lowering.ts";
import { readSafetensors, toFloat32 } from "../../src/targets/safetensors/safetensors.ts";
import type { Case, CaseInput } from "./cases.ts";
import { understand } from "./document.ts";
import { classesOf, isDiscrete, type Plain } from "./values.ts";

export const folder = new URL("../fixtures/conformance/", import.meta.url);
/** Where a loss keeps its numbers: a layer may have its name. */
export const lossFixture = ({ name }: { readonly name: string }): string =>
  layers.has(name) ? `training.${name}` : name;
export const goldenFile = (kind: string) => new URL(`${kind}.jsonl`, folder);

/** Modes in which PyTorch's layer is evaluated: layers with buffers differ in training, and random ones cannot be compared. */
export type PassName = "train" | "eval";
export const passes = ({ instructions }: NetworkProgram): PassName[] =>
  instructions.some(({ weights }) => weights.some(({ trainable }) => !trainable)) &&
  !instructions.some(({ kind }) => layers.get(kind)!.lowering.drawsNumbers)
    ? ["eval", "train"]
    : ["eval"];

export function recipeLine(c: Case): string {
  const { program } = understand(c);
  if (!program) throw new Error(`${c.kind.name}, ${c.name}: does not analyze`);
  const [{ params, inputs, outputs, weights }] = program.instructions;
  const shapes = (trainable: boolean) =>
    Object.fromEntries(
      weights.filter((weight) => weight.trainable === trainable).map(({ name, shape }) => [name, shape]),
    );
  const types = inputs.map(({ type }) => type);
  const { module, forward } = c.kind.lowering.pytorch;
  return JSON.stringify({
    name: c.name,
    batch: c.batch,
    seeds: c.seeds,
    passes: passes(program),
    inputs: Object.fromEntries(c.inputs.map((input, index) => [input.id, inputSpec(input, types[index])])),
    weights: shapes(true),
    buffers: shapes(false),
    outputs: Object.fromEntries(c.kind.outputs.map(({ name }, port) => [name, outputs[port].type.shape])),
    definition: definitionOf(c.kind, params),
    module: module?.(params, types, outputs.map(({ type }) => type)), // prettier-ignore
    forward: forward("self.layer", inputs.map(({ value }) => value), params, outputs.map(({ type }) => type)), // prettier-ignore
  });
}

/** The Python class that the module's text names, where torch has none. */
const definitionOf = ({ lowering: { pytorch } }: Layer, params: Params<Fields>): string | undefined =>
  typeof pytorch.definition === "object" ? pytorch.definition.of(params) : pytorch.definition;

/** `as` where a vector [F] enters as the image [F, 1, 1]. */
const inputSpec = ({ type, domain }: CaseInput, taken: PortType) => ({
  shape: type.shape,
  ...(taken.type === type.type ? {} : { as: taken.shape }),
  ...(isDiscrete(type) ? { classes: classesOf(type) } : {}),
  ...(domain === "normal" ? {} : { domain }),
});

/** For a case that the analysis refuses: PyTorch must raise. */
export function refusalLine({ kind, name, params, inputs, batch }: Case): string {
  const values = Object.entries(kind.fields).map(([field, { read, default: absent }]) => [
    field,
    field in params ? read(params[field]) : absent,
  ]);
  const all = Object.fromEntries(values);
  const types = inputs.map(({ type }, index) => accept(kind.inputs[Math.min(index, kind.inputs.length - 1)], type)!);
  const { module, forward } = kind.lowering.pytorch;
  return JSON.stringify({
    name,
    refused: true,
    batch,
    inputs: Object.fromEntries(inputs.map((input, index) => [input.id, inputSpec(input, types[index])])),
    definition: definitionOf(kind, all),
    module: module?.(all, types, []),
    // Where the text needs the output's type, that of the shape asked for stands in.
    forward: forward("self.layer", inputs.map(({ id }) => id), all, [{ type: "image", shape: (all.shape ?? []) as number[] }]), // prettier-ignore
  });
}

export interface Fixture {
  /** Of the line that a case's numbers were computed from. */
  digestOf(name: string): string | undefined;
  /** "raised: ValueError …" or nothing. */
  raised(key: string): string | undefined;
  /** What PyTorch computed, by the names of Results. */
  results(key: string): Map<string, Plain>;
}

export const digest = (line: string): string => createHash("sha256").update(line).digest("hex").slice(0, 16);

export function readFixture(kind: string): Fixture | null {
  const file = new URL(`${kind}.safetensors`, folder);
  if (!existsSync(file)) return null;
  const { tensors, metadata } = readSafetensors(readFileSync(file));
  return {
    digestOf: (name) => metadata[name],
    raised: (key) => metadata[`raised ${key}`],
    results: (key) =>
      new Map(
        [...tensors].flatMap(([name, tensor]) =>
          name.startsWith(`${key}/`)
            ? [[name.slice(key.length + 1), { shape: tensor.shape, data: toFloat32(tensor) }]]
            : [],
        ),
      ),
  };
}

export const howToUpdate = (kind: string): string =>
  `run UPDATE_GOLDEN=1 npx vitest run tests/conformance, review the change of tests/fixtures/conformance/${kind}.jsonl, then run python3 tests/fixtures/conformance.py ${kind}`;
