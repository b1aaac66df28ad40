/** Numbers and values in the inspector's words. */
import { by, grouped, rounded } from "../../core/kind/display.ts";
import type { Initializer, InitScheme } from "../../core/kind/weights.ts";

/** "2.5 MFLOP", "830 FLOP": two or three figures. */
export const flopText = (flops: number): string => `${scaled(flops, 1000, ["", "k", "M", "G", "T"])}FLOP`;

/** "12.4 MB" of 2²⁰ bytes. */
export const memoryText = (bytes: number): string => `${scaled(bytes, 1024, ["", "k", "M", "G", "T"])}B`;

function scaled(value: number, base: number, prefixes: readonly string[]): string {
  let [size, at] = [value, 0];
  while (size >= base * 0.9995 && at < prefixes.length - 1) [size, at] = [size / base, at + 1];
  const figures = at === 0 ? String(Math.round(size)) : String(Number(size.toPrecision(size < 100 ? 2 : 3)));
  return `${figures} ${prefixes[at]}`;
}

/** A weight's shape as papers write it: "100×256×7×7"; a single number is "1". */
export const weightShape = (shape: readonly number[]): string => (shape.length === 0 ? "1" : by(shape));

/** How a weight starts: "N(0, 0.02)", "U(−0.1, 0.1)", "all 1". */
export function startText(init: Initializer): string {
  switch (init.type) {
    case "constant":
      return `all ${rounded(init.value)}`;
    case "uniform":
      return `U(${rounded(init.low)}, ${rounded(init.high)})`;
    case "normal":
      return `N(${rounded(init.mean)}, ${rounded(init.std)})`;
    case "unit":
      return "a random direction of length 1";
  }
}

export const initWords: Readonly<Record<InitScheme, string>> = {
  pytorch: "PyTorch's own: uniform, narrower the more inputs a weight has.",
  dcgan: "From the DCGAN paper: normal with a deviation of 0.02.",
};

export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
