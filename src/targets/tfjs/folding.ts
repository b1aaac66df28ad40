/**
 * Layers that need not be computed where nothing learns: a normalization by given statistics is a scale and a shift of every
 * channel, and the convolution or matrix product before it can take them into its weights.
 */
import type { NetworkProgram } from "../../core/program/types.ts";
import { kindOf, layers } from "../../kinds/index.ts";

/**
 * By the position of each instruction that takes in the one after it, that one's position. Its output is used by that one alone
 * and is none of the network's.
 */
export function foldable({ instructions, outputs }: NetworkProgram): ReadonlyMap<number, number> {
  const readers = new Map<string, number[]>();
  for (const [index, { inputs }] of instructions.entries())
    for (const { value } of inputs) readers.set(value, [...(readers.get(value) ?? []), index]);
  const shown = new Set(outputs.map(({ value }) => value));

  return new Map(
    instructions.flatMap(({ kind, params, outputs: [output] }, index): [number, number][] => {
      const [reader, ...others] = readers.get(output.value) ?? [];
      if (reader === undefined || others.length > 0 || shown.has(output.value)) return [];
      const absorbs = kindOf(layers, kind).lowering.absorbs?.(params);
      return absorbs && kindOf(layers, instructions[reader].kind).lowering.affine ? [[index, reader]] : [];
    }),
  );
}
