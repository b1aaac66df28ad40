/**
 * Small square pictures of few colours, drawings rather than photographs, packed as tightly as a page can afford to unpack: a
 * palette for each, and each pixel foretold by its neighbours above and to the left, and by the pixel across the middle, since
 * drawings are often symmetrical.
 */
import { createDecoder, createEncoder, mixedContexts, type BitCoder } from "./bit-coder.ts";

/** A picture has no more colours than this. */
export const mostColours = 16;

export interface Tiles {
  readonly count: number;
  /** Pixels of a side. */
  readonly size: number;
  /** Red, green, blue of `mostColours` colours a picture; those that it does not have are 0. */
  readonly palettes: Uint8Array;
  /** The colour of each pixel, row by row, picture after picture. */
  readonly indices: Uint8Array;
}

export function encodeTiles(tiles: Tiles): Uint8Array {
  const coder = createEncoder();
  codeTiles(coder, tiles);
  return coder.finish();
}

/** Damaged bytes give other pictures, never an error: whoever reads them compares a digest first. */
export function decodeTiles(bytes: Uint8Array, count: number, size: number): Tiles {
  const palettes = new Uint8Array(count * mostColours * 3);
  const tiles = { count, size, palettes, indices: new Uint8Array(count * size * size) };
  codeTiles(createDecoder(bytes), tiles);
  return tiles;
}

/** Bytes of images [C, H, W] with three channels, 0 … 255. */
export function planesOfTiles({ count, size, palettes, indices }: Tiles): Uint8Array {
  const area = size * size;
  const planes = new Uint8Array(count * 3 * area);
  for (let n = 0; n < count; n++)
    for (let pixel = 0; pixel < area; pixel++) {
      const colour = (n * mostColours + indices[n * area + pixel]) * 3;
      for (let channel = 0; channel < 3; channel++)
        planes[(n * 3 + channel) * area + pixel] = palettes[colour + channel];
    }
  return planes;
}

/** Reads what it is to code from the tiles, and writes there what was coded: the same when encoding. */
function codeTiles(coder: BitCoder, { count, size, palettes, indices }: Tiles): void {
  const area = size * size;
  for (let n = 0; n < count; n++) {
    codePalette(coder, palettes.subarray(n * mostColours * 3, (n + 1) * mostColours * 3));
    codePixels(coder, indices.subarray(n * area, (n + 1) * area), size, n);
  }
}

/** Colours from bright to dark until the first that is black, which the others follow. */
function codePalette(coder: BitCoder, palette: Uint8Array): void {
  let bright = 255;
  for (let at = 0; at < palette.length; at += 3) {
    for (let channel = 0; channel < 3; channel++) {
      const near = channel === 0 ? bright : palette[at + channel - 1];
      palette[at + channel] = codeByte(coder, palette[at + channel], channel, near);
    }
    bright = palette[at];
    if (palette[at] + palette[at + 1] + palette[at + 2] === 0) return;
  }
}

function codeByte(coder: BitCoder, value: number, channel: number, near: number): number {
  let node = 1;
  for (let bit = 7; bit >= 0; bit--)
    node = 2 * node + coder.plain((value >> bit) & 1, ((channel * 16 + (near >> 4)) << 8) | node);
  return node - 256;
}

const contexts = new Int32Array(mixedContexts);
const guesses = new Uint8Array(8);

/**
 * A pixel mostly has the colour of one of its neighbours: they are guessed one after the other, each guess a bit, and only a
 * pixel that is like none of them says its colour. Where all neighbours agree, one bit under its place is enough.
 */
