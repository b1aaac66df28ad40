/** How far apart samples lie: near 0 beside the data's own value, a generator has collapsed. */

/**
 * The mean Euclidean distance between two different rows, over all pairs of the first `most` rows; 0 for less than two rows.
 * @param size numbers in a row.
 */
export function meanPairwiseDistance(rows: Float32Array, size: number, most = 64): number {
  const count = Math.min(most, Math.floor(rows.length / size));
  let sum = 0;
  for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) sum += distance(rows, a * size, b * size, size);
  return count < 2 ? 0 : sum / ((count * (count - 1)) / 2);
}

function distance(rows: Float32Array, a: number, b: number, size: number): number {
  let squares = 0;
  for (let at = 0; at < size; at++) squares += (rows[a + at] - rows[b + at]) ** 2;
  return Math.sqrt(squares);
}
