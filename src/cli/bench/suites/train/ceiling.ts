/**
 * How many multiplications and additions one core can do at all: a loop over registers alone, without a byte of memory, written
 * here as WebAssembly. What a kernel reaches is told as a share of it.
 */

import v8 from "node:v8";

/** GFLOP/s of eight independent chains of f32x4 multiply-adds on this thread, the best of several runs; a multiply-add is two. */
export async function ceiling(variant: "simd" | "relaxed"): Promise<number> {
  // V8 has relaxed SIMD on by default from Node 21 on.
  if (Number.parseInt(process.versions.node, 10) < 21) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const module = await WebAssembly.instantiate(program(variant === "relaxed"));
  const run = module.instance.exports.run as (rounds: number) => number;
  const rounds = 4_000_000;
  run(rounds / 10); // compiled well by then
  let best = 0;
  for (let attempt = 0; attempt < 7; attempt++) {
    const began = performance.now();
    run(rounds);
    best = Math.max(best, (rounds * unrolled * chains * 4 * 2) / (performance.now() - began) / 1e6);
  }
  return best;
}

const [chains, unrolled] = [8, 4];

/** The module: run(rounds: i32) → f32. Locals 1–8 are the chains, 9 and 10 factor and summand. */
function program(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const [factor, summand] = [chains + 1, chains + 2];
  const constant = (value: number) => [...simd(0x0c), ...[0, 1, 2, 3].flatMap(() => f32(value))];
  const chain = (local: number) =>
    relaxed
      ? [get(local), get(factor), get(summand), simd(0x105), set(local)].flat()
      : [get(local), get(factor), simd(0xe6), get(summand), simd(0xe4), set(local)].flat();
  const turn = Array.from({ length: unrolled * chains }, (_, at) => chain(1 + (at % chains))).flat();
  const sum = [get(1), ...Array.from({ length: chains - 1 }, (_, at) => [...get(2 + at), ...simd(0xe4)])].flat();
  const body = [
    ...[1, ...leb(chains + 2), 0x7b], // locals, all v128
    ...[constant(0.999), set(factor), constant(0.001), set(summand)].flat(),
    ...[0x03, 0x40], // loop
    ...turn,
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b], // until its counter is 0
    ...[...sum, ...simd(0x1f), 0, 0x0b],
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...Buffer.from("run"), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content];
const get = (local: number) => [0x20, ...leb(local)];
const set = (local: number) => [0x21, ...leb(local)];
const simd = (operation: number) => [0xfd, ...leb(operation)];
const f32 = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];

/** Unsigned, seven bits a byte. */
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);
