/**
 * Builds the stored data sets that are stale, or all with `force`; returns the paths of the files that it wrote. `from` is
 * the folder of MNIST's IDX files, null where there is none; `to` is the folder of all data sets.
 */
export function buildData(options?: { from?: string | null; to?: string; force?: boolean }): string[];
