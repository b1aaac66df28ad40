/**
 * The JSON Schema (2020-12) of a document, derived from the kinds: completion and hints in any editor that reads
 * "$schema". It accepts all that the analysis accepts without an error, and refuses what has the wrong shape or value;
 * what only a whole graph can show (wires, types, names of networks) stays with the analysis.
 */
import { documentParts, networkNamePattern, nodeNamePattern } from "../analysis/parts.ts";
import { settingFields } from "../analysis/training.ts";
import { currentFormat } from "../document/types.ts";
import { sha256Pattern, weightsFilePattern } from "../document/weights-file.ts";
import { describe, parameterPattern, type Fields, type Json, type JsonSchema } from "./fields.ts";
import type { NodeKind, Vocabulary } from "./kind.ts";
import { initSchemes } from "./weights.ts";

export function documentSchema({ network, training }: Vocabulary): JsonSchema {
  const parts = (holder: keyof typeof documentParts, known: Readonly<Record<string, JsonSchema>>): JsonSchema => {
    for (const part of documentParts[holder])
      if (!Object.hasOwn(known, part)) throw new Error(`the schema leaves out ${part} of ${holder}`);
    return { type: "object", properties: known };
  };
  const graph = (nodes: string) => ({
    description: prose("What this graph is for"),
    nodes: named(nodeNamePattern, nodes, "Nodes by their names, in any order"),
    edges: { type: "array", items: reference("wire"), description: "Wires: a value to an input" },
  });
  const node = (kinds: ReadonlyMap<string, NodeKind>, params: string): JsonSchema => ({
    ...parts("a node", {
      kind: { oneOf: [...kinds.values()].map(({ name, summary }) => ({ const: name, description: summary })) },
      description: prose("What this node is for"),
      params: { type: "object", description: "What is left out takes its default" },
    }),
    required: ["kind"],
    allOf: [...kinds.keys()].map((name) => ({
      if: { properties: { kind: { const: name } }, required: ["kind"] },
      then: { properties: { params: reference(`${params}.${name}`) } },
    })),
  });
  const params = (kinds: ReadonlyMap<string, NodeKind>, section: string, finish: (schema: JsonSchema) => JsonSchema) =>
    [...kinds.values()].map(({ name, fields, lesson }) => {
      const properties = Object.fromEntries(
        Object.entries(described(fields)).map(([param, schema]) => [param, finish(schema)]),
      );
      return [`${section}.${name}`, { type: "object", description: lesson, properties }] as const;
    });

  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "GANvas document",
    ...parts("the document", {
      $schema: { description: "Where this schema stands, for editors" },
      format: { const: currentFormat, description: "The version of the format" },
      name: prose("What people call it"),
      description: prose("What it shows or does, in a sentence or two"),
      networks: named(networkNamePattern, "network", "Networks by their names"),
      blocks: named(networkNamePattern, "block", "Groups of layers that Block nodes stand for, by their names"),
      training: reference("training"),
      layout: { type: "object", description: "Positions on the canvas: graph → node → {x, y}" },
    }),
    required: ["format"],
    $defs: {
      network: parts("a network", {
        ...graph("layer"),
        init: {
          enum: [...initSchemes],
          default: "pytorch",
          description: "How weights start: PyTorch's defaults, or N(0, 0.02) as in the DCGAN paper",
        },
        weights: {
          ...parts("a network's weights", {
            file: {
              type: "string",
              pattern: weightsFilePattern,
              description: "A safetensors file, as a path from the document's folder",
            },
            sha256: { type: "string", pattern: sha256Pattern, description: "SHA-256 of its bytes" },
          }),
          required: ["file", "sha256"],
          description: "What weights start from in place of init; a network that no optimizer trains keeps them",
        },
      }),
      block: parts("a block", {
        ...graph("layer in a block"),
        params: { type: "object", description: 'Parameters with their defaults; values inside name them as "$name"' },
      }),
      training: parts("the training graph", { ...graph("training node"), ...described(settingFields) }),
      wire: {
        ...parts("a wire", {
          from: { type: "string", description: "node.port of the value" },
          to: { type: "string", description: "node.port of the input" },
          stale: {
            type: "boolean",
            default: false,
            description: "In training: take the value from before this iteration's updates",
          },
        }),
        required: ["from", "to"],
      },
      parameter: { type: "string", pattern: parameterPattern, description: "A parameter of the block" },
      layer: node(network, "layer"),
      "layer in a block": node(network, "in a block"),
      "training node": node(training, "training"),
      ...Object.fromEntries([
        ...params(network, "layer", (schema) => schema),
        ...params(network, "in a block", openToParameters),
        ...params(training, "training", (schema) => schema),
      ]),
    },
  };
}

const prose = (description: string): JsonSchema => ({ type: "string", description });
const reference = (definition: string): JsonSchema => ({ $ref: `#/$defs/${definition.replaceAll(" ", "%20")}` });
const named = (pattern: string, definition: string, description: string): JsonSchema => ({
  type: "object",
  propertyNames: { pattern },
  additionalProperties: reference(definition),
  description,
});

const described = (fields: Fields): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, bounded(describe(field))]));

type Change = (schema: JsonSchema) => JsonSchema;

/** A schema with every schema inside it changed; its own values (default, enum) stay. */
function within(schema: JsonSchema, change: Change): JsonSchema {
  const inner: Record<string, Json> = { ...schema };
  for (const key of ["anyOf", "oneOf"])
    if (Array.isArray(schema[key])) inner[key] = (schema[key] as JsonSchema[]).map(change);
  if (schema.items !== undefined) inner.items = change(schema.items as JsonSchema);
  if (schema.properties !== undefined)
    inner.properties = Object.fromEntries(
      Object.entries(schema.properties as Record<string, JsonSchema>).map(([key, member]) => [key, change(member)]),
    );
  return inner;
}

/** Fields take no integer that a double cannot hold exactly. */
const bounded: Change = (schema) => {
  const inner = within(schema, bounded);
  if (schema.type !== "integer") return inner;
  return { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...inner };
};

/** In a block "$name" may stand for any value, also inside lists and groups. */
const openToParameters: Change = (schema) => {
  const { description, default: absent, ...rest } = within(schema, openToParameters);
  const hints = {
    ...(description === undefined ? {} : { description }),
    ...(absent === undefined ? {} : { default: absent }),
  };
  return { anyOf: [rest, reference("parameter")], ...hints };
};