function codePixels(coder: BitCoder, pixels: Uint8Array, size: number, picture: number): void {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= size ? 0 : pixels[y * size + x]);
  const half = size >> 1;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const pixel = y * size + x;
      const wanted = pixels[pixel];
      const w = at(x - 1, y);
      const n = at(x, y - 1);
      const nw = at(x - 1, y - 1);
      const ne = at(x + 1, y - 1);
      const ww = at(x - 2, y);
      const nn = at(x, y - 2);
      const nne = at(x + 1, y - 2);
      const nee = at(x + 2, y - 1);
      const isRight = 2 * x >= size;
      const across = isRight ? pixels[y * size + size - 1 - x] : 0;
      const acrossW = x > half ? pixels[y * size + size - x] : across;
      const acrossE = isRight && x < size - 1 ? pixels[y * size + size - 2 - x] : across;
      const mirror = isRight ? 1 | (across === w ? 2 : 0) | (acrossE === w ? 4 : 0) : 0;

      let count = 0;
      const isFlat = w === n && w === nw && w === ne && w === ww && w === nn && w === nee && w === nne;
      if (isFlat) {
        const place = ((y >> 2) << 4) | (x >> 2);
        if (coder.plain(wanted === w ? 1 : 0, plainPixels | (w === 0 ? 2048 : 0) | (mirror << 8) | place)) {
          pixels[pixel] = w;
          continue;
        }
        guesses[count++] = across;
      } else {
        guesses[count++] = isRight && across !== acrossW ? across : w;
        count = withGuess(w, count);
        count = withGuess(n, count);
        count = withGuess(ne, count);
        count = withGuess(nw, count);
        count = withGuess(ww, count);
        count = withGuess(nn, count);
      }
      const equal =
        (w === n ? 1 : 0) |
        (w === nw ? 2 : 0) |
        (w === ne ? 4 : 0) |
        (n === nw ? 8 : 0) |
        (n === ne ? 16 : 0) |
        (w === ww ? 32 : 0) |
        (n === nn ? 64 : 0) |
        (ne === nne ? 128 : 0) |
        (ne === nee ? 256 : 0) |
        (nw === at(x - 2, y - 1) ? 512 : 0) |
        (nw === at(x - 1, y - 2) ? 1024 : 0) |
        (ww === at(x - 3, y) ? 2048 : 0) |
        (nn === at(x, y - 3) ? 4096 : 0);
      const edge = (w === 0 ? 1 : 0) | (n === 0 ? 2 : 0) | (ne === 0 ? 4 : 0);
      const opposite =
        mirror |
        (across === n ? 8 : 0) |
        (acrossW === w ? 16 : 0) |
        (acrossE === across ? 32 : 0) |
        (acrossW === across ? 64 : 0);
      let found = -1;
      for (let guess = 0; guess < count && found < 0; guess++) {
        const colour = guesses[guess];
        const fits = isRight ? (across === colour ? 2 : 1) : 0;
        const base = guess << 28;
        contexts[0] = base ^ (equal | (fits << 14) | (edge << 16) | ((colour === 0 ? 1 : 0) << 20));
        contexts[1] = base ^ (w | (n << 5) | (nw << 10) | (ne << 15) | (colour << 20) | (fits << 25));
        contexts[2] = base ^ (opposite | ((equal & 127) << 8) | ((colour === across ? 1 : 0) << 20));
        contexts[3] = base ^ (((picture & 1023) << 15) | (w << 10) | (n << 5) | colour);
        contexts[4] = base ^ (w | (n << 5) | (ww << 10) | (nn << 15) | (ne << 20) | (colour << 23));
        contexts[5] = base ^ ((x >> 2) | ((y >> 2) << 4) | ((equal & 31) << 8) | (fits << 14) | (1 << 26));
        if (coder.mixed(colour === wanted ? 1 : 0, contexts, guess * 3 + fits)) found = colour;
      }
      if (found < 0) {
        let node = 1;
        for (let bit = 3; bit >= 0; bit--) {
          const base = (7 << 28) | (node << 22);
          contexts[0] = base ^ (w | (n << 5));
          contexts[1] = base ^ (w | (n << 5) | (ne << 10) | (nw << 15));
          contexts[2] = base ^ (((picture & 1023) << 5) | w);
          contexts[3] = base ^ (((picture & 1023) << 5) | n);
          contexts[4] = base ^ ((picture << 5) | (isRight ? 1 : 0));
          contexts[5] = base ^ (across | (acrossE << 5) | (mirror << 10));
          node = 2 * node + coder.mixed((wanted >> bit) & 1, contexts, 32 + bit);
        }
        found = node - mostColours;
      }
      pixels[pixel] = found;
    }
}

/** Adds a colour that has not been guessed yet, while there is room. */
function withGuess(colour: number, count: number): number {
  if (count === mostGuesses) return count;
  for (let known = 0; known < count; known++) if (guesses[known] === colour) return count;
  guesses[count] = colour;
  return count + 1;
}

const mostGuesses = 5;
/** The slots after those of palettes. */
const plainPixels = 3 << 12;
