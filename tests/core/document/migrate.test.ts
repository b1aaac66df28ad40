import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { migrate, migrations } from "../../../src/core/document/migrate.ts";
import { parse } from "../../../src/core/document/parse.ts";
import { currentFormat } from "../../../src/core/document/types.ts";

const folder = path.resolve(import.meta.dirname, "../../migrations");
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
const read = (file: string) => readFileSync(path.join(folder, file), "utf8");

describe("migrations", () => {
  it("are each run by some document of the old format", () => {
    const formats = new Set(files.map((file) => (JSON.parse(read(file)) as { format: string }).format));
    expect([...migrations.keys()].filter((format) => !formats.has(format))).toEqual([]);
  });

  it("all lead to the current format", () => {
    for (const format of migrations.keys())
      expect(migrate({ format }, format)).toMatchObject({ format: currentFormat });
  });

  it.each(files)("leave %s as it was, and give a document", (file) => {
    const json = JSON.parse(read(file)) as Record<string, unknown>;
    const before = structuredClone(json);
    migrate(json, json.format as string);
    expect(json).toEqual(before);
    expect(parse(read(file)).document).not.toBe(null);
  });

  it("turn ganvas/0's lists of nodes and pairs into records and edges", () => {
    const { document, diagnostics } = parse(read("graphs.json"));
    expect(diagnostics).toEqual([]);
    expect(document).toEqual({
      format: "ganvas/1",
      name: "A draft",
      author: "kept",
      networks: {
        net: {
          init: "dcgan",
          nodes: {
            x: { kind: "Input", params: { type: "vector", shape: [2] } },
            "main.0": { kind: "Linear", params: { out_features: 3 }, note: "kept" },
            y: { kind: "Output" },
          },
          edges: [
            { from: "x.out", to: "main.0.in" },
            { from: "main.0.out", to: "y.in" },
          ],
        },
      },
      blocks: { b: { params: { width: 1 }, nodes: { x: { kind: "Input" } }, edges: [] } },
      training: { batch: 8, nodes: { z: { kind: "Noise" } }, edges: [] },
      layout: {},
    });
  });

  it("say what was unreadable in the old format", () => {
    const { document, diagnostics } = parse(read("half-finished.json"));
    expect(diagnostics.map(({ facts }) => facts.path)).toEqual([
      "networks.net.nodes.0",
      "networks.net.nodes.2",
      "networks.net.edges[0]",
      "blocks",
      "training",
    ]);
    expect(document!.networks.net.nodes).toEqual({ 1: { kind: "Tanh" } });
  });

  it("lead nowhere from a format that is not known", () => {
    expect(migrate({}, "ganvas/7")).toBe(null);
  });
});
