/**
 * Long series in few points: each bucket of rows gives its least and its greatest value, in the order in which they come, so
 * that no spike is lost whatever the zoom. And smoothing, which goes on from where it had come to.
 */

/** Rows of a plot. `y` holds null where a bucket has no finite number. */
export interface Decimated {
  readonly x: Float64Array;
  readonly y: readonly (number | null)[][];
}

/**
 * Rows from ≤ row < to of columns that share `x`, as at most 2 · `buckets` rows.
 *
 * @param x ascending
 */
export function decimate(
  x: Float64Array,
  columns: readonly Float32Array[],
  { from, to, buckets }: { readonly from: number; readonly to: number; readonly buckets: number },
): Decimated {
  const count = Math.max(0, to - from);
  if (count <= 2 * buckets) return { x: x.slice(from, to), y: columns.map((column) => plain(column, from, to)) };
  const rows = new Float64Array(2 * buckets);
  const start = (bucket: number) => from + Math.floor((bucket * count) / buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const [first, end] = [start(bucket), start(bucket + 1)];
    rows[2 * bucket] = x[first];
    rows[2 * bucket + 1] = x[end - 1];
  }
  const y = columns.map((column) => {
    const values: (number | null)[] = new Array(2 * buckets);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const end = start(bucket + 1);
      let [least, greatest, leastAt, greatestAt] = [Infinity, -Infinity, -1, -1];
      for (let row = start(bucket); row < end; row++) {
        const value = column[row];
        if (value < least) [least, leastAt] = [value, row];
        if (value > greatest) [greatest, greatestAt] = [value, row];
      }
      const some = leastAt >= 0 && greatestAt >= 0;
      values[2 * bucket] = some ? (leastAt <= greatestAt ? least : greatest) : null;
      values[2 * bucket + 1] = some ? (leastAt <= greatestAt ? greatest : least) : null;
    }
    return values;
  });
  return { x: rows, y };
}

function plain(column: Float32Array, from: number, to: number): (number | null)[] {
  const values: (number | null)[] = new Array(to - from);
  for (let row = from; row < to; row++) values[row - from] = Number.isFinite(column[row]) ? column[row] : null;
  return values;
}

/** The first row whose x is not below `value`; `length` where there is none. */
export function rowAt(x: Float64Array, length: number, value: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An exponential moving average of a growing column, with the correction of Adam's first steps (Kingma & Ba 2015, § 3). */
export interface Smoothed {
  /** The average of the column's first `length` rows; only what is new since the last call is computed. */
  of(column: Float32Array, length: number): Float32Array;
}

/** @param memory how much of the average each row keeps, 0 (none) … below 1 */
export function createSmoothed(memory: number): Smoothed {
  let done = 0;
  let average = 0;
  let weight = 0;
  let values = new Float32Array(0);
  let last = NaN;
  return {
    of(column, length) {
      // a column that was cut and grew again is another one
      if (length < done || (done > 0 && !Object.is(column[done - 1], last))) [done, average, weight] = [0, 0, 0];
      if (values.length < length) {
        const wider = new Float32Array(column.length);
        wider.set(values.subarray(0, done));
        values = wider;
      }
      for (; done < length; done++) {
        const value = column[done];
        if (Number.isFinite(value)) {
          average = memory * average + (1 - memory) * value;
          weight = memory * weight + (1 - memory);
        }
        values[done] = weight > 0 ? average / weight : NaN;
      }
      last = length > 0 ? column[length - 1] : NaN;
      return values;
    },
  };
}
