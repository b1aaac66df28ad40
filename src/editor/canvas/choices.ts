/** What can be put into a graph: the kinds of its vocabulary by shelf, and the document's networks or blocks by name. */
import type { Analysis } from "../../core/analysis/analyze.ts";
import type { GanDocument, GraphName, NodeDeclaration } from "../../core/document/types.ts";
import { shelves, type NodeKind, type Vocabulary } from "../../core/kind/kind.ts";
import type { PortKind, PortSpec } from "../../core/kind/ports.ts";

export interface Choice {
  /** Tells it from all others. */
  readonly key: string;
  readonly title: string;
  /** One line. */
  readonly summary: string;
  readonly shelf: string;
  readonly declaration: NodeDeclaration;
  /** What flows out of it (or in, where nothing comes out); null where that may be several things. */
  readonly flows: PortKind | null;
}

/** In the order in which they are shown: shelf after shelf. */
export function choicesFor(
  { networks, blocks }: GanDocument,
  graph: GraphName,
  vocabulary: Vocabulary,
  analysis: Analysis | null = null,
): Choice[] {
  const kinds: NodeKind[] = [...vocabulary[graph === "training" ? "training" : "network"].values()];
  const own = graph.startsWith("blocks.") ? graph.slice("blocks.".length) : null;
  const choices = kinds.flatMap((kind): Choice[] => {
    if (kind.role === "call") {
      const flows = (name: string) => analysis?.networks.get(name)?.outputs[0]?.type?.type ?? null;
      return Object.keys(networks).map((name) => stand(kind, "Networks", name, "One use of this network", flows(name)));
    }
    if (kind.role === "block")
      return Object.keys(blocks)
        .filter((name) => name !== own)
        .map((name) => stand(kind, "Blocks", name, "One use of this block", null));
    const { name, title, summary, shelf } = kind;
    return [{ key: name, title, summary, shelf, declaration: { kind: name }, flows: flowsThrough(kind) }];
  });
  const order = [...shelves.slice(0, 1), "Blocks", ...shelves.slice(1)].flatMap((shelf) =>
    shelf === "Models" ? ["Networks"] : [shelf],
  );
  return choices.sort((a, b) => order.indexOf(a.shelf) - order.indexOf(b.shelf));
}

/** Those that a search means, the best first; all of them, in their order, for an empty one. */
export function search(choices: readonly Choice[], words: string): readonly Choice[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return choices;
  const ranked = choices.flatMap((choice) => {
    const title = choice.title.toLowerCase();
    const rank = title.startsWith(wanted)
      ? 0
      : title.includes(wanted)
        ? 1
        : initials(choice.title).startsWith(wanted)
          ? 2
          : `${choice.summary} ${choice.shelf}`.toLowerCase().includes(wanted)
            ? 3
            : null;
    return rank === null ? [] : [{ choice, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
}

/** Choices in the order given, shelf after shelf. */
export function byShelf(choices: readonly Choice[]): readonly (readonly [shelf: string, choices: readonly Choice[]])[] {
  const shelved = new Map<string, Choice[]>();
  for (const choice of choices) shelved.set(choice.shelf, [...(shelved.get(choice.shelf) ?? []), choice]);
  return [...shelved];
}

function stand(kind: NodeKind, shelf: string, name: string, summary: string, flows: PortKind | null): Choice {
  const [param] = Object.entries(kind.fields).find(([, field]) => field.of === shelf.toLowerCase()) ?? [""];
  return {
    key: `${kind.name} ${name}`,
    title: name,
    summary,
    shelf,
    declaration: { kind: kind.name, params: { [param]: name } },
    flows,
  };
}

function flowsThrough({ inputs, outputs }: NodeKind): PortKind | null {
  const [port]: readonly (PortSpec | undefined)[] = outputs.length > 0 ? outputs : inputs;
  return port?.types.length === 1 ? port.types[0] : null;
}

/** "ct" finds ConvTranspose2d. */
const initials = (title: string): string => (title.match(/[A-Z0-9]/g) ?? []).join("").toLowerCase();
