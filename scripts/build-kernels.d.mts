/** Builds the kernels that are stale, or all with `force`; returns the paths of the files that it wrote. */
export function buildKernels(options?: { force?: boolean }): Promise<string[]>;
