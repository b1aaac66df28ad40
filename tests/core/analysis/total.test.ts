/** Whatever a person writes is analyzed: nothing throws, nothing hangs, and nothing depends on the order of keys. */
import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { printDiagnostic } from "../../../src/core/analysis/diagnostics.ts";
import { applyEdits } from "../../../src/core/document/edits.ts";
import { parseJson } from "../../../src/core/document/parse.ts";
import { currentFormat, type GanDocument } from "../../../src/core/document/types.ts";
import { lower } from "../../../src/core/program/lower.ts";
import { parseProgram } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { summarize } from "../../../src/targets/summary/summary.ts";
import { analyzed, chain, codesOf, documentWith, graph, lowered, networkDocument, node, template, templateNames, vectorInput, wires } from "../../helpers/documents.ts"; // prettier-ignore
import { fc } from "../../helpers/properties.ts";

type Mutable = { [key: string]: unknown } | unknown[];
const isContainer = (value: unknown): value is Mutable => typeof value === "object" && value !== null;

/** Every place in a JSON value: what holds it, and its key. */
function placesIn(json: Mutable): (readonly [Mutable, string])[] {
  return Object.keys(json).flatMap((key) => {
    const member = (json as Record<string, unknown>)[key];
    return [[json, key] as const, ...(isContainer(member) ? placesIn(member) : [])];
  });
}

