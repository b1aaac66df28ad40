/**
 * Text → Document. Accepts every document whose outline can be read, however unfinished, and says what it could not
 * read as diagnostics. It does not judge kinds, parameters or wires: that is the analysis.
 */
import { diagnose, type Diagnostic } from "../analysis/diagnostics.ts";
import { migrate } from "./migrate.ts";
import { currentFormat, emptyGraph, type EdgeDeclaration, type GanDocument, type Graph } from "./types.ts";

export type Parsed =
  | { readonly document: GanDocument; readonly diagnostics: readonly Diagnostic[] }
  | { readonly document: null; readonly diagnostics: readonly Diagnostic[] };

export function parse(text: string): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    return { document: null, diagnostics: [diagnose("json-syntax", {}, syntaxPlace(text, error))] };
  }
  return parseJson(json);
}

/** The same for JSON that has been parsed already. */
export function parseJson(json: unknown): Parsed {
  if (!isRecord(json)) return refuse("document-shape", { path: "the document", found: nameOf(json), wanted: "an object" });
  const format = json.format;
  if (typeof format !== "string") return refuse("document-format", { found: nameOf(format), wanted: currentFormat });
  const migrated = migrate(json, format);
  if (!migrated) return refuse("document-version", { found: format, wanted: currentFormat });
  return outline(migrated);
}

const refuse = (code: "document-shape" | "document-format" | "document-version", facts: Record<string, string>): Parsed => ({
  document: null,
  diagnostics: [diagnose(code, {}, facts as never)],
});

/** Fills in the parts that are left out and takes out, with a diagnostic, those that have no readable shape. */
function outline(json: Record<string, unknown>): Parsed {
  const diagnostics: Diagnostic[] = [];
  const misshapen = (path: string, found: unknown, wanted: string, graph?: string) =>
    diagnostics.push(diagnose("document-shape", graph ? { graph } : {}, { path, found: nameOf(found), wanted }));
  const section = (value: unknown, path: string): Record<string, unknown> => {
    if (value === undefined) return {};
    if (isRecord(value)) return value;
    misshapen(path, value, "an object");
    return {};
  };
  const graph = (value: unknown, name: string): Graph => {
    if (!isRecord(value)) {
      if (value !== undefined) misshapen(name, value, "an object with nodes and edges", name);
      return emptyGraph;
    }
    const nodes = Object.entries(section(value.nodes, `${name}.nodes`)).filter(([id, node]) => {
      const readable = isRecord(node) && typeof node.kind === "string" && (node.params === undefined || isRecord(node.params));
      if (!readable) misshapen(`${name}.nodes.${id}`, node, "an object with a kind (a text) and perhaps params (an object)", name);
      return readable;
    });
    const given = value.edges ?? [];
    if (!Array.isArray(given)) misshapen(`${name}.edges`, given, "a list of {from, to}", name);
    const edges = (Array.isArray(given) ? given : []).filter((edge, index): edge is EdgeDeclaration => {
      const readable = isRecord(edge) && typeof edge.from === "string" && typeof edge.to === "string";
      if (!readable) misshapen(`${name}.edges[${index}]`, edge, 'an object such as {"from": "z.out", "to": "fc.in"}', name);
      return readable;
    });
    return { ...value, nodes: Object.fromEntries(nodes) as Graph["nodes"], edges };
  };
  const graphs = (value: unknown, name: "networks" | "blocks") =>
    Object.fromEntries(Object.entries(section(value, name)).map(([key, member]) => [key, graph(member, `${name}.${key}`)]));

  if (json.name !== undefined && typeof json.name !== "string") misshapen("name", json.name, "a text");
  const document: GanDocument = {
    ...json,
    format: currentFormat,
    name: typeof json.name === "string" ? json.name : "Untitled",
    networks: graphs(json.networks, "networks"),
    blocks: graphs(json.blocks, "blocks"),
    training: graph(json.training, "training"),
    layout: section(json.layout, "layout") as GanDocument["layout"],
  };
  return { document, diagnostics };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const nameOf = (value: unknown): string =>
  value === undefined ? "nothing" : value === null ? "null" : Array.isArray(value) ? "a list" : isRecord(value) ? "an object" : JSON.stringify(value);

/** Line and column of a JSON syntax error, from the position that V8 and others put into their message. */
function syntaxPlace(text: string, error: unknown): { line: number; column: number; reason: string } {
  const message = error instanceof Error ? error.message : String(error);
  const stated = /position (\d+)/.exec(message);
  const position = stated ? Number(stated[1]) : text.length;
  const before = text.slice(0, position).split("\n");
  const reason = message.replace(/,? ?(\.\.\.)?".*" is not valid JSON|in JSON.*|\(line.*|at position.*/s, "").trim();
  return { line: before.length, column: before[before.length - 1].length + 1, reason: reason || "it ends too early" };
}
