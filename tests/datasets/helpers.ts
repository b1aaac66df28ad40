/** Builders and small tools of the data sets' tests. */
import { expect } from "vitest";
import { catalogue } from "../../src/core/analysis/catalogue.ts";
import { DatasetProblem, type ProblemCode, type ProblemFacts } from "../../src/datasets/problems.ts";
import type { ImageSet } from "../../src/datasets/types.ts";

/** An IDX file of unsigned bytes. */
export function idx(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((extent, axis) => new DataView(bytes.buffer).setUint32(4 + 4 * axis, extent));
  bytes.set(Array.from(values), 4 + 4 * shape.length);
  return bytes;
}

/** Images whose bytes are 0, 1, 2, … modulo 251, so that every place has a value of its own. */
export function imageSet(count: number, [c, h, w]: readonly [number, number, number], labels?: Uint8Array): ImageSet {
  const data = Uint8Array.from({ length: count * c * h * w }, (_, i) => i % 251);
  const classes = labels ? { labels, classes: ["even", "odd"] } : {};
  return {
    name: "test",
    title: "Test",
    count,
    item: { type: "image", shape: [c, h, w] },
    data,
    licence: "none",
    source: "test",
    ...classes,
  };
}

/** The facts of the problem that `run` ends in; its sentence must exist in the message catalogue and name the data set. */
export async function problemOf<Code extends ProblemCode>(code: Code, run: () => unknown): Promise<ProblemFacts[Code]> {
  const error = await Promise.resolve().then(run).then(() => null, (reason: unknown) => reason); // prettier-ignore
  expect(error).toBeInstanceOf(DatasetProblem);
  const problem = error as DatasetProblem<Code>;
  expect(problem.code).toBe(code);
  const say = catalogue[code].say as (facts: ProblemFacts[Code]) => string;
  for (const sentence of [say(problem.facts), problem.message]) {
    expect(sentence).toContain(problem.facts.name);
    expect(sentence).not.toMatch(/undefined|\[object/);
  }
  return problem.facts;
}
