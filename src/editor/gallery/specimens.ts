/**
 * A small document for each kind, in which it stands where it belongs and its numbers are known: between an input and an
 * output for layers, in a template for kinds of training. Found by trying what fits, so that a new kind needs nothing here.
 */
import { analyze, type Analysis } from "../../core/analysis/analyze.ts";
import { isError } from "../../core/analysis/diagnostics.ts";
import { applyEdits } from "../../core/document/edits.ts";
import { emptyDocument, type EdgeDeclaration, type GanDocument, type GraphName, type NodeDeclaration } from "../../core/document/types.ts"; // prettier-ignore
import { paramOfGraph } from "../../core/editing/context.ts";
import { typeAt } from "../../core/editing/ports.ts";
import type { LayerKind, NodeKind } from "../../core/kind/kind.ts";
import { accept, type PortKind, type PortSpec } from "../../core/kind/ports.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { vocabulary } from "../../kinds/index.ts";

export interface Specimen {
  readonly document: GanDocument;
  readonly analysis: Analysis;
  readonly graph: GraphName;
  readonly node: string;
}

/** Null where nothing was found that the kind takes. */
export const specimenOf = (kind: NodeKind, templates: readonly GanDocument[]): Specimen | null =>
  kind.graph === "training" ? inTraining(kind, templates) : inNetwork(kind);

/** What flows in, by type: small enough to read, large enough to be halved. */
const shapes = { image: [8, 16, 16], vector: [64], label: [10], tokens: [32], embedded: [32, 16], loss: [] } as const;
const order: readonly PortKind[] = ["image", "vector", "tokens", "embedded", "label"];
const node = "specimen";

function inNetwork(kind: NodeKind): Specimen | null {
  const name = kind.role === "block" ? "block" : kind.role;
  const { input, output } = boundaries();
  if (kind.role === "input" || kind.role === "output") {
    const edges = [{ from: "input.out", to: "output.in" }];
    const graph = { nodes: { input: stated(input, "image"), output: { kind: output.name } }, edges };
    return judged({ ...emptyDocument(kind.title), networks: { network: graph } }, "networks.network", name);
  }
  const param = paramOfGraph(kind);
  const declaration: NodeDeclaration = param ? { kind: kind.name, params: { [param]: name } } : { kind: kind.name };
  for (const first of order) {
    const wanted = kind.role === "block" ? [{ port: "input", type: first }] : feeds(kind.inputs, first);
    if (!wanted) continue;
    const types = [...new Set(wanted.map(({ type }) => type))];
    const outputs = kind.role === "block" ? ["output"] : kind.outputs.map((port) => port.name);
    const networks = {
      network: {
        nodes: {
          ...Object.fromEntries(types.map((type) => [type, stated(input, type)])),
          [node]: declaration,
          ...Object.fromEntries(outputs.map((each) => [`to_${each}`, { kind: output.name }])),
        },
        edges: [
          ...wanted.map(({ port, type }) => ({ from: `${type}.out`, to: `${node}.${port}` })),
          ...outputs.map((each) => ({ from: `${node}.${each}`, to: `to_${each}.in` })),
        ],
      },
    };
    const found = judged({ ...emptyDocument(kind.title), networks, blocks: param ? aBlock(name) : {} }, "networks.network", node); // prettier-ignore
    if (found) return found;
  }
  return null;
}

/** The required ports with what each is fed: this type where it may be, else the first that it takes. */
function feeds(ports: readonly PortSpec[], first: PortKind) {
  if (!ports.some(({ types }) => types.includes(first))) return null;
  return ports
    .filter(({ optional }) => !optional)
    .flatMap(({ name, types, variadic }) => {
      const type = types.includes(first) ? first : types[0];
      return variadic
        ? Array.from({ length: variadic.least }, (_, index) => ({ port: `${name}.${index}`, type }))
        : [{ port: name, type }];
    });
}

