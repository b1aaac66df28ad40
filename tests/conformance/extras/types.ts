/** What a file of this folder says of kinds, by their names. */
import type { Code } from "../../../src/core/analysis/catalogue.ts";
import type { Parameters } from "../cases.ts";

export interface Extra {
  readonly name: string;
  readonly params?: Parameters;
  /** As types are printed: "image[4,5,4]". */
  readonly inputs: readonly string[];
  readonly batch?: number;
}

export interface Table {
  /** Cases that cannot be derived from a kind's ports and fields. */
  readonly extras?: Readonly<Record<string, readonly Extra[]>>;
  /** PyTorch raises an exception for these, and the analysis reports an error of this code. */
  readonly refusals?: Readonly<Record<string, readonly (Extra & { readonly code: Code })[]>>;
  /**
   * Where PyTorch raises in a pass that here has a value: a batch is not known when a document is analyzed. What then
   * comes out is each kind's own documented behaviour, and a test of its own.
   */
  readonly raisesInPyTorch?: Readonly<Record<string, readonly string[]>>;
  /** Cases whose slopes are so small or bend so fast that differences in float32 do not measure them: PyTorch judges alone. */
  readonly unmeasured?: Readonly<Record<string, readonly string[]>>;
}
