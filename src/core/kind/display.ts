/** Numbers and shapes as people read them on nodes and wires; what programs and messages write is in ports.ts. */
import type { PortType } from "./ports.ts";

/** "256×7×7", "100", "label of 10", "scalar": what a wire carries, a row of the batch. */
export function shapeText({ type, shape, classes }: PortType): string {
  if (type === "label") return classes === undefined ? "label" : `label of ${classes}`;
  return shape.length === 0 ? "scalar" : by(shape);
}

/** [256, 7, 7] as "256×7×7". */
export const by = (shape: readonly number[]): string => shape.join("×");

/** An integer with its thousands apart: "524,288". */
export const grouped = (count: number): string => plain(count.toLocaleString("en"));

/** A number with four digits that count, and all those before the point: "−0.2", "0.6931", "1e-8", "12,544". */
export function rounded(value: number): string {
  const digits = Number(value.toPrecision(4));
  return Math.abs(digits) >= 1000 && Number.isFinite(digits) ? grouped(Math.round(value)) : exact(digits);
}

/** A number as it was written, with a true minus; an exponent keeps its hyphen. */
export const exact = (value: number): string => plain(String(value));

const plain = (written: string): string => written.replace(/^-/, "−").replace("Infinity", "∞");
