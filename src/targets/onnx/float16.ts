/**
 * IEEE 754 half precision, held as bits in a Uint16Array because JavaScript has no such array everywhere yet. Widening
 * is exact; narrowing rounds to the nearest value, ties to even, and past 65504 + 8 to infinity, as hardware does.
 */

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The nearest half-precision bits of every value. */
export function toHalfBits(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = narrow(values[i]!);
  return halves;
}

/** The values that half-precision bits stand for. */
export function fromHalfBits(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = widen(halves[i]!);
  return values;
}

const firstInfinite = 0x477ff000; // 65520, halfway between the largest half and the next power of two
const firstNormal = 0x38800000; // 2^-14
const exponentShift = 0x38000000; // the biases 127 and 15 apart, in place

function narrow(value: number): number {
  scratch[0] = value;
  const sign = (scratchBits[0]! >>> 16) & 0x8000;
  const magnitude = scratchBits[0]! & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= firstInfinite) return sign | 0x7c00;
  if (magnitude >= firstNormal) {
    const rebased = magnitude - exponentShift;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  // Between 0.5 and 1 a float32 counts in steps of 2^-24, exactly a subnormal half's: the addition does the rounding.
  scratchBits[0] = magnitude;
  scratch[0] = scratch[0]! + 0.5;
  return sign | (scratchBits[0]! - 0x3f000000);
}

function widen(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent << 23) + exponentShift) | (fraction << 13);
  scratch[0] = fraction * 2 ** -24;
  return sign | scratchBits[0]!;
}
