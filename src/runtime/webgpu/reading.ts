/**
 * How programs read inputs that lie in the GPU's memory as halves (IEEE 754 binary16), two in each word: every `x[i]` of their
 * code becomes a call that unpacks, so that no kernel is written twice. Arithmetic stays that of float32.
 */
import type { TensorInfo } from "../tf.ts";
import type { Element } from "./program.ts";

/** The words of a tensor whose values lie in halves, by its data; of the two in a word, the first has the lower bits. */
export const wordsOf = new WeakMap<object, TensorInfo>();

/** WGSL's type of the words, and how an index of values becomes values. */
const readings: Partial<Record<Element, { readonly words: string; readonly at: (name: string) => string }>> = {
  f32: { words: "u32", at: (name) => `unpack2x16float(${name}[i >> 1])[i & 1]` },
  "vec2<f32>": { words: "u32", at: (name) => `unpack2x16float(${name}[i])` },
  "vec4<f32>": {
    words: "vec2<u32>",
    at: (name) => `vec4f(unpack2x16float(${name}[i].x), unpack2x16float(${name}[i].y))`,
  },
};

/** What is declared for an input of this type where it lies in halves. */
export function wordsFor(type: Element): string {
  return readingOf(type).words;
}

/** The code with all that reads the input through a function, which is written in front. */
export function readingHalves(code: string, name: string, type: Element): string {
  return `fn ${name}_at(i: i32) -> ${type} { return ${readingOf(type).at(name)}; }\n${throughCalls(code, name)}`;
}

function readingOf(type: Element) {
  const reading = readings[type];
  if (!reading) throw new Error(`${type} does not lie in halves`);
  return reading;
}

function throughCalls(code: string, name: string): string {
  const begin = code.search(new RegExp(`(?<![\\w.])${name}\\[`));
  if (begin < 0) return code;
  const open = begin + name.length;
  const close = closing(code, open);
  const index = throughCalls(code.slice(open + 1, close), name);
  return `${code.slice(0, begin)}${name}_at(i32(${index}))${throughCalls(code.slice(close + 1), name)}`;
}

/** Where the bracket at `open` is closed. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === "[") depth++;
    else if (code[at] === "]" && --depth === 0) return at;
  }
  throw new Error("a bracket is not closed");
}
