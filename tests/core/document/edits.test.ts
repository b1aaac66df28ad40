import { describe, expect, it } from "vitest";
import { applyEdit, applyEdits, type Edit } from "../../../src/core/document/edits.ts";
import { notesOf } from "../../../src/core/document/layout.ts";
import { parse } from "../../../src/core/document/parse.ts";
import { graphOf, splitEnd, type GanDocument, type Graph } from "../../../src/core/document/types.ts";
import { documentWith, graph, node, template, templateGraphs, templateNames, wires } from "../../helpers/documents.ts";
import { fc } from "../../helpers/properties.ts";

/** x → a → b → y, with b fed twice by nothing else. */
const net = graph(
  { x: node("Input"), a: node("Tanh"), b: node("ReLU"), y: node("Output") },
  "x.out > a.in",
  "a.out > b.in",
  "b.out > y.in",
);
const document = documentWith({
  networks: { net },
  layout: { "networks.net": { a: { x: 1, y: 2 }, b: { x: 3, y: 4, folded: true } } },
});
const edited = (edit: Edit): GanDocument => applyEdit(document, edit);
const netOf = (changed: GanDocument): Graph => changed.networks.net;
const on = { graph: "networks.net" } as const;

describe("edits", () => {
  it("add a node, unless the name is taken", () => {
    expect(netOf(edited({ do: "add-node", ...on, node: "c", declaration: node("Tanh") })).nodes.c).toEqual({
      kind: "Tanh",
    });
    expect(edited({ do: "add-node", ...on, node: "a", declaration: node("Linear") })).toBe(document);
  });

  it("remove a node with its wires and its place", () => {
    const changed = edited({ do: "remove-node", ...on, node: "a" });
    expect(Object.keys(netOf(changed).nodes)).toEqual(["x", "b", "y"]);
    expect(netOf(changed).edges).toEqual(wires("b.out > y.in"));
    expect(changed.layout["networks.net"]).toEqual({ b: { x: 3, y: 4, folded: true } });
  });

  it("remove a node and close the gap", () => {
    expect(netOf(edited({ do: "remove-node", ...on, node: "a", reconnect: true })).edges).toEqual(
      wires("x.out > b.in", "b.out > y.in"),
    );
  });

  it("rename a node in its wires and its place, in its old position", () => {
    const changed = edited({ do: "rename-node", ...on, node: "a", to: "main.0" });
    expect(Object.keys(netOf(changed).nodes)).toEqual(["x", "main.0", "b", "y"]);
    expect(netOf(changed).edges).toEqual(wires("x.out > main.0.in", "main.0.out > b.in", "b.out > y.in"));
    expect(changed.layout["networks.net"]["main.0"]).toEqual({ x: 1, y: 2 });
  });

  it("rename nothing to a name that is taken or empty", () => {
    expect(edited({ do: "rename-node", ...on, node: "a", to: "b" })).toBe(document);
    expect(edited({ do: "rename-node", ...on, node: "a", to: "" })).toBe(document);
  });

  it("set a parameter, and take it out again", () => {
    const changed = edited({ do: "set-param", ...on, node: "a", param: "p", value: [1, 2] });
    expect(netOf(changed).nodes.a).toEqual({ kind: "Tanh", params: { p: [1, 2] } });
    expect(
      netOf(applyEdit(changed, { do: "set-param", ...on, node: "a", param: "p", value: undefined })).nodes.a.params,
    ).toEqual({});
  });

  it("connect: a new wire takes the place of the older one at its input", () => {
    const changed = edited({ do: "connect", ...on, edge: { from: "x.out", to: "b.in" } });
    expect(netOf(changed).edges).toEqual(wires("x.out > a.in", "b.out > y.in", "x.out > b.in"));
  });

  it("disconnect one wire", () => {
    expect(netOf(edited({ do: "disconnect", ...on, edge: { from: "a.out", to: "b.in" } })).edges).toEqual(
      wires("x.out > a.in", "b.out > y.in"),
    );
  });

  it("insert a node into a wire, which keeps what else it says", () => {
    const stale = documentWith({
      training: { nodes: { a: node("A"), b: node("B") }, edges: [{ from: "a.out", to: "b.in", stale: true }] },
    });
    const edit: Edit = {
      do: "insert-node",
      graph: "training",
      edge: { from: "a.out", to: "b.in" },
      node: "c",
      declaration: node("C"),
      input: "in.0",
      output: "out",
    };
    expect(applyEdit(stale, edit).training.edges).toEqual([
      { from: "a.out", to: "c.in.0", stale: true },
      { from: "c.out", to: "b.in" },
    ]);
    expect(applyEdit(stale, { ...edit, node: "b" })).toBe(stale);
    expect(applyEdit(stale, { ...edit, edge: { from: "a.out", to: "c.in" } })).toBe(stale);
  });

  it("add a graph, and remove it with its places", () => {
    expect(edited({ do: "add-graph", graph: "blocks.new" }).blocks.new).toEqual({ nodes: {}, edges: [] });
    expect(edited({ do: "add-graph", graph: "networks.net" })).toBe(document);
    const changed = edited({ do: "remove-graph", graph: "networks.net" });
    expect(changed.networks).toEqual({});
    expect(changed.layout).toEqual({});
    expect(edited({ do: "remove-graph", graph: "networks.gone" })).toBe(document);
  });

  it("move a node that is there, and keep what else its place says", () => {
    const changed = edited({ do: "move-node", ...on, node: "b", to: { x: 9, y: 8 } });
    expect(changed.layout["networks.net"].b).toEqual({ x: 9, y: 8, folded: true });
    expect(edited({ do: "move-node", ...on, node: "gone", to: { x: 0, y: 0 } })).toBe(document);
  });

  it("rename a graph with its layout, in its old position, unless the name is taken", () => {
    const two = applyEdit(document, { do: "add-graph", graph: "networks.other" });
    const changed = applyEdit(two, { do: "rename-graph", ...on, to: "networks.first" });
    expect(Object.keys(changed.networks)).toEqual(["first", "other"]);
    expect(changed.layout).toEqual({ "networks.first": document.layout["networks.net"] });
    for (const to of ["networks.other", "blocks.net", "networks.", "training", "networks.net"])
      expect(applyEdit(two, { do: "rename-graph", ...on, to })).toBe(two);
  });

  it("rename a port where its network or block stands", () => {
    const edit: Edit = { do: "rename-node", ...on, node: "x", to: "z", ports: [{ graph: "training", node: "use" }] };
    const used = documentWith({
      networks: { net },
      training: graph(
        { n: node("Noise"), use: node("Network", { network: "net" }), other: node("Network", { network: "net2" }) },
        ...["n.out > use.x", "n.out > other.x"],
      ),
    });
    expect(applyEdit(used, edit).training.edges).toEqual(wires("n.out > use.z", "n.out > other.x"));
    expect(applyEdit(applyEdit(used, edit), { ...edit, node: "z", to: "x" })).toEqual(used);
  });

  it("set a part of a graph, and take it out", () => {
    const changed = edited({ do: "set-graph-part", ...on, part: "init", value: "dcgan" });
    expect(changed.networks.net.init).toBe("dcgan");
    expect(applyEdit(changed, { do: "set-graph-part", ...on, part: "init", value: undefined })).toEqual(document);
    expect(edited({ do: "set-graph-part", graph: "blocks.gone", part: "params", value: {} })).toBe(document);
  });

  it("merge into a place, and take members or all of it out", () => {
    const places = (edit: Edit) => edited(edit).layout["networks.net"];
    expect(places({ do: "set-place", ...on, node: "b", place: { width: 9, folded: undefined } }).b).toEqual({ x: 3, y: 4, width: 9 }); // prettier-ignore
    expect(places({ do: "set-place", ...on, node: "b", place: undefined })).toEqual({ a: { x: 1, y: 2 } });
    expect(edited({ do: "set-place", ...on, node: "gone", place: { x: 1 } })).toBe(document);
  });

  it("keep notes beside the nodes, whatever happens to these", () => {
    const value = { kind: "frame", x: 0, y: 0, width: 10, height: 10, text: "Trunk" } as const;
    const noted = edited({ do: "set-note", ...on, note: "n", value });
    expect(notesOf(noted, "networks.net")).toEqual({ n: value });
    const changed = applyEdits(noted, [
      { do: "remove-node", ...on, node: "a" },
      { do: "remove-node", ...on, node: "$notes" },
      { do: "add-node", ...on, node: "$notes", declaration: node("Tanh") },
      { do: "move-node", ...on, node: "$notes", to: { x: 1, y: 1 } },
      { do: "rename-node", ...on, node: "$notes", to: "c" },
      { do: "rename-node", ...on, node: "c", to: "$notes" },
      { do: "remove-node", ...on, node: "$notes" },
    ]);
    expect(notesOf(changed, "networks.net")).toEqual({ n: value });
    const { document: read } = parse(JSON.stringify(changed));
    expect(read).toEqual(changed);
    expect(applyEdit(noted, { do: "set-note", ...on, note: "n", value: undefined })).toEqual(document);
  });

  it("say more of a wire, but not other ends", () => {
    const edge = { from: "a.out", to: "b.in" };
    const changed = edited({ do: "set-edge", ...on, edge, set: { stale: true, from: "x.out" } });
    expect(netOf(changed).edges[1]).toEqual({ ...edge, stale: true });
    expect(applyEdit(changed, { do: "set-edge", ...on, edge, set: { stale: undefined } })).toEqual(document);
  });

  it("put another kind, another graph, or another layout in a place", () => {
    expect(netOf(edited({ do: "set-kind", ...on, node: "a", kind: "ELU", params: { alpha: 2 } })).nodes.a).toEqual(node("ELU", { alpha: 2 })); // prettier-ignore
    const value = graph({ q: node("Input") });
    expect(netOf(edited({ do: "replace-graph", ...on, value }))).toEqual(value);
    expect(edited({ do: "replace-graph", graph: "networks.gone", value })).toBe(document);
    expect(edited({ do: "replace-layout", ...on, value: {} }).layout).toEqual({});
    expect(edited({ do: "replace-layout", graph: "nowhere", value: { a: 1 } })).toBe(document);
  });

  it("rename the document", () => {
    expect(edited({ do: "rename-document", name: "Other" }).name).toBe("Other");
  });
});

