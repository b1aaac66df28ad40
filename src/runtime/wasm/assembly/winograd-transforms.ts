// The schemes of winograd-axis.ts along both axes of a tile. Columns of it go to a small room and rows come from there. What is
// written or read for the products lies `product` bytes apart, row by row.

import { addressOf } from "./blocks";
import { combine, gather, spread, subtract, sum } from "./winograd-axis";
import {
  combineNine, combineSixteen, spreadNine, spreadSixteen, subtractNine, subtractSixteen, sumNine, sumSixteen,
} from "./winograd-squares";
import { productsAcross, productsDown, Tiles } from "./winograd-tiles";

/** Bytes of channels that are transformed at a time. */
const RUN: usize = 256;
export const ROOM_BYTES: usize = 16 * RUN;

/** A tile's inputs, at `addresses`, to what the products take of them. */
export function subtractTile(t: Tiles, to: usize, product: usize, addresses: usize, bytes: usize, room: usize): void {
  const down = productsDown(t), across = productsAcross(t), row = RUN * across;
  if (down == 3 && across == 3) return subtractNine(to, product, addresses, bytes);
  if (down == 4 && across == 4) return subtractSixteen(to, product, addresses, bytes);
  for (let c: usize = 0; c < bytes; c += RUN) {
    const run = min(RUN, bytes - c);
    for (let q = 0; q < across; q++) {
      const d0 = addressOf(addresses, 0, q) + c, d1 = addressOf(addresses, 1, q) + c, d2 = addressOf(addresses, 2, q) + c;
      subtract(down, room + RUN * q, row, d0, d1, d2, addressOf(addresses, 3, q) + c, run);
    }
    for (let p = 0; p < down; p++) {
      const from = room + row * p;
      subtract(across, to + product * (p * across) + c, product, from, from + RUN, from + 2 * RUN, from + 3 * RUN, run);
    }
  }
}

/** A tile's products to its outputs, at `addresses`. */
export function combineTile(t: Tiles, from: usize, product: usize, addresses: usize, bytes: usize, room: usize): void {
  const down = productsDown(t), across = productsAcross(t), row = RUN * across;
  if (down == 3 && across == 3) return combineNine(from, product, addresses, bytes);
  if (t.taps == 3) return combineSixteen(from, product, addresses, bytes);
  for (let c: usize = 0; c < bytes; c += RUN) {
    const run = min(RUN, bytes - c);
    for (let q = 0; q < across; q++) {
      const to = room + RUN * q;
      combine(t.rows, down, from + product * q + c, product * across, to, to + row, to + 2 * row, run);
    }
    for (let r = 0; r < t.rows; r++) {
      const y0 = addressOf(addresses, r, 0) + c, y1 = addressOf(addresses, r, 1) + c, y2 = addressOf(addresses, r, 2) + c;
      combine(t.columns, across, room + row * r, RUN, y0, y1, y2, run);
    }
  }
}

/** The gradients of a tile's outputs, at `addresses`, to those of its products. */
export function spreadTile(t: Tiles, to: usize, product: usize, addresses: usize, bytes: usize, room: usize): void {
  const down = productsDown(t), across = productsAcross(t), row = RUN * across;
  if (down == 3 && across == 3) return spreadNine(to, product, addresses, bytes);
  if (t.taps == 3) return spreadSixteen(to, product, addresses, bytes);
  for (let c: usize = 0; c < bytes; c += RUN) {
    const run = min(RUN, bytes - c);
    for (let q = 0; q < t.columns; q++) {
      const y0 = addressOf(addresses, 0, q) + c, y1 = addressOf(addresses, 1, q) + c;
      spread(t.rows, down, room + RUN * q, row, y0, y1, addressOf(addresses, 2, q) + c, run);
    }
    for (let p = 0; p < down; p++) {
      const from = room + row * p;
      spread(t.columns, across, to + product * (p * across) + c, product, from, from + RUN, from + 2 * RUN, run);
    }
  }
}

/** Taps, `right` and `down` bytes apart, to what the products take of them. */
export function sumTaps(
  t: Tiles, to: usize, product: usize, tap: usize, right: usize, down: usize, bytes: usize, room: usize,
): void {
  const tall = productsDown(t), across = productsAcross(t), row = RUN * across;
  if (tall == 3 && across == 3) return sumNine(to, product, tap, right, down, bytes);
  if (t.taps == 3) return sumSixteen(to, product, tap, right, down, bytes);
  for (let c: usize = 0; c < bytes; c += RUN) {
    const run = min(RUN, bytes - c);
    for (let q = 0; q < t.taps; q++) {
      const from = tap + right * q + c;
      sum(t.taps, tall, room + RUN * q, row, from, from + down, from + 2 * down, run);
    }
    for (let p = 0; p < tall; p++) {
      const from = room + row * p;
      sum(t.taps, across, to + product * (p * across) + c, product, from, from + RUN, from + 2 * RUN, run);
    }
  }
}

/** The gradients of what the products took to those of the taps, which are written or, where `add`, added. */
export function gatherTaps(
  t: Tiles, from: usize, product: usize, tap: usize, right: usize, down: usize, bytes: usize, add: bool, room: usize,
): void {
  const tall = productsDown(t), across = productsAcross(t), row = RUN * across;
  for (let c: usize = 0; c < bytes; c += RUN) {
    const run = min(RUN, bytes - c);
    for (let q = 0; q < across; q++) {
      const to = room + RUN * q;
      gather(t.taps, tall, from + product * q + c, product * across, to, to + row, to + 2 * row, run);
    }
    for (let r = 0; r < t.taps; r++) {
      // In place: every run is read before it is written.
      const at = room + row * r, to = tap + down * r + c;
      gather(t.taps, across, at, RUN, at, at + RUN, at + 2 * RUN, run);
      for (let q = 0; q < t.taps; q++) put(to + right * q, at + RUN * q, run, add);
    }
  }
}

function put(to: usize, from: usize, bytes: usize, add: bool): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const value = v128.load(from + i);
    v128.store(to + i, add ? f32x4.add(v128.load(to + i), value) : value);
  }
}
