/** What kinds that take several values of one shape say where the shapes differ. */
import type { Misfit } from "../core/kind/kind.ts";
import { printType, sameType, type PortType } from "../core/kind/ports.ts";

/** The misfit of inputs that are not all alike; null where they are. Inputs without a wire do not count. */
export function unequal(inputs: readonly (PortType | null)[]): Misfit | null {
  const wired = inputs.filter((type) => type !== null);
  return wired.every((type) => sameType(type, wired[0]))
    ? null
    : { misfit: "shapes-differ", facts: { shapes: wired.map(printType) } };
}
