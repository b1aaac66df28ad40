/** Which points of a series to let go when there are too many: those that are missed least. */

/**
 * Drops points until at most `most` stay, first and last among them: each time the one whose neighbours lie closest together,
 * measured by `scale`, the distance that counts as one there.
 * @returns the dropped ones
 */
export function leastMissed(
  points: readonly number[],
  most: number,
  scale: (before: number, after: number) => number,
): number[] {
  const kept = [...points].sort((a, b) => a - b);
  const dropped: number[] = [];
  while (kept.length > Math.max(2, most)) {
    let [least, at] = [Infinity, 1];
    for (let index = 1; index < kept.length - 1; index++) {
      const [before, after] = [kept[index - 1], kept[index + 1]];
      const gap = (after - before) / scale(before, after);
      if (gap < least) [least, at] = [gap, index];
    }
    dropped.push(...kept.splice(at, 1));
  }
  return dropped;
}
