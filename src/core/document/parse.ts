/**
 * Text → Document. Accepts every document whose outline can be read, however unfinished, and says what it could not
 * read as diagnostics. It does not judge kinds, parameters or wires: that is the analysis.
 */
import { diagnose, type Diagnostic } from "../analysis/diagnostics.ts";
import { findSyntaxMistake } from "./json.ts";
import { migrate } from "./migrate.ts";
import { currentFormat, emptyGraph, type EdgeDeclaration, type GanDocument, type Graph } from "./types.ts";

export type Parsed =
  | { readonly document: GanDocument; readonly diagnostics: readonly Diagnostic[] }
  | { readonly document: null; readonly diagnostics: readonly Diagnostic[] };

export function parse(text: string): Parsed {
  const written = text.replace(/^\uFEFF/, ""); // editors on Windows put a byte order mark before it
  let json: unknown;
  try {
    json = JSON.parse(written);
  } catch (error) {
    const mistake = findSyntaxMistake(written) ?? {
      line: 1,
      column: 1,
      reason: error instanceof Error ? error.message : String(error),
    };
    return { document: null, diagnostics: [diagnose("json-syntax", {}, { ...mistake })] };
  }
  return parseJson(json);
}

/** The same for JSON that has been parsed already. */
export function parseJson(json: unknown): Parsed {
  if (!isRecord(json))
    return refuse("document-shape", { path: "the document", found: nameOf(json), wanted: "an object" });
  if (isDeep(json))
    return refuse("document-shape", {
      path: "the document",
      found: `nested more than ${depthLimit} levels deep`,
      wanted: "less",
    });
  const format = json.format;
  if (typeof format !== "string") return refuse("document-format", { found: nameOf(format), wanted: currentFormat });
  const migrated = migrate(json, format);
  if (!migrated) return refuse("document-version", { found: format, wanted: currentFormat });
  return outline(migrated);
}

const refuse = (
  code: "document-shape" | "document-format" | "document-version",
  facts: Record<string, string>,
): Parsed => ({
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
      const readable =
        isRecord(node) && typeof node.kind === "string" && (node.params === undefined || isRecord(node.params));
      if (!readable)
        misshapen(`${name}.nodes.${id}`, node, "an object with a kind (a text) and perhaps params (an object)", name);
      return readable;
    });
    const given = value.edges === undefined ? [] : value.edges;
    if (!Array.isArray(given)) misshapen(`${name}.edges`, given, "a list of {from, to}", name);
    const edges = (Array.isArray(given) ? given : []).filter((edge, index): edge is EdgeDeclaration => {
      const readable = isRecord(edge) && typeof edge.from === "string" && typeof edge.to === "string";
      if (!readable)
        misshapen(`${name}.edges[${index}]`, edge, 'an object such as {"from": "z.out", "to": "fc.in"}', name);
      return readable;
    });
    const params =
      name.startsWith("blocks.") && value.params !== undefined
        ? { params: section(value.params, `${name}.params`) }
        : {};
    return { ...value, ...params, nodes: Object.fromEntries(nodes) as Graph["nodes"], edges };
  };
  const graphs = (value: unknown, name: "networks" | "blocks") =>
    Object.fromEntries(
      Object.entries(section(value, name)).map(([key, member]) => [key, graph(member, `${name}.${key}`)]),
    );

  for (const part of ["name", "description"])
    if (json[part] !== undefined && typeof json[part] !== "string") misshapen(part, json[part], "a text");
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
  value === undefined
    ? "nothing"
    : value === null
      ? "null"
      : Array.isArray(value)
        ? "a list"
        : isRecord(value)
          ? "an object"
          : JSON.stringify(value);

/** Far beyond what any kind reads; it bounds everything that recurses into a value. */
const depthLimit = 64;

function isDeep(json: unknown): boolean {
  let level: unknown[] = [json];
  for (let depth = 0; depth < depthLimit; depth++) {
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}
