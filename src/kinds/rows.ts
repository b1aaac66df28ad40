/** Which tokens a network takes: that depends on the tables that it looks them up in, for a type says only how many there are. */
import type { NetworkProgram } from "../core/program/types.ts";
import { kindOf, layers } from "./index.ts";

/** The rows of the smallest table that the input's labels or tokens enter: they must lie below. Infinity where there is none. */
export const rowsFor = ({ instructions }: NetworkProgram, input: string): number =>
  Math.min(
    ...instructions.map(({ kind, params, inputs }) => {
      const types = inputs.map(({ type }) => type);
      const enters = inputs.some(({ value }) => value === input);
      return (enters && kindOf(layers, kind).rows?.(params, types)) || Infinity;
    }),
  );
