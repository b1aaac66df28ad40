/** What a network took of a file's weights, in words. */
import { by } from "../../core/kind/display.ts";
import type { Misfit } from "../../core/program/weights.ts";
import type { NetworkFit } from "../../session/protocol.ts";

/** For a short message: the first few of each sort by name. */
export function fitWords({ network, taken, misfits, missing, unused }: NetworkFit, file: string): string {
  const parts: readonly (readonly [readonly string[], string])[] = [
    [misfits.map(misfitWords), "of another shape"],
    [missing, "not in the file"],
    [unused, "of no use here"],
  ];
  const left = parts.flatMap(([names, why]) =>
    names.length > 0 ? [` ${names.length} ${why}: ${listed(names)}.`] : [],
  );
  return `${taken} ${taken === 1 ? "weight" : "weights"} of ${network} ${taken === 1 ? "comes" : "come"} from ${file}.${left.join("")}`;
}

/** "fc.weight, 3×4 in place of 3×5" */
export const misfitWords = ({ path, found, wanted }: Misfit): string =>
  `${path}, ${extents(found)} in place of ${extents(wanted)}`;

const extents = (shape: readonly number[]): string => (shape.length > 0 ? by(shape) : "scalar");

const listed = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
