/** Where the tiles of a grid lie: as large as they can be for all of them to fit. */

export interface Tiling {
  readonly columns: number;
  /** CSS pixels of a tile, and from one tile to the next. */
  readonly width: number;
  readonly height: number;
  readonly stepX: number;
  readonly stepY: number;
}

/**
 * @param aspect width by height of a picture
 * @param below pixels under each tile, for its bar
 * @param gap pixels between two tiles
 */
export function tile(
  count: number,
  box: { width: number; height: number },
  aspect: number,
  below: number,
  gap = 2,
): Tiling {
  let best: Tiling = { columns: 1, width: 0, height: 0, stepX: 0, stepY: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (box.width - gap * (columns - 1)) / columns;
    const down = ((box.height - gap * (rows - 1)) / rows - below) * aspect;
    const width = Math.floor(Math.min(across, down));
    if (width <= best.width) continue;
    const height = Math.floor(width / aspect);
    best = { columns, width, height, stepX: width + gap, stepY: height + below + gap };
  }
  return best;
}

/** Indices of samples, the highest score first; as they come where nothing scores them. */
export function orderOf(count: number, scores: Float32Array | null, sorted: boolean): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  return sorted && scores ? order.sort((a, b) => scores[b] - scores[a]) : order;
}

/** Scores as parts of their range, 0 … 1: lengths of bars. */
export function partsOf(scores: Float32Array): Float32Array {
  const finite = scores.filter(Number.isFinite);
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return scores.map((score) => (most > least && Number.isFinite(score) ? (score - least) / (most - least) : 0.5));
}
