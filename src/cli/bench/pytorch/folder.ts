/**
 * A folder that bench/pytorch/twin.py trains from: the twin's source, starting weights and data, and what a session of the same
 * seed draws in its first iteration, so that both can be held to the same losses. Numbers lie one after another in one file,
 * little-endian, under a table of contents.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isImageSet, type DataSet } from "../../../datasets/types.ts";
import { initialWeights } from "../../../session/initialize.ts";
import { createSources } from "../../../session/sources.ts";
import { weightsOf } from "../../../core/program/weights.ts";
import type { Case } from "../cases.ts";
import { twinOf } from "./twin.ts";

export interface TwinFolder {
  readonly folder: string;
  remove(): void;
}

interface Entry {
  readonly shape: readonly number[];
  readonly type: "float32" | "int32" | "uint8";
  /** In bytes. */
  readonly at: number;
}

/** Writes it among the system's temporary files. */
export function twinFolder({ program, dataSets }: Case, batch: number): TwinFolder {
  const { source, weights: attributes } = twinOf(program);
  const training = program.training!;
  const { seed } = training.settings;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const put = (shape: readonly number[], data: Float32Array | Int32Array | Uint8Array): Entry => {
    const type = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "uint8";
    const padded = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
    padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    chunks.push(padded);
    size += padded.byteLength;
    return { shape, type, at: size - padded.byteLength };
  };

  const weights = program.networks.flatMap((network) => {
    const store = initialWeights(network, seed);
    return weightsOf(network).map(({ path, shape }) => ({
      network: network.name,
      attribute: attributes[network.name][path],
      values: put(shape, store.get(path)!.data),
    }));
  });
  const drawn = createSources(training, { seed, batch, dataSets });
  const draws = training.iteration
    .flatMap(({ instructions }) => instructions)
    .flatMap((instruction) => (instruction.op === "draw" ? [instruction] : []))
    .map((instruction) => ({
      id: instruction.id,
      outputs: drawn.draw(instruction, 0).map(({ shape, data }) => put(shape, data)),
    }));
  const sources = training.sources.map(({ id, params, outputs }) => {
    const set = dataSets.get(id);
    return {
      id,
      shapes: outputs.map(({ type }) => ("shape" in type ? type.shape : [])),
      tables: set ? tablesOf(set).map(([shape, data]) => put(shape, data)) : null,
      range: params.range ?? null,
    };
  });

  const folder = mkdtempSync(path.join(os.tmpdir(), "ganvas-twin-"));
  writeFileSync(path.join(folder, "program.py"), source);
  writeFileSync(path.join(folder, "numbers.bin"), Buffer.concat(chunks));
  writeFileSync(path.join(folder, "contents.json"), JSON.stringify({ seed, batch, weights, draws, sources }));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** All rows of each of a data set's ports: images, then their targets where it has some. */
function tablesOf(set: DataSet): (readonly [readonly number[], Uint8Array])[] {
  if (!isImageSet(set)) throw new Error("A twin reads images.");
  const { item, data, target, count } = set;
  return [[[count, ...item.shape], data], ...(target ? [[[count, ...target.item.shape], target.data] as const] : [])];
}
