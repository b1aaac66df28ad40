// How a grid of outputs falls into tiles, and what that costs. Two outputs of two taps take 3 products and three take 4, so
// along an axis of 7 outputs tiles of 3, 2 and 2 take 10 where four tiles of 2 take 12; three taps have tiles of two alone. Tiles
// of three come first. With both sizes along both axes a grid has up to four regions of equal tiles, each with sums of taps of
// its own.

/** A region of equal tiles. */
@unmanaged
export class Tiles {
  taps: i32;
  /** Outputs of a tile along both axes. */
  rows: i32;
  columns: i32;
  /** The first tile's first output. */
  top: i32;
  left: i32;
  /** Tiles along both axes. */
  down: i32;
  across: i32;
  /** The tile that is worked on: its image and its first output. */
  image: i32;
  y: i32;
  x: i32;
}

export const TILES_BYTES: usize = 64;
/** Regions that a grid has at most. */
export const REGIONS: i32 = 4;

export function productsDown(t: Tiles): i32 {
  return t.rows + t.taps - 1;
}

export function productsAcross(t: Tiles): i32 {
  return t.columns + t.taps - 1;
}

/** Tiles of three along an axis of `count` outputs: as many as leave no tile of two half empty. */
function threes(count: i32): i32 {
  const rest = count % 3;
  return rest == 0 ? count / 3 : rest == 2 ? count / 3 : max(0, count / 3 - 1);
}

/** Writes region `number` of a grid of height×width outputs; false where it holds no tile. */
export function region(t: Tiles, number: i32, taps: i32, mixed: bool, height: i32, width: i32): bool {
  const threesDown = mixed ? threes(height) : 0, threesAcross = mixed ? threes(width) : 0;
  const lower = number > 1, right = number % 2 == 1;
  t.taps = taps;
  t.rows = lower ? 2 : 3;
  t.columns = right ? 2 : 3;
  t.top = lower ? 3 * threesDown : 0;
  t.left = right ? 3 * threesAcross : 0;
  t.down = lower ? (height - t.top + 1) / 2 : threesDown;
  t.across = right ? (width - t.left + 1) / 2 : threesAcross;
  return t.down * t.across > 0;
}

/** Goes to tile `number`, counted over a batch. */
export function goTo(t: Tiles, number: i32): void {
  const row = number / t.across;
  t.image = row / t.down;
  t.y = t.top + (row % t.down) * t.rows;
  t.x = t.left + (number % t.across) * t.columns;
}

/** What transforming a number costs, in multiplications. */
const TRANSFORM: i64 = 8;
/** What summing and packing taps costs, in tiles. */
const SUMS: i64 = 6;

/** Multiplications by which the products of S with N channels over a grid are paid, transforms included. */
function costWith(taps: i32, mixed: bool, batch: i32, height: i32, width: i32, S: i32, N: i32): i64 {
  const threesDown = mixed ? threes(height) : 0, threesAcross = mixed ? threes(width) : 0;
  let cost: i64 = 0;
  for (let number = 0; number < REGIONS; number++) {
    const rows = number > 1 ? 2 : 3, columns = number % 2 == 1 ? 2 : 3;
    const down = rows == 3 ? threesDown : (height - 3 * threesDown + 1) / 2;
    const across = columns == 3 ? threesAcross : (width - 3 * threesAcross + 1) / 2;
    const tiles = <i64>batch * down * across, product = <i64>S * N;
    if (tiles == 0) continue;
    cost += (rows + taps - 1) * (columns + taps - 1) * (tiles * (product + TRANSFORM * (S + N)) + SUMS * product);
  }
  return mixed ? cost + cost / 5 : cost; // transforms of tiles that are not squares take longer
}

/** Whether tiles of two sizes cost less, as they do along odd axes. */
export function prefersMixed(taps: i32, batch: i32, height: i32, width: i32, S: i32, N: i32): bool {
  return taps == 2 && costWith(taps, true, batch, height, width, S, N) < costWith(taps, false, batch, height, width, S, N);
}

/** The same for the tiles that are preferred. */
export function costOf(taps: i32, batch: i32, height: i32, width: i32, S: i32, N: i32): i64 {
  return costWith(taps, prefersMixed(taps, batch, height, width, S, N), batch, height, width, S, N);
}
