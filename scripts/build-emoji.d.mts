/** Builds the data sets of emoji that are stale, or all with `force`; returns the paths of the files that it wrote. */
export function buildEmoji(options?: { to?: string; force?: boolean }): Promise<string[]>;