function inTraining(kind: NodeKind, templates: readonly GanDocument[]): Specimen | null {
  for (const document of templates)
    for (const [id, { kind: name }] of Object.entries(document.training.nodes)) {
      const found = name === kind.name ? judged(document, "training", id) : null;
      if (found) return found;
    }
  for (const document of templates) {
    const found = added(kind, document);
    if (found) return found;
  }
  return null;
}

/** A node of the kind beside those of a template, fed by values that are there. */
function added(kind: NodeKind, document: GanDocument): Specimen | null {
  const analysis = analyze(document, vocabulary, builtInFacts);
  const ends = [...new Set(document.training.edges.map(({ from }) => from))];
  const wanted = feeds(kind.inputs, kind.inputs[0]?.types[0] ?? "vector") ?? [];
  const choices = wanted.map(({ port }) => {
    const spec = kind.inputs.find(({ name }) => port === name || port.startsWith(`${name}.`))!;
    return ends.filter((end) => {
      const [from, out] = end.split(".");
      const type = typeAt({ document, analysis, vocabulary }, "training", { node: from, port: out });
      return type && spec.types.includes(type.type) && accept(spec, type) !== null;
    });
  });
  /** What is differentiated comes of a node that was fed what it is differentiated by. */
  const slopes = ("differentiates" in kind && kind.differentiates) || null;
  const isFed = (from: string, by: string) =>
    document.training.edges.some((edge) => edge.from === by && edge.to.startsWith(`${from.split(".")[0]}.`));
  const pairs = slopes ? ends.flatMap((from) => ends.filter((by) => isFed(from, by)).map((by) => [from, by])) : null;
  for (let turn = 0; turn < (pairs ?? ends).length; turn++) {
    const edges = wanted.flatMap(({ port }, index): EdgeDeclaration[] => {
      const [output, by] = pairs?.[turn] ?? [];
      const turning = choices[index][turn % Math.max(1, choices[index].length)];
      const from = port === slopes?.output ? output : port === slopes?.wrt ? by : turning;
      return from ? [{ from, to: `${node}.${port}` }] : [];
    });
    const training = {
      ...document.training,
      nodes: { ...document.training.nodes, [node]: { kind: kind.name } },
      edges: [...document.training.edges, ...edges],
    };
    const found = judged({ ...document, training }, "training", node);
    if (found) return found;
  }
  return null;
}

/** The document with its analysis, mended as its own fixes say; null where the node is wrong all the same. */
function judged(document: GanDocument, graph: GraphName, id: string): Specimen | null {
  let shown = document;
  for (let tries = 0; tries < 3; tries++) {
    const analysis = analyze(shown, vocabulary, builtInFacts);
    const wrong = analysis.diagnostics.find((each) => isError(each) && each.at.graph === graph && each.at.node === id);
    if (!wrong) return { document: shown, analysis, graph, node: id };
    if (!wrong.fix) return null;
    shown = applyEdits(shown, wrong.fix.edits);
  }
  return null;
}

const aBlock = (name: string): GanDocument["blocks"] => {
  const { input, output } = boundaries();
  const plain = [...vocabulary.network.values()].find(
    (kind): kind is LayerKind => kind.role === "layer" && Object.keys(kind.fields).length === 0,
  )!;
  const nodes = { input: { kind: input.name }, layer: { kind: plain.name }, output: { kind: output.name } };
  const edges = [
    { from: "input.out", to: `layer.${plain.inputs[0].name}` },
    { from: `layer.${plain.outputs[0].name}`, to: "output.in" },
  ];
  return { [name]: { nodes, edges } };
};

function boundaries() {
  const all = [...vocabulary.network.values()];
  return { input: all.find(({ role }) => role === "input")!, output: all.find(({ role }) => role === "output")! };
}

/** An input that says what flows. */
const stated = ({ name, fields }: NodeKind, type: PortKind): NodeDeclaration => {
  const known = { type, shape: shapes[type], classes: 10 };
  return {
    kind: name,
    params: Object.fromEntries(Object.entries(known).filter(([param]) => Object.hasOwn(fields, param))),
  };
};
