/** What Dataset and Noise nodes draw, as the instructions of a Program ask for it. */
import { describe, expect, it } from "vitest";
import type { Draw, Program } from "../../src/core/program/types.ts";
import { createSources, type Sources } from "../../src/session/sources.ts";
import { node } from "../helpers/documents.ts";
import { points, smallGan } from "./documents.ts";
import { programOf } from "./sessions.ts";

const dataSet = points(50);
const five = programOf(smallGan({ critic: { steps: 5 } }), { points: dataSet });

describe("a Dataset", () => {
  it("gives five critic steps five batches, and an epoch every row once", () => {
    const sources = sourcesOf(five);
    const drawn = [0, 1].flatMap((iteration) => drawsOf(five, "data").map((each) => rowsOf(sources, each, iteration)));
    expect(drawn).toHaveLength(10);
    const epoch = drawn.slice(0, 6).flat(); // 50 rows are 6 batches of 8, and 2 rows are dropped
    expect(new Set(epoch).size).toBe(48);
    expect(drawn.slice(6).flat()).not.toEqual(epoch.slice(0, 32)); // the next epoch has another order
  });

  it("draws the same again, in whatever order it is asked", () => {
    const [a, b] = [sourcesOf(five), sourcesOf(five)];
    const [first, , third] = drawsOf(five, "data");
    const late = rowsOf(a, third, 9);
    expect(rowsOf(a, first, 2)).toEqual(rowsOf(b, first, 2));
    expect(rowsOf(b, third, 9)).toEqual(late);
  });

  it("takes rows as they come where it does not shuffle", () => {
    const program = programOf(smallGan({ data: { shuffle: false } }), { points: dataSet });
    const sources = sourcesOf(program);
    const [drawn] = drawsOf(program, "data");
    const ahead = (start: number) => Array.from({ length: 8 }, (_, at) => start + at);
    expect([0, 1, 5, 6].map((iteration) => rowsOf(sources, drawn, iteration))).toEqual([0, 8, 40, 0].map(ahead));
  });

  it("gives the last, smaller batch where it is not to be dropped", () => {
    const program = programOf(smallGan({ data: { shuffle: false, drop_last: false } }), { points: dataSet });
    const sources = sourcesOf(program);
    expect(rowsOf(sources, drawsOf(program, "data")[0], 6)).toEqual([48, 49]);
  });

  it("gives labels of the same rows", () => {
    const [drawn] = drawsOf(five, "data");
    const [, labels] = sourcesOf(five).draw(drawn, 4);
    expect(labels.shape).toEqual([8]);
    expect([...labels.data]).toEqual(rowsOf(sourcesOf(five), drawn, 4).map((row) => row % 3));
  });

  it("has an order of its own, by its id", () => {
    const document = smallGan();
    const { data, ...others } = document.training.nodes;
    const edges = document.training.edges.map((edge) => ({ ...edge, from: edge.from.replace(/^data\./, "rows.") }));
    const renamed = programOf({ ...document, training: { ...document.training, nodes: { ...others, rows: data }, edges } }, { points: dataSet }); // prettier-ignore
    const first = programOf(document, { points: dataSet });
    const rows = (program: Program, id: string) => rowsOf(sourcesOf(program, id), drawsOf(program, id)[0], 0);
    expect(rows(renamed, "rows")).not.toEqual(rows(first, "data"));
  });

  it("says how many epochs have passed", () => {
    expect(sourcesOf(five).epoch(3)).toBeCloseTo(15 / 6, 10);
  });
});

describe("Noise", () => {
  it("is fresh for every step and iteration, and the same when it is drawn again", () => {
    const sources = sourcesOf(five);
    const draws = [0, 1].flatMap((iteration) =>
      drawsOf(five, "z").map((each) => String(sources.draw(each, iteration)[0].data)),
    );
    expect(new Set(draws).size).toBe(10);
    expect(String(sourcesOf(five).draw(drawsOf(five, "z")[3], 1)[0].data)).toBe(draws[8]);
  });

  it("is uniform or normal as its node says", () => {
    const document = smallGan({ batch: 500 });
    const nodes = {
      ...document.training.nodes,
      z: node("Noise", { features: 4, distribution: "uniform", low: 2, high: 5 }),
    };
    const uniform = programOf({ ...document, training: { ...document.training, nodes } }, { points: dataSet });
    const [drawn] = sourcesOf(uniform, "data", 500).draw(drawsOf(uniform, "z")[0], 0);
    const values = [...drawn.data];
    expect(drawn.shape).toEqual([500, 4]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...values)).toBeLessThan(5);
    expect(values.reduce((sum, value) => sum + value / 2000, 0)).toBeCloseTo(3.5, 1);
  });
});

const sourcesOf = (program: Program, id = "data", batch = 8): Sources =>
  createSources(program.training!, { seed: 3, batch, dataSets: new Map([[id, dataSet]]) });

/** Its draws in an iteration, in the order of their steps. */
function drawsOf(program: Program, source: string): Draw[] {
  const instructions = program.training!.iteration.flatMap((slice) => slice.instructions);
  return instructions.flatMap((each) => (each.op === "draw" && each.source === source ? [each] : []));
}

/** The numbers of the rows that were drawn; no two rows of `points` are equal. */
function rowsOf(sources: Sources, drawn: Draw, iteration: number): number[] {
  const [{ data }] = sources.draw(drawn, iteration);
  return Array.from({ length: data.length / 2 }, (_, at) => {
    const row = dataSet.data.findIndex((value, index) => index % 2 === 0 && value === data[2 * at]);
    return row / 2;
  });
}
