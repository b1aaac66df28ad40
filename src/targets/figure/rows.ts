/**
 * A network as rows in the order in which it is computed: its inputs where they are first needed, its layers, its outputs.
 * Copies of a repeated block become one row that counts for several. What a figure of a network shows, without places.
 */
import { briefOf } from "../../core/kind/brief.ts";
import { grouped } from "../../core/kind/display.ts";
import type { NetworkKind } from "../../core/kind/kind.ts";
import { sameType, type PortType } from "../../core/kind/ports.ts";
import type { Instruction, NetworkProgram } from "../../core/program/types.ts";
import { elements } from "../../core/program/weights.ts";
import { kindOf, layers, vocabulary } from "../../kinds/index.ts";
import { repeatsOf } from "./repeats.ts";

export interface Row {
  readonly role: "input" | "layer" | "output";
  readonly id: string;
  readonly title: string;
  /** Its parameters, or a port's name. */
  readonly text: string;
  /** Trainable weights, "1,254,400"; "shared" where an earlier row has counted them, empty where there are none. */
  readonly count: string;
  /** How many copies the row stands for. */
  readonly times: number;
  /** Null for an output, which gives nothing further. */
  readonly type: PortType | null;
  /** The rows that feed it, by position. */
  readonly from: readonly number[];
  /** True where what it gives has another shape than what it takes. */
  readonly reshapes: boolean;
}

/** Rows that stand for several copies: `rows[first]` up to `rows[last]`. */
export interface RowGroup {
  readonly first: number;
  readonly last: number;
  readonly times: number;
}

export function rowsOf(network: NetworkProgram): { rows: Row[]; groups: RowGroup[] } {
  const rows: Row[] = [];
  const groups: RowGroup[] = [];
  /** The row that gives a value. */
  const giver = new Map<string, number>();
  const counted = new Set<string>();
  const waiting = new Map(network.inputs.map((input) => [input.name, input]));
  const place = (value: string): number => {
    const input = waiting.get(value);
    if (input) {
      waiting.delete(value);
      giver.set(value, rows.length);
      rows.push(boundary("input", input.name, input.type, []));
    }
    return giver.get(value)!;
  };
  const add = (each: Instruction, times: number): void => {
    const from = each.inputs.map(({ value }) => place(value));
    for (const { value } of each.outputs) giver.set(value, rows.length);
    rows.push(layerRow(each, times, from, rows, counted));
  };
  const repeats = new Map(repeatsOf(network).map((repeat) => [repeat.first, repeat]));
  for (let at = 0; at < network.instructions.length;) {
    const { length, times } = repeats.get(at) ?? { length: 1, times: 1 };
    const copy = network.instructions.slice(at, at + length);
    const last = network.instructions.slice(at + length * (times - 1), at + length * times);
    // A copy's own input row may come before it: the group begins at its first layer.
    for (const each of copy) each.inputs.forEach(({ value }) => waiting.has(value) && place(value));
    const first = rows.length;
    for (const each of copy) add(each, times);
    last.forEach(({ outputs }, index) => outputs.forEach(({ value }) => giver.set(value, first + index)));
    if (times > 1) groups.push({ first, last: rows.length - 1, times });
    at += length * times;
  }
  for (const { name } of network.inputs) place(name);
  // The latest value first: it then stands next to its layer.
  const outputs = network.outputs.map((output) => ({ ...output, giver: place(output.value) }));
  for (const { name, value } of outputs.sort((a, b) => b.giver - a.giver))
    rows.push(boundary("output", name, null, [place(value)]));
  return { rows, groups };
}

const boundary = (role: "input" | "output", name: string, type: PortType | null, from: readonly number[]): Row => ({
  role,
  id: name,
  title: titleOf(role),
  text: name,
  count: "",
  times: 1,
  type,
  from,
  reshapes: role === "input",
});

const titleOf = (role: NetworkKind["role"]): string =>
  [...vocabulary.network.values()].find((kind) => kind.role === role)!.title;

function layerRow(
  { id, kind, params, outputs, weights }: Instruction,
  times: number,
  from: readonly number[],
  rows: readonly Row[],
  counted: Set<string>,
): Row {
  const trainable = weights.filter((weight) => weight.trainable);
  const fresh = trainable.filter(({ path }) => !counted.has(path));
  for (const { path } of trainable) counted.add(path);
  const number = fresh.reduce((sum, { shape }) => sum + elements(shape), 0);
  const { type } = outputs[0];
  const taken = from.length > 0 ? rows[from[0]].type : null;
  const known = kindOf(layers, kind);
  return {
    role: "layer",
    id,
    title: known.title,
    text: briefOf(known, params),
    count: trainable.length === 0 ? "" : fresh.length === 0 ? "shared" : grouped(number),
    times,
    type,
    from,
    reshapes: !taken || !sameType(taken, type),
  };
}
