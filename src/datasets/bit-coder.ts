/**
 * A binary arithmetic coder whose probabilities are learnt while it goes: those of several contexts, mixed by weights that
 * are learnt as well (logistic mixing, M. Mahoney, "Adaptive Weighing of Context Models for Lossless Data Compression",
 * 2005). All numbers are integers, so every engine decodes what any engine encoded. One function describes a format for both
 * directions: it codes each bit, and when decoding the bit comes back whatever was passed in.
 */
export interface BitCoder {
  /** Codes a bit that is likely the same as before in the same slot, 0 … 65,535. */
  plain(bit: number, slot: number): number;
  /** Codes a bit that {@link mixedContexts} numbers of 32 bits foretell; `set`, 0 … 63, chooses how they are weighed. */
  mixed(bit: number, contexts: Int32Array, set: number): number;
}

export interface BitEncoder extends BitCoder {
  finish(): Uint8Array;
}

export const mixedContexts = 6;

export function createEncoder(): BitEncoder {
  let bytes = new Uint8Array(1 << 16);
  let length = 0;
  let [low, high] = [0, 0xffffffff];
  const put = (byte: number) => {
    if (length === bytes.length) {
      const longer = new Uint8Array(2 * length);
      longer.set(bytes);
      bytes = longer;
    }
    bytes[length++] = byte;
  };
  const coder = createCoder((bit, probability) => {
    const middle = split(low, high, probability);
    if (bit) high = middle;
    else low = middle + 1;
    while ((low ^ high) >>> 24 === 0) {
      put(high >>> 24);
      low = (low << 8) >>> 0;
      high = ((high << 8) | 255) >>> 0;
    }
    return bit;
  });
  return {
    ...coder,
    finish() {
      for (let shift = 24; shift >= 0; shift -= 8) put((low >>> shift) & 255);
      return bytes.slice(0, length);
    },
  };
}

/** Bytes that end too early decode as if zeros followed. */
export function createDecoder(bytes: Uint8Array): BitCoder {
  let [low, high, code, at] = [0, 0xffffffff, 0, 0];
  const next = () => bytes[at++] ?? 0;
  for (let byte = 0; byte < 4; byte++) code = ((code << 8) | next()) >>> 0;
  return createCoder((_, probability) => {
    const middle = split(low, high, probability);
    const bit = code <= middle ? 1 : 0;
    if (bit) high = middle;
    else low = middle + 1;
    while ((low ^ high) >>> 24 === 0) {
      low = (low << 8) >>> 0;
      high = ((high << 8) | 255) >>> 0;
      code = ((code << 8) | next()) >>> 0;
    }
    return bit;
  });
}

/** Where a range is divided between 1 (up to here) and 0, for a probability of 1 in 65,536ths. */
function split(low: number, high: number, probability: number): number {
  const range = high - low;
  return low + (range >>> 16) * probability + (((range & 0xffff) * probability) >>> 16);
}

/** Slots of a context: more of them compress better, and no longer fit a processor's cache. */
const slotBits = 16;

/** @param code codes one bit under the probability, in 65,536ths, that it is 1 */
function createCoder(code: (bit: number, probability: number) => number): BitCoder {
  const plain = new Uint16Array(1 << 16).fill(1 << 15);
  const tables = Array.from({ length: mixedContexts }, () => new Uint16Array(1 << slotBits).fill(1 << 15));
  const seen = Array.from({ length: mixedContexts }, () => new Uint8Array(1 << slotBits));
  const weights = new Int32Array(64 * mixedContexts).fill(26_000);
  const slots = new Int32Array(mixedContexts);
  const inputs = new Int32Array(mixedContexts);
  return {
    plain(bit, slot) {
      const probability = plain[slot];
      const coded = code(bit, Math.max(16, Math.min(65520, probability)));
      plain[slot] = probability + ((coded ? 65535 - probability : -probability) >> 5);
      return coded;
    },
    mixed(bit, contexts, set) {
      const first = set * mixedContexts;
      let sum = 0;
      for (let n = 0; n < mixedContexts; n++) {
        let hash = Math.imul(contexts[n] + n * 0x3779b1, 0x9e3779b1);
        hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
        const slot = (hash ^ (hash >>> 13)) >>> (32 - slotBits);
        slots[n] = slot;
        inputs[n] = stretch[tables[n][slot] >> 4];
        sum += weights[first + n] * inputs[n]; // below 2^53: a weight has at most 32 bits, an input 12
      }
      const place = Math.max(-2047, Math.min(2047, Math.floor(sum / 65536)));
      const probability = squash[place + 2048];
      const coded = code(bit, probability);
      const error = ((coded << 16) - probability) >> 2;
      for (let n = 0; n < mixedContexts; n++) {
        weights[first + n] += (Math.imul(inputs[n], error) + (1 << 13)) >> learningShift;
        const slot = slots[n];
        const before = tables[n][slot];
        const count = seen[n][slot];
        const way = coded ? 65535 - before : -before;
        tables[n][slot] = before + Math.trunc((way * steps[count]) / 65536);
        if (count < steps.length - 1) seen[n][slot] = count + 1;
      }
      return coded;
    },
  };
}

const learningShift = 14;

/** How far a probability moves towards what came, in 65,536ths: far at first, then ever less. */
const steps = Int32Array.from({ length: 128 }, (_, seen) => Math.round(65536 / (seen + 1.6)));

/** Probability in 65,536ths of log odds in 256ths, from −2048 on. */
const squash = Int32Array.from({ length: 4096 }, (_, place) =>
  Math.max(32, Math.min(65504, Math.round(65536 / (1 + Math.exp((2048 - place) / 256))))),
);
/** Log odds in 256ths of a probability in 4,096ths. */
const stretch = Int32Array.from({ length: 4096 }, (_, probability) =>
  Math.round(256 * Math.log((probability + 0.5) / (4095.5 - probability))),
);
