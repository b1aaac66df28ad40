/** The schema that editors use agrees with the analysis wherever a schema can judge. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Code } from "../../../src/core/analysis/catalogue.ts";
import { isError, type Diagnostic } from "../../../src/core/analysis/diagnostics.ts";
import { parse, parseJson } from "../../../src/core/document/parse.ts";
import { documentSchema } from "../../../src/core/kind/schema.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { analyzed, chain, documentWith, graph, networkDocument, node, template, templateNames, templateText, vectorInput } from "../../helpers/documents.ts"; // prettier-ignore
import { fc } from "../../helpers/properties.ts";

const schema = documentSchema(vocabulary);
const accepts = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);

/** Codes that a schema can judge; the rest needs the whole graph. */
const judged: ReadonlySet<Code> = new Set<Code>([
  ...(["document-shape", "document-format", "document-version"] as const),
  ...(["unknown-kind", "kind-elsewhere", "param-value", "node-name", "network-name"] as const),
]);
const errorsOf = (json: unknown): Code[] => {
  const { document, diagnostics } = parseJson(json);
  return [...diagnostics, ...(document ? analyzed(document).diagnostics : [])].filter(isError).map(({ code }) => code);
};

describe("the schema", () => {
  it("is the one in graph-schemas: `node scripts/schemas.mjs` writes it", () => {
    const file = path.resolve(import.meta.dirname, "../../../graph-schemas/gan.schema.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(schema);
  });

  it.each(templateNames)("accepts %s, which points to it", (name) => {
    const json = JSON.parse(templateText(name)) as { $schema: string };
    expect(accepts(json), JSON.stringify(accepts.errors)).toBe(true);
    expect(json.$schema).toBe("../graph-schemas/gan.schema.json");
  });

  it("explains every parameter of every kind, with its default", () => {
    const definitions = schema.$defs as Record<string, { properties: Record<string, object> }>;
    for (const [section, kinds] of [
      ["layer", vocabulary.network],
      ["in a block", vocabulary.network],
      ["training", vocabulary.training],
    ] as const)
      // prettier-ignore
      for (const [name, { fields }] of kinds) {
        const { properties } = definitions[`${section}.${name}`];
        expect(Object.keys(properties)).toEqual(Object.keys(fields));
        for (const [param, field] of Object.entries(fields)) expect(properties[param]).toMatchObject({ description: field.help, default: field.default });
      }
  });

  it.each([
    ["an empty document", documentWith({})],
    [
      "parts that are not known",
      documentWith({
        future: 1,
        networks: { net: { ...chain([node("Tanh", { speed: 3 })], vectorInput(1)), mood: "calm" } },
      }),
    ],
    ["unfinished graphs", { format: "ganvas/1", networks: { g: {} }, training: { nodes: {} } }],
    [
      "parameters of a block, anywhere",
      documentWith({
        blocks: {
          b: {
            params: { c: 2 },
            ...graph({
              a: node("Reshape", { shape: ["$c", 7, 7] }),
              k: node("Conv2d", { kernel_size: ["$c", 3], stride: "$c", bias: "$c" }),
              i: node("Block", { block: "$c", repeat: "$c", with: { d: "$c" } }),
            }),
          },
        },
      }),
    ],
  ])("accepts %s", (_, json) => {
    expect(accepts(json), JSON.stringify(accepts.errors)).toBe(true);
  });

  it.each([
    [
      "a parameter's name outside of blocks",
      networkDocument(chain([node("Linear", { out_features: "$c" })], vectorInput(1))),
    ],
    [
      "a value in a block that no parameter could mend",
      documentWith({ blocks: { b: chain([node("Linear", { out_features: "c" })]) } }),
    ],
    ["an integer that is not exact", documentWith({ training: { nodes: {}, edges: [], iterations: 1e300 } })],
    [
      "a member that a group has not",
      documentWith({ training: graph({ o: node("Optimizer", { ema: { decay: 0.9, speed: 1 } }) }) }),
    ],
  ])("refuses %s, as the analysis does", (_, json) => {
    expect(accepts(json)).toBe(false);
    expect(errorsOf(json).filter((code) => judged.has(code))).not.toEqual([]);
  });
});

describe("schema and analysis", () => {
  const folder = path.resolve(import.meta.dirname, "../../broken");
  const readable = readdirSync(folder).filter((file) => file.endsWith(".json") && !file.startsWith("json-syntax"));

  it.each(readable)("agree on %s", (file) => {
    const text = readFileSync(path.join(folder, file), "utf8");
    const { document, diagnostics } = parse(text);
    const all = [...diagnostics, ...(document ? analyzed(document).diagnostics : [])];
    const beyondIt = (diagnostic: Diagnostic) => diagnostic.at.param === "share" || String(diagnostic.facts.found).startsWith("nested"); // prettier-ignore
    const refused = all.some((each) => isError(each) && judged.has(each.code) && !beyondIt(each));
    expect(accepts(JSON.parse(text)), JSON.stringify(accepts.errors)).toBe(!refused);
  });

  const params = [...vocabulary.network, ...vocabulary.training].flatMap(([name, { graph, fields }]) =>
    Object.keys(fields).map((param) => ({ graph, name, param })),
  );
  const values = fc.oneof(
    fc.constantFrom<unknown>(0, 1, -1, 3, 0.5, 1e-9, 1e300, 2 ** 53, true, null, "", "Adam", "image", "$c", [], {}, [1], [1, 2], [0.5, 0.9], [1, 2, 3], ["$c", 2], { type: "linear" }, { decay: 0.5 }, ["generator"]),
    fc.jsonValue({ maxDepth: 2 }),
  ); // prettier-ignore

  it("agree on any value of any parameter, in networks, blocks and training", () => {
    fc.assert(
      fc.property(fc.constantFrom(...params), values, fc.boolean(), ({ graph: where, name, param }, value, inBlock) => {
        const written = graph({ it: node(name, { [param]: value }) });
        const json =
          where === "training"
            ? documentWith({ training: written })
            : inBlock
              ? documentWith({ blocks: { b: { params: { c: 1 }, ...written } } })
              : documentWith({ networks: { n: written } });
        const errors = errorsOf(json);
        if (errors.some((code) => judged.has(code)) && inBlock && JSON.stringify(value).includes("$c")) return; // depends on what $c is
        expect(
          accepts(json),
          `${name}.${param} = ${JSON.stringify(value)}: ${errors.join()} ${JSON.stringify(accepts.errors)}`,
        ).toBe(!errors.some((code) => judged.has(code)));
      }),
      { numRuns: 2000 },
    );
  });

  it("agree on templates with random changes", () => {
    const documents = templateNames.map((name) => JSON.stringify(template(name)));
    const swaps = fc.constantFrom(["Linear", "Liner"], ["Tanh", "Dataset"], ["Network", "Net"], ['"from"', '"form"'], ["nodes", "knots"], ["edges", "wires"], ["0.0002", "-1"], ["true", "1"], ["64", "6.4"], ["generator", "the generator"], ["[", "[["], ['"z"', '"z z"'], ["ganvas/1", "ganvas/3"]); // prettier-ignore
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.array(swaps, { minLength: 1, maxLength: 3 }), (text, some) => {
        const changed = some.reduce((sofar, [from, to]) => sofar.replaceAll(from, to), text);
        let json: unknown;
        try {
          json = JSON.parse(changed);
        } catch {
          return;
        }
        expect(accepts(json), JSON.stringify(accepts.errors)).toBe(!errorsOf(json).some((code) => judged.has(code)));
      }),
      { numRuns: 150 },
    );
  });
});
