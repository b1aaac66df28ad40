/** Which instructions are copies of one block in a row, so that a figure can draw the first and say "× 9". */
import type { Instruction, NetworkProgram } from "../../core/program/types.ts";

export interface Repeat {
  /** Where the first copy's instructions begin, and how many it has. */
  readonly first: number;
  readonly length: number;
  readonly times: number;
}

/** Runs of copies that are alike, each fed by the one before alone; the whole run gives only its last copy's values. */
export function repeatsOf({ instructions, outputs }: NetworkProgram): Repeat[] {
  const repeats: Repeat[] = [];
  for (let at = 0; at < instructions.length;) {
    const found = prefixesOf(instructions[at].id)
      .map((prefix) => repeatAt(instructions, at, prefix))
      .find((repeat) => repeat !== null && isSealed(repeat, instructions, outputs));
    if (found) repeats.push(found);
    at += found ? found.length * found.times : 1;
  }
  return repeats;
}

/** "main" for "main.0.conv1", outer blocks first: copies are numbered from 0. */
const prefixesOf = (id: string): string[] => [...id.matchAll(/\.0\./g)].map(({ index }) => id.slice(0, index));

function repeatAt(instructions: readonly Instruction[], first: number, prefix: string): Repeat | null {
  const isIn = (copy: number) => (each: Instruction | undefined) => each?.id.startsWith(`${prefix}.${copy}.`) ?? false;
  let length = 0;
  while (isIn(0)(instructions[first + length])) length++;
  const copyOf = (copy: number) => instructions.slice(first + copy * length, first + (copy + 1) * length);
  const wanted = signature(copyOf(0), `${prefix}.0.`);
  let times = 1;
  for (; ; times++) {
    const next = copyOf(times);
    const own = `${prefix}.${times}.`;
    const before = `${prefix}.${times - 1}.`;
    if (next.length < length || !next.every(isIn(times)) || isIn(times)(instructions[first + (times + 1) * length]))
      break;
    const fed = next.every(({ inputs }) =>
      inputs.every(({ value }) => value.startsWith(own) || value.startsWith(before)),
    );
    if (!fed || signature(next, own) !== wanted) break;
  }
  return times > 1 ? { first, length, times } : null;
}

/** What a copy is, apart from its number and from what feeds it. */
const signature = (copy: readonly Instruction[], own: string): string =>
  JSON.stringify(
    copy.map(({ id, kind, params, inputs, outputs, weights }) => [
      id.slice(own.length),
      kind,
      params,
      inputs.map(({ value, type }) => [value.startsWith(own) ? value.slice(own.length) : null, type]),
      outputs.map(({ type }) => type),
      weights.map(({ shape, trainable }) => [shape, trainable]),
    ]),
  );

/** Whether what comes after the run takes nothing from a copy before the last. */
function isSealed(
  { first, length, times }: Repeat,
  instructions: readonly Instruction[],
  outputs: NetworkProgram["outputs"],
): boolean {
  const inner = instructions.slice(first, first + length * (times - 1)).flatMap((each) => each.outputs);
  const hidden = new Set(inner.map(({ value }) => value));
  const after = instructions.slice(first + length * times).flatMap(({ inputs }) => inputs);
  return [...after, ...outputs].every(({ value }) => !hidden.has(value));
}
