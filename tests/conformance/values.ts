/**
 * The numbers that a case is run on, in PyTorch's layout: drawn from Philox streams by name, so that PyTorch has the same
 * (tests/fixtures/conformance.py). Kinks lie at 0 in most kinds, and differences across one are no derivative: inputs keep
 * a distance of 0.1 from it.
 */
import type { PortType } from "../../src/core/kind/ports.ts";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import { elements, weightsOf, type Weight } from "../../src/core/program/weights.ts";
import { draw } from "../../src/runtime/philox.ts";

export interface Plain {
  /** Begins with the batch where there is one. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export const isDiscrete = ({ type }: PortType): boolean => type === "label" || type === "tokens";

/** How many values a label or token takes. */
export const classesOf = ({ classes = 5 }: PortType): number => classes;

/** "positive" keeps its distance of 0.1 from 0 as well. */
export type Domain = "normal" | "positive" | "probability";

export function inputValues(seed: number, id: string, type: PortType, batch: number, domain: Domain = "normal"): Plain {
  const shape = type.type === "loss" ? [] : [batch, ...type.shape];
  const stream = draw(seed, id, { iteration: 0 });
  const size = elements(shape);
  if (isDiscrete(type)) return { shape, data: Float32Array.from(stream.integers(size, classesOf(type))) };
  if (domain === "probability")
    return { shape, data: stream.uniform(size).map((u) => Math.fround(0.05) + Math.fround(0.9) * u) };
  if (domain === "positive") return { shape, data: stream.normal(size).map((x) => Math.abs(x) + Math.fround(0.1)) };
  return { shape, data: stream.normal(size).map((x) => Math.sign(x) * (Math.abs(x) + Math.fround(0.1))) };
}

/** Normal weights; buffers above 0.1, for some of them are variances. */
export const weightValues = (seed: number, program: NetworkProgram): Map<string, Weight> =>
  new Map(
    weightsOf(program).map(({ path, name, shape, trainable }) => {
      const data = draw(seed, name, { iteration: 0 }).normal(elements(shape));
      return [path, { shape, data: trainable ? data : data.map((x) => Math.abs(x) + Math.fround(0.1)) }];
    }),
  );

/** What the outputs are multiplied with before they are summed to the one number that is differentiated. */
export const cotangent = (seed: number, port: string, shape: readonly number[]): Plain => ({
  shape,
  data: draw(seed, `d ${port}`, { iteration: 0 }).normal(elements(shape)),
});
