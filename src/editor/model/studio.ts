/**
 * The studio's document under the person's hands: the Document, its Analysis, what is selected, and the history of edits.
 * Everything on the canvas and in the forms is derived from this state. No React and no DOM: tests drive it directly.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { analyze, type Analysis } from "../../core/analysis/analyze.ts";
import { applyEdits, type Edit } from "../../core/document/edits.ts";
import { bypassedOf, notesOf } from "../../core/document/layout.ts";
import { graphOf, type GanDocument, type GraphName } from "../../core/document/types.ts";
import type { DataSetLookup } from "../../core/kind/kind.ts";
import { vocabulary } from "../../kinds/index.ts";

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  /** Wires as {@link edgeKey} names them. */
  readonly edges: ReadonlySet<string>;
}

/** One thing that the person did, as undo takes it back: the document and the place where it was done. */
export interface Entry {
  /** "Move 3 nodes", "Set kernel_size": what the undo button says. */
  readonly label: string;
  readonly before: Moment;
  readonly after: Moment;
}
interface Moment {
  readonly document: GanDocument;
  readonly tab: GraphName;
  readonly selection: Selection;
}

export interface StudioState extends Moment {
  readonly analysis: Analysis;
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
  /** How many documents were opened before this one: tells one document from the next. */
  readonly opened: number;
}

export interface EditOptions {
  /** What is selected afterwards; the present selection where left out. */
  readonly select?: Iterable<string>;
  /** Edits with the same key, one after another, are one entry: typing in a field. `seal` ends it. */
  readonly merge?: string;
  /** The tab that shows the change, where it is another. */
  readonly tab?: GraphName;
}

export interface Studio {
  readonly store: StoreApi<StudioState>;
  /** What is known of data sets: judging a wire needs it as the analysis does. */
  readonly dataSets: DataSetLookup;
  /** Applies edits as one entry of the history. Does nothing where they change nothing. */
  edit(label: string, edits: readonly Edit[], options?: EditOptions): void;
  /** Puts a document in the place of this one as one entry: a former state, or a change that no edit says. */
  replace(label: string, document: GanDocument, options?: EditOptions): void;
  /** Ends a run of merged edits: the next one is an entry of its own. */
  seal(): void;
  undo(): void;
  redo(): void;
  select(nodes: Iterable<string>, edges?: Iterable<string>): void;
  /** Shows a graph, with these nodes selected. */
  show(tab: GraphName, nodes?: Iterable<string>): void;
  /** Takes another document in; its history begins anew. */
  open(document: GanDocument): void;
  /** Analyzes again: a data set has become known. */
  refresh(): void;
}

/** The name of a wire in a selection. */
export const edgeKey = ({ from, to }: { readonly from: string; readonly to: string }): string => `${from} > ${to}`;

/** Entries that undo keeps. Documents share what they have in common, so an entry costs little. */
const historyLength = 1000;
const nothing: Selection = { nodes: new Set(), edges: new Set() };

/**
 * A studio with this document open, its history empty.
 * @param dataSets what is known of data sets by name; call `refresh` when it knows more
 */
export function createStudio(document: GanDocument, dataSets: DataSetLookup): Studio {
  const look = (next: GanDocument) => analyze(next, vocabulary, dataSets);
  const store = createStore<StudioState>(() => begin(document, 0));
  let merging: string | null = null;

  function begin(first: GanDocument, opened: number): StudioState {
    const tab = firstTab(first);
    return { document: first, analysis: look(first), tab, selection: nothing, past: [], future: [], opened };
  }

  function replace(label: string, changed: GanDocument, { select, merge, tab }: EditOptions = {}): void {
    const before = store.getState();
    if (changed === before.document) return;
    const shown = tab ?? before.tab;
    const kept = shown === before.tab ? before.selection : nothing;
    const selection = select ? { nodes: new Set(select), edges: new Set<string>() } : present(changed, shown, kept);
    const after: Moment = { document: changed, tab: existing(changed, shown), selection };
    const last = before.past.at(-1);
    const past =
      merge && merge === merging && last
        ? [...before.past.slice(0, -1), { ...last, after }]
        : [...before.past, { label, before: momentOf(before), after }].slice(-historyLength);
    merging = merge ?? null;
    store.setState({ ...after, analysis: reanalyzed(before, changed), past, future: [] });
  }

  /** Where only places or the title changed, what the document means has not. */
  function reanalyzed(before: StudioState, changed: GanDocument): Analysis {
    const { document } = before;
    const same =
      document.networks === changed.networks &&
      document.blocks === changed.blocks &&
      document.training === changed.training &&
      document.format === changed.format;
    return same ? { ...before.analysis, document: changed } : look(changed);
  }

  function travel(to: Moment, past: readonly Entry[], future: readonly Entry[]): void {
    merging = null;
    store.setState({ ...to, analysis: reanalyzed(store.getState(), to.document), past, future });
  }

  return {
    store,
    dataSets,
    edit: (label, edits, options) => replace(label, applyEdits(store.getState().document, edits), options),
    replace,
    seal() {
      merging = null;
    },
    undo() {
      const { past, future } = store.getState();
      const entry = past.at(-1);
      if (entry) travel(entry.before, past.slice(0, -1), [entry, ...future]);
    },
    redo() {
      const { past, future } = store.getState();
      const [entry, ...rest] = future;
      if (entry) travel(entry.after, [...past, entry], rest);
    },
    select(nodes, edges = []) {
      const selection = { nodes: new Set(nodes), edges: new Set(edges) };
      const { selection: before } = store.getState();
      if (sameSet(before.nodes, selection.nodes) && sameSet(before.edges, selection.edges)) return;
      store.setState({ selection });
    },
    show(tab, nodes = []) {
      const { document: shown } = store.getState();
      if (graphOf(shown, tab)) store.setState({ tab, selection: { nodes: new Set(nodes), edges: new Set() } });
    },
    open(opened) {
      merging = null;
      store.setState(begin(opened, store.getState().opened + 1), true);
    },
    refresh() {
      store.setState(({ document: shown }) => ({ analysis: look(shown) }));
    },
  };
}

/** All graphs of a document in the order of the tabs. */
export const tabsOf = ({ networks, blocks }: GanDocument): readonly GraphName[] => [
  "training",
  ...Object.keys(networks).map((name): GraphName => `networks.${name}`),
  ...Object.keys(blocks).map((name): GraphName => `blocks.${name}`),
];

const firstTab = (document: GanDocument): GraphName =>
  Object.keys(document.training.nodes).length > 0 ? "training" : (tabsOf(document)[1] ?? "training");
const existing = (document: GanDocument, tab: GraphName): GraphName => (graphOf(document, tab) ? tab : "training");
const momentOf = ({ document, tab, selection }: Moment): Moment => ({ document, tab, selection });

/** A selection without what is no longer there. */
function present(document: GanDocument, tab: GraphName, selection: Selection): Selection {
  const graph = graphOf(document, tab);
  const { nodes, edges } = selection;
  if (!graph || nodes.size + edges.size === 0) return nothing;
  const wires = edges.size > 0 ? new Set(graph.edges.map(edgeKey)) : edges;
  const [notes, bypassed] = [notesOf(document, tab), bypassedOf(document, tab)];
  const isNode = (id: string) => [graph.nodes, notes, bypassed].some((some) => Object.hasOwn(some, id));
  const isWire = (key: string) => wires.has(key);
  if ([...nodes].every(isNode) && [...edges].every(isWire)) return selection;
  return { nodes: new Set([...nodes].filter(isNode)), edges: new Set([...edges].filter(isWire)) };
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((member) => b.has(member));
