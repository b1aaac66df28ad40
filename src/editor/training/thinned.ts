/** Points of a sparkline, at most. */
const points = 60;

/** Means of equal parts; what is not finite is left out. */
export function thinned(values: ArrayLike<number>): number[] {
  const parts = Math.min(points, values.length);
  const means: number[] = [];
  for (let part = 0; part < parts; part++) {
    let [sum, count] = [0, 0];
    const end = Math.floor(((part + 1) * values.length) / parts);
    for (let row = Math.floor((part * values.length) / parts); row < end; row++)
      if (Number.isFinite(values[row])) [sum, count] = [sum + values[row], count + 1];
    if (count > 0) means.push(sum / count);
  }
  return means;
}