const words = [
  ...[
    "Linear",
    "Conv2d",
    "Concat",
    "Add",
    "Block",
    "Input",
    "Output",
    "Network",
    "Optimizer",
    "GANLoss",
    "WeightedSum",
    "Dataset",
    "Gone",
  ],
  ...[
    "generator",
    "discriminator",
    "b",
    "z.out",
    "fake.image",
    "data.label",
    "d_loss.out",
    "sum.in.0",
    "$n",
    "toy-ring",
    "image",
    "vector",
    "a b",
  ],
];
const values = fc.oneof(
  fc.constantFrom<unknown>(
    ...words,
    0,
    1,
    -1,
    3,
    7,
    0.5,
    4096,
    1e9,
    1e300,
    null,
    true,
    [],
    {},
    [1, 28, 28],
    [-1],
    [[]],
    { kind: "Tanh" },
    { from: "z.out", to: "fc.in" },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
const mutations = fc.array(
  fc.record({
    at: fc.nat(),
    how: fc.constantFrom("replace", "replace", "delete", "copy", "rename"),
    value: values,
    other: fc.nat(),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutated(
  document: GanDocument,
  some: readonly { at: number; how: string; value: unknown; other: number }[],
): Mutable {
  const json = structuredClone(document) as unknown as { [key: string]: unknown };
  for (const { at, how, value, other } of some) {
    const places = placesIn(json);
    const [holder, key] = places[at % places.length] as [Record<string, unknown>, string];
    if (how === "replace") holder[key] = structuredClone(value);
    else if (how === "delete") delete holder[key];
    else if (how === "copy") {
      const [from, name] = places[other % places.length] as [Record<string, unknown>, string];
      holder[key] = structuredClone(from[name]);
    } else holder[words[other % words.length]] = holder[key];
  }
  return { ...json, format: currentFormat };
}

/** A document with every feature that templates do not have yet: blocks in blocks, parameters, shares, repeat. */
const withBlocks: GanDocument = documentWith({
  networks: { net: graph({ x: node("Input", vectorInput(4)), b: node("Block", { block: "outer", repeat: 3, with: { n: 4 } }), c: node("Block", { block: "inner", share: "s" }), y: node("Output") }, "x.out > b.x", "b.y > c.x", "c.y > y.in") },
  blocks: {
    outer: { params: { n: 2, times: 2 }, ...graph({ x: node("Input"), i: node("Block", { block: "inner", repeat: "$times", with: { width: "$n" } }), y: node("Output") }, "x.out > i.x", "i.y > y.in") },
    inner: { params: { width: 4 }, ...graph({ x: node("Input"), fc: node("Linear", { out_features: "$width" }), sum: node("Add"), y: node("Output") }, "x.out > fc.in", "fc.out > sum.in.0", "x.out > sum.in.1", "sum.out > y.in") },
  },
}); // prettier-ignore
const documents = fc.constantFrom(...templateNames.map(template), withBlocks, withBlocks);

describe("analysis", () => {
  it("takes the document with every block feature", () => {
    expect(codesOf(withBlocks)).toEqual([]);
  });

  it("never throws on a document with random changes, nor does anything that follows it", () => {
    let programs = 0;
    fc.assert(
      fc.property(documents, mutations, (before, some) => {
        const { document, diagnostics } = parseJson(mutated(before, some));
        diagnostics.map(printDiagnostic);
        if (!document) return;
        const analysis = analyzed(document);
        for (const diagnostic of analysis.diagnostics) {
          expect(printDiagnostic(diagnostic)).not.toMatch(/undefined|NaN|\[object/);
          if (diagnostic.fix) analyzed(applyEdits(document, diagnostic.fix.edits));
        }
        const program = lower(document, analysis);
        if (!program) return;
        programs++;
        summarize(program);
        expect(printProgram(parseProgram(printProgram(program)))).toBe(printProgram(program));
      }),
      { numRuns: 300 },
    );
    expect(programs).toBeGreaterThan(15); // or the changes would be too wild to reach the rest of the line
  });

  it("never throws without any data set", () => {
    for (const document of templateNames.map(template)) {
      const { diagnostics } = analyze(document, vocabulary, () => null);
      expect(diagnostics.map(({ code }) => code)).toContain("dataset-unknown");
    }
  });

  it("gives the same Program and the same diagnostics for any order of keys", () => {
    const shuffled = (json: unknown, random: () => number): unknown => {
      if (Array.isArray(json)) return json.map((member) => shuffled(member, random));
      if (typeof json !== "object" || json === null) return json;
      const entries = Object.entries(json).map(([key, member]) => ({
        key,
        member: shuffled(member, random),
        rank: random(),
      }));
      return Object.fromEntries(entries.sort((a, b) => a.rank - b.rank).map(({ key, member }) => [key, member]));
    };
    const told = (document: GanDocument) => analyzed(document).diagnostics.map(printDiagnostic);
    fc.assert(
      fc.property(
        documents,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 60 }),
        (document, ranks) => {
          let next = 0;
          const other = parseJson(shuffled(document, () => ranks[next++ % ranks.length])).document!;
          expect(printProgram(lowered(other))).toBe(printProgram(lowered(document)));
          const unfinished = {
            ...document,
            training: { ...document.training, edges: document.training.edges.slice(2) },
          };
          expect(told({ ...other, training: { ...other.training, edges: unfinished.training.edges } })).toEqual(
            told(unfinished),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("analysis of large documents", () => {
  /** Of processor time, whatever else the machine does. Generous: where something grows with the square, it takes minutes. */
  const bound = 6000;
  const timed = <T>(work: () => T, limit = bound): T => {
    const start = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(limit);
    return result;
  };

  it("takes a chain of 10,000 layers", () => {
    const document = networkDocument(chain(Array.from({ length: 10_000 }, () => node("Tanh")), vectorInput(2))); // prettier-ignore
    const program = timed(() => lowered(document));
    expect(program.networks[0].instructions).toHaveLength(10_000);
    expect(program.networks[0].instructions[9_999].id).toBe("9999");
  });

  it("takes a block that is repeated 10,000 times", () => {
    const net = graph(
      { x: node("Input", vectorInput(2)), b: node("Block", { block: "b", repeat: 10_000 }), y: node("Output") },
      "x.out > b.x",
      "b.y > y.in",
    );
    const program = timed(() => lowered(networkDocument(net, { b: chain([node("Tanh")]) })));
    expect(program.networks[0].instructions).toHaveLength(10_000);
    expect(program.networks[0].instructions[9_999].id).toBe("b.9999.0");
  });

  it("takes a block that hands its input on, repeated 10,000 times", () => {
    const net = graph(
      { x: node("Input", vectorInput(2)), b: node("Block", { block: "b", repeat: 10_000 }), y: node("Output") },
      "x.out > b.x",
      "b.y > y.in",
    );
    const program = timed(() => lowered(networkDocument(net, { b: chain([]) })));
    expect(program.networks[0].outputs).toEqual([{ name: "y", value: "x", type: { type: "vector", shape: [2] } }]);
  });

  it("takes one node with 10,000 wires", () => {
    const inputs = Array.from({ length: 10_000 }, (_, index) => `x.out > sum.in.${index}`);
    const net = graph(
      { x: node("Input", vectorInput(2)), sum: node("Add"), y: node("Output") },
      ...inputs,
      "sum.out > y.in",
    );
    expect(timed(() => lowered(networkDocument(net))).networks[0].instructions[0].inputs).toHaveLength(10_000);
  });

  it("refuses 10^30 nodes at once, without writing them out", () => {
    const blocks = Object.fromEntries(Array.from({ length: 10 }, (_, level) => [`b${level}`, { params: { times: 1000 }, ...graph({ x: node("Input"), b: node("Block", { block: `b${level + 1}`, repeat: "$times" }), y: node("Output") }, "x.out > b.x", "b.y > y.in") }])); // prettier-ignore
    const net = graph(
      { x: node("Input", vectorInput(2)), b: node("Block", { block: "b0" }), y: node("Output") },
      "x.out > b.x",
      "b.y > y.in",
    );
    const document = networkDocument(net, { ...blocks, b10: chain([node("Tanh")]) });
    expect(timed(() => codesOf(document), 600)).toEqual(["expansion-too-large"]);
  });

  it("refuses a block that contains itself by a parameter's value", () => {
    const net = graph(
      { x: node("Input", vectorInput(2)), b: node("Block", { block: "a", with: { which: "a" } }), y: node("Output") },
      "x.out > b.x",
      "b.y > y.in",
    );
    const a = {
      params: { which: "leaf" },
      ...graph(
        { x: node("Input"), b: node("Block", { block: "$which" }), y: node("Output") },
        "x.out > b.x",
        "b.y > y.in",
      ),
    };
    expect(codesOf(networkDocument(net, { a, leaf: chain([node("Tanh")]) }))).toEqual(["block-recursive"]);
  });

  it("is not blown up by arguments that double at every level", () => {
    const blocks = Object.fromEntries(Array.from({ length: 60 }, (_, level) => [`b${level}`, { params: { v: 0 }, ...graph({ x: node("Input"), b: node("Block", { block: `b${level + 1}`, with: { v: ["$v", "$v"] } }), y: node("Output") }, "x.out > b.x", "b.y > y.in") }])); // prettier-ignore
    const net = graph(
      { x: node("Input", vectorInput(2)), b: node("Block", { block: "b0", with: { v: [1, 2] } }), y: node("Output") },
      "x.out > b.x",
      "b.y > y.in",
    );
    const leaf = { params: { v: 0 }, ...chain([node("Linear", { out_features: "$v" })]) };
    expect(timed(() => codesOf(networkDocument(net, { ...blocks, b60: leaf })))).toEqual(["param-value"]);
  });

  it("takes wires in two huge circles", () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
    const around = ids.map((id, index) => `${id}.out > ${ids[(index + 1) % ids.length]}.in.0`);
    const nodes = Object.fromEntries(ids.map((id) => [id, node("Add")]));
    const back = ids.map((id, index) => `${ids[(index + 1) % ids.length]}.out > ${id}.in.1`);
    const net = { nodes: { ...nodes, y: node("Output") }, edges: wires(...around, ...back, "n0.out > y.in") };
    expect(timed(() => codesOf(networkDocument(net)))).toContain("cycle");
  });
});
