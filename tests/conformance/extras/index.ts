/** What the conformance loop cannot derive from a kind's ports and fields: the tables of this folder, joined. */
import { attention } from "./attention.ts";
import { basic } from "./basic.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { pooling } from "./pooling.ts";
import { style } from "./style.ts";
import type { Table } from "./types.ts";

const tables: readonly Table[] = [attention, basic, convolution, elementwise, pooling, style];

/** Throws where two tables speak of one kind. */
function joined<K extends keyof Table>(what: K): NonNullable<Table[K]> {
  const entries = tables.flatMap((table) => Object.entries(table[what] ?? {}));
  const twice = entries.find(([kind], index) => entries.findIndex(([other]) => other === kind) < index);
  if (twice) throw new Error(`two tables of ${what} speak of ${twice[0]}`);
  return Object.fromEntries(entries) as NonNullable<Table[K]>;
}

export const extras = joined("extras");
export const refusals = joined("refusals");
export const raisesInPyTorch = joined("raisesInPyTorch");
export const unmeasured = joined("unmeasured");