const someNote = { kind: "note", x: 0, y: 0, width: 1, height: 1, text: "" } as const;

describe("any edits of a template", () => {
  const graphs = fc.constantFrom(
    "training",
    "networks.generator",
    "networks.discriminator",
    "networks.gone",
    "blocks.b",
    "nowhere",
    "networks.__proto__",
  );
  const ids = fc.constantFrom(
    "z",
    "fc",
    "main.0",
    "main",
    "image",
    "fake",
    "data",
    "d_loss",
    "d_opt",
    "new",
    "in",
    "main.0.out",
    "__proto__",
    "",
  );
  const ports = fc.constantFrom("in", "out", "in.0", "in.1", "loss", "image", "");
  const ends = fc.tuple(ids, ports).map(([id, port]) => `${id}.${port}`);
  const edges = fc.record({ from: ends, to: ends });
  const declarations = fc.record({ kind: fc.constantFrom("Tanh", "Linear", "Block", "Gone") });
  const names = { graph: graphs, node: ids };
  const is = <const T extends string>(name: T) => fc.constant(name);
  const edits: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ do: is("add-node"), ...names, declaration: declarations }),
    fc.record({ do: is("remove-node"), ...names, reconnect: fc.boolean() }),
    fc.record({ do: is("rename-node"), ...names, to: ids }),
    fc.record({
      do: is("set-param"),
      ...names,
      param: fc.constantFrom("bias", "__proto__", "x"),
      value: fc.oneof(fc.constant(undefined), fc.jsonValue()),
    }),
    fc.record({ do: is("connect"), graph: graphs, edge: edges }),
    fc.record({ do: is("disconnect"), graph: graphs, edge: edges }),
    fc.record({ do: is("insert-node"), ...names, edge: edges, declaration: declarations, input: ports, output: ports }),
    fc.record({ do: is("add-graph"), graph: graphs }),
    fc.record({ do: is("remove-graph"), graph: graphs }),
    fc.record({ do: is("move-node"), ...names, to: fc.record({ x: fc.integer(), y: fc.integer() }) }),
    fc.record({ do: is("rename-document"), name: fc.string() }),
    fc.record({ do: is("rename-node"), ...names, to: ids, ports: fc.array(fc.record(names), { maxLength: 2 }) }),
    fc.record({ do: is("rename-graph"), graph: graphs, to: graphs }),
    fc.record({
      do: is("set-graph-part"),
      graph: graphs,
      part: fc.constantFrom("init", "batch", "params"),
      value: fc.jsonValue(),
    }),
    fc.record({
      do: is("set-place"),
      ...names,
      place: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
    }),
    fc.record({
      do: is("set-note"),
      graph: graphs,
      note: ids,
      value: fc.option(fc.constant(someNote), { nil: undefined }),
    }),
    fc.record({ do: is("set-edge"), graph: graphs, edge: edges, set: fc.dictionary(fc.string(), fc.jsonValue()) }),
    fc.record({ do: is("set-kind"), ...names, kind: fc.constantFrom("Tanh", "Gone") }),
    fc.record({ do: is("replace-graph"), graph: graphs, value: fc.constant(net) }),
    fc.record({
      do: is("replace-layout"),
      graph: graphs,
      value: fc.dictionary(fc.constantFrom("fc", "$notes", "$bypassed"), fc.jsonValue()),
    }),
  );
  const documents = fc.constantFrom(...templateNames).map(template);

  it("never throw, and never change the document that they are given", () => {
    fc.assert(
      fc.property(documents, fc.array(edits, { maxLength: 12 }), (before, some) => {
        const copy = structuredClone(before);
        applyEdits(before, some);
        expect(before).toEqual(copy);
      }),
      { numRuns: 400 },
    );
  });

  const loose = (held: Graph) =>
    held.edges.filter(({ from, to }) =>
      [from, to].some((end) => !Object.hasOwn(held.nodes, splitEnd(end, held.nodes)?.node ?? "")),
    );
  const realGraphs = fc.constantFrom(...templateGraphs).map(({ name, where }) => ({ before: template(name), where }));
  const someNode = (document: GanDocument, name: string, pick: number) => {
    const nodes = Object.keys(graphOf(document, name)!.nodes);
    return nodes[pick % nodes.length];
  };

  it("leave no loose wire when they remove or rename a node", () => {
    fc.assert(
      fc.property(
        realGraphs,
        fc.array(fc.record({ pick: fc.nat(), to: fc.constantFrom("a", "b.c", "main.99"), how: fc.nat(2) })),
        ({ before, where: name }, some) => {
          let after = before;
          for (const { pick, to, how } of some) {
            if (Object.keys(graphOf(after, name)!.nodes).length === 0) break;
            const id = someNode(after, name, pick);
            after = applyEdit(
              after,
              how === 0
                ? { do: "rename-node", graph: name, node: id, to }
                : { do: "remove-node", graph: name, node: id, reconnect: how === 1 },
            );
          }
          expect(loose(graphOf(after, name)!)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keep at most one producer an input, however they connect", () => {
    fc.assert(
      fc.property(realGraphs, fc.array(edges), ({ before, where: name }, some) => {
        const after = applyEdits(before, some.map((edge) => ({ do: "connect", graph: name, edge }) as const)); // prettier-ignore
        const inputs = graphOf(after, name)!.edges.map(({ to }) => to);
        expect(inputs).toEqual([...new Set(inputs)]);
      }),
    );
  });

  it("give a renamed node back its name, and all else with it", () => {
    fc.assert(
      fc.property(realGraphs, fc.nat(), ({ before, where: name }, pick) => {
        const id = someNode(before, name, pick);
        const there = applyEdit(before, { do: "rename-node", graph: name, node: id, to: "another.name" });
        expect(applyEdit(there, { do: "rename-node", graph: name, node: "another.name", to: id })).toEqual(before);
      }),
    );
  });

  it("undo a connection by disconnecting, where the input was free", () => {
    fc.assert(
      fc.property(realGraphs, ends, ({ before, where: name }, from) => {
        const edge = { from, to: "free.in" };
        const there = applyEdit(before, { do: "connect", graph: name, edge });
        expect(applyEdit(there, { do: "disconnect", graph: name, edge })).toEqual(before);
      }),
    );
  });
});
