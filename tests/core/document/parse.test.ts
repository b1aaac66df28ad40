import { describe, expect, it } from "vitest";
import { parse, parseJson } from "../../../src/core/document/parse.ts";
import { splitEnd } from "../../../src/core/document/types.ts";
import { analyzed, template, templateNames, templateText } from "../../helpers/documents.ts";
import { fc } from "../../helpers/properties.ts";

const codes = (text: string) => parse(text).diagnostics.map(({ code }) => code);

describe("parsing a document", () => {
  it.each(templateNames)("gives the JSON of %s back as it was", (name) => {
    const json = JSON.parse(templateText(name));
    expect(template(name)).toEqual(json);
  });

  it("keeps what it does not know, at every level", () => {
    const json = {
      format: "ganvas/1",
      name: "Kept",
      future: [1, { two: 3 }],
      networks: {
        net: {
          mood: "calm",
          nodes: { x: { kind: "Unheard", colour: "red" } },
          edges: [{ from: "x.out", to: "y.in", weight: 3 }],
        },
      },
      blocks: { b: { params: { width: 3 }, nodes: {}, edges: [], old: true } },
      training: { nodes: {}, edges: [], device: "moon" },
      layout: { training: { data: { x: 1, y: 2, folded: true } } },
    };
    expect(parse(JSON.stringify(json))).toEqual({ document: json, diagnostics: [] });
  });

  it("reads a file that begins with a byte order mark", () => {
    expect(parse(`\uFEFF${templateText("toy-1d")}`).document).toEqual(template("toy-1d"));
  });

  it("counts columns after a byte order mark", () => {
    expect(parse('\uFEFF{"a" 1}').diagnostics[0].facts).toMatchObject({ line: 1, column: 6 });
  });

  it.each([
    '{"format": "ganvas/1"}',
    '{"format": "ganvas/1", "networks": {"g": {}}}',
    '{"format": "ganvas/1", "training": {"nodes": {"a": {"kind": ""}}}}',
  ])("takes the half-finished %s", (text) => {
    const { document, diagnostics } = parse(text);
    expect(diagnostics).toEqual([]);
    expect(document).toMatchObject({ name: "Untitled", blocks: {}, layout: {} });
  });

  it.each([
    ["null", "document-shape"],
    ["3", "document-shape"],
    ["{}", "document-format"],
    ['{"format": 1}', "document-format"],
    ['{"format": "ganvas/2"}', "document-version"],
    ['{"format": "keras"}', "document-version"],
  ])("refuses %s with %s", (text, code) => {
    expect(parse(text).document).toBe(null);
    expect(codes(text)).toEqual([code]);
  });

  it("leaves out what has no readable shape, says where, and reads the rest", () => {
    const { document, diagnostics } = parseJson({
      format: "ganvas/1",
      name: 7,
      networks: {
        a: [],
        b: {
          nodes: { x: { kind: "Input" }, y: { kind: 3 }, z: { kind: "Tanh", params: [] } },
          edges: [{ from: "x.out" }, "x.out > y.in"],
        },
      },
      blocks: { c: { params: "none", nodes: {}, edges: {} } },
      layout: [],
    });
    expect(diagnostics.map(({ facts }) => facts.path)).toEqual([
      "name", "networks.a", "networks.b.nodes.y", "networks.b.nodes.z", "networks.b.edges[0]", "networks.b.edges[1]",
      "blocks.c.edges", "blocks.c.params", "layout",
    ]); // prettier-ignore
    expect(document!.networks.b).toEqual({ nodes: { x: { kind: "Input" } }, edges: [] });
  });

  it("has nodes called like members of every object", () => {
    const text =
      '{"format": "ganvas/1", "networks": {"net": {"nodes": {"__proto__": {"kind": "Input"}, "constructor": {"kind": "Output"}}, "edges": [{"from": "__proto__.out", "to": "constructor.in"}]}}}';
    const { document } = parse(text);
    expect(Object.keys(document!.networks.net.nodes)).toEqual(["__proto__", "constructor"]);
    expect(
      analyzed(document!)
        .networks.get("net")!
        .outputs.map(({ name, value }) => [name, value]),
    ).toEqual([["constructor", "__proto__.out"]]);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void parse(text)));
    fc.assert(fc.property(fc.jsonValue(), (json) => void parseJson(json)));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (part) => void parseJson({ format: "ganvas/0", networks: part, training: part, layout: part }),
      ),
    );
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (nodes) => void parseJson({ format: "ganvas/0", networks: { net: { nodes, edges: nodes } } }),
      ),
    );
  });
});

describe("the two parts of an edge's end", () => {
  const nodes = Object.fromEntries(["main", "main.0", "sum", "fake"].map((id) => [id, { kind: "Any" }]));
  it.each([
    ["main.out", "main", "out"],
    ["main.0.out", "main.0", "out"],
    ["sum.in.0", "sum", "in.0"],
    ["gone.out", "gone", "out"],
    ["gone.far.out", "gone.far", "out"],
    ["fake.z.code", "fake", "z.code"],
  ])("of %s are %s and %s", (end, node, port) => {
    expect(splitEnd(end, nodes)).toEqual({ node, port });
  });

  it.each(["", "out", ".out"])("of %j are none", (end) => {
    expect(splitEnd(end, nodes)).toBe(null);
  });
});
