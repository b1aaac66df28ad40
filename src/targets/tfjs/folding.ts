/**
 * Layers that need not be computed by themselves, since the layer before takes them in. Where nothing learns, a normalization by
 * given statistics is a scale and a shift of every channel, which go into the weights of the convolution or matrix product before
 * it. In training too, an activation that only weakens negative values is a part of the layer before it: a normalization,
 * a convolution, a matrix product, a sum.
 */
import type { Instruction, NetworkProgram } from "../../core/program/types.ts";
import { kindOf, layers } from "../../kinds/index.ts";
import type { TfjsContext } from "../../kinds/lowering.ts";
import type { Tensor } from "../../runtime/tf.ts";

/**
 * By the position of each instruction that takes in the one after it, that one's position. Its output is used by that one alone
 * and is none of the network's.
 */
export function foldable(
  { instructions, outputs }: NetworkProgram,
  { training }: { readonly training: boolean },
): ReadonlyMap<number, number> {
  const readers = new Map<string, number[]>();
  for (const [index, { inputs }] of instructions.entries())
    for (const { value } of inputs) readers.set(value, [...(readers.get(value) ?? []), index]);
  const shown = new Set(outputs.map(({ value }) => value));

  return new Map(
    instructions.flatMap((instruction, index): [number, number][] => {
      const [{ value }] = instruction.outputs;
      const [reader, ...others] = readers.get(value) ?? [];
      if (reader === undefined || others.length > 0 || shown.has(value)) return [];
      return takesIn(instruction, instructions[reader], training) ? [[index, reader]] : [];
    }),
  );
}

function takesIn({ kind, params }: Instruction, next: Instruction, training: boolean): boolean {
  const [own, others] = [kindOf(layers, kind).lowering, kindOf(layers, next.kind).lowering];
  if (others.affine && !training && own.absorbs?.(params)) return true;
  return others.leak !== undefined && own.takesLeak?.(params, training) === true;
}

/** What the layer before is told of the one that it takes in. */
export function takenIn(
  context: Pick<TfjsContext, "tf">,
  { kind, params }: Instruction,
  weights: () => Readonly<Record<string, Tensor>>,
): Pick<TfjsContext, "after" | "leak"> {
  const { affine, leak } = kindOf(layers, kind).lowering;
  return affine ? { after: affine(context, params, weights()) } : { leak: leak!(params) };
}
