/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
 * 3" (SC 2011), and streams over it. A draw is a pure function of a seed, a name and a place in training, so that a resumed
 * run, another target and NumPy (tests/fixtures/philox.py) see the same numbers. Not for cryptography.
 */

/** Where in training a draw happens. Counts start at 0; `step` and `micro` lie in 0..65535. */
export interface DrawPlace {
  readonly iteration: number;
  readonly step?: number;
  readonly micro?: number;
}

/**
 * A sequence of 32-bit words. Every method takes the next words of the sequence, so the same calls in the same order give
 * the same numbers, and a permutation of n followed by a normal of m is another thing than the reverse.
 */
export interface RandomStream {
  /** The next n words. */
  uint32(n: number): Uint32Array;
  /** n numbers in [0, 1): the upper 24 bits of a word, times 2⁻²⁴. One word each. */
  uniform(n: number): Float32Array;
  /** n standard normal numbers by Box–Muller, in float64 and rounded once. Two words for every two numbers, begun or full. */
  normal(n: number): Float32Array;
  /** n integers in [0, bound), bound ≤ 2³²: the upper word of word × bound. The bias is below bound · 2⁻³². */
  integers(n: number, bound: number): Uint32Array;
  /** A permutation of 0..n−1 by Fisher–Yates from the end, n − 1 words, each index chosen as `integers` chooses. */
  permutation(n: number): Uint32Array;
}

/**
 * The stream of one name at one place in training. The key is the seed (a safe integer ≥ 0: its low 32 and high 21 bits);
 * the counter is (block, iteration, micro · 2¹⁶ + step, FNV-1a of the name).
 */
export function draw(seed: number, id: string, at: DrawPlace): RandomStream {
  const { iteration, step = 0, micro = 0 } = at;
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`seed must be an integer in 0..2^53−1, found ${seed}`);
  requireBelow("iteration", iteration, 2 ** 32);
  requireBelow("step", step, 2 ** 16);
  requireBelow("micro", micro, 2 ** 16);
  const key0 = seed >>> 0;
  const key1 = Math.floor(seed / 2 ** 32);
  const place = ((micro << 16) | step) >>> 0;
  const name = fnv1a32(id);

  let blocks = 0;
  let left = new Uint32Array(0); // of the last block
  const next = (n: number): Uint32Array => {
    const begun = Math.min(n, left.length);
    const count = Math.ceil((n - begun) / 4);
    const words = new Uint32Array(begun + 4 * count);
    words.set(left.subarray(0, begun));
    philoxBlocks(words.subarray(begun), [blocks, iteration, place, name], key0, key1);
    blocks += count;
    left = count > 0 ? words.subarray(n) : left.subarray(begun);
    return words.subarray(0, n);
  };

  return {
    uint32: (n) => next(n).slice(),
    uniform(n) {
      const [words, values] = [next(n), new Float32Array(n)];
      for (let i = 0; i < n; i++) values[i] = (words[i] >>> 8) * 2 ** -24;
      return values;
    },
    normal(n) {
      const values = new Float32Array(n);
      const words = next(n + (n % 2));
      for (let i = 0; i < n; i += 2) {
        const radius = Math.sqrt(-2 * Math.log((words[i] + 1) * 2 ** -32));
        const angle = 2 * Math.PI * (words[i + 1] * 2 ** -32);
        values[i] = radius * Math.cos(angle);
        if (i + 1 < n) values[i + 1] = radius * Math.sin(angle);
      }
      return values;
    },
    integers(n, bound) {
      requireBelow("bound", bound - 1, 2 ** 32);
      return next(n).map((word) => scale(word, bound));
    },
    permutation(n) {
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      const words = next(Math.max(n - 1, 0));
      for (let i = n - 1; i > 0; i--) {
        const j = scale(words[n - 1 - i], i + 1);
        const held = order[i];
        order[i] = order[j];
        order[j] = held;
      }
      return order;
    },
  };
}

/** One block: four words for a counter of four words and a key of two. */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): Uint32Array {
  const block = new Uint32Array(4);
  philoxBlocks(block, counter, key[0], key[1]);
  return block;
}

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** encodeURIComponent spells UTF-8 as %XX; it is part of the language, where TextEncoder is part of its hosts. */
function utf8(text: string): number[] {
  const spelled = encodeURIComponent(text.replace(loneSurrogate, "\uFFFD")).match(/%..|./g) ?? [];
  return spelled.map((unit) => (unit.length === 3 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Blocks for counters that differ in their first word, which counts up; `out` has four words for each. */
function philoxBlocks(
  out: Uint32Array,
  [first, second, third, fourth]: readonly [number, number, number, number],
  firstKey: number,
  secondKey: number,
): void {
  for (let at = 0; at < out.length; at += 4) {
    let [c0, c1, c2, c3] = [(first + at / 4) | 0, second | 0, third | 0, fourth | 0];
    let [key0, key1] = [firstKey | 0, secondKey | 0];
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(MULTIPLIER_0, c0);
      const high1 = multiplyHigh(MULTIPLIER_1, c2);
      const low0 = Math.imul(MULTIPLIER_0, c0);
      const low1 = Math.imul(MULTIPLIER_1, c2);
      c0 = high1 ^ c1 ^ key0;
      c1 = low1;
      c2 = high0 ^ c3 ^ key1;
      c3 = low0;
      key0 = (key0 + WEYL_0) | 0;
      key1 = (key1 + WEYL_1) | 0;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }
}

/** The upper 32 bits of the 64-bit product of two unsigned words, from products of 16 bits; signed where the top bit is set. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16); // below 2³²
  const other = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

function scale(word: number, bound: number): number {
  return bound === 2 ** 32 ? word : multiplyHigh(word, bound) >>> 0;
}

function requireBelow(what: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit)
    throw new RangeError(`${what} must be an integer in 0..${limit - 1}, found ${value}`);
}
