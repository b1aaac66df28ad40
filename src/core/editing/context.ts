/**
 * What editing asks of its surroundings: the document with its analysis, and the kinds. Commands that make nodes which
 * the language needs, such as a block's ports, get them here, since only the kinds know how those are written.
 */
import type { Analysis } from "../analysis/analyze.ts";
import type { GanDocument, NodeDeclaration } from "../document/types.ts";
import type { Fields, Params } from "../kind/fields.ts";
import type { BlockReference, DataSetLookup, NodeKind, Vocabulary } from "../kind/kind.ts";

/** Enough to judge what is there. */
export interface JudgingContext {
  readonly document: GanDocument;
  /** Of this document. */
  readonly analysis: Analysis;
  readonly vocabulary: Vocabulary;
  /** What the analysis was told of data sets; with none, shapes that come from data are not known. */
  readonly dataSets?: DataSetLookup;
}

/** Enough to change it. */
export interface EditingContext extends JudgingContext {
  /** A node that stands for a block; null where no kind can. */
  blockNode(name: string, repeat?: number, given?: BlockReference["arguments"]): NodeDeclaration | null;
  /** A named port of a network or block; null where no kind is one. */
  boundary(side: "input" | "output"): NodeDeclaration | null;
}

export function contextOf(judging: JudgingContext): EditingContext {
  const kinds = [...judging.vocabulary.network.values()];
  return {
    ...judging,
    blockNode(name, repeat, given) {
      const kind = kinds.find((each) => each.role === "block");
      const names = kind && paramsOfReference(kind);
      if (!kind || !names?.block) return null;
      const params: Record<string, unknown> = { [names.block]: name };
      if (repeat !== undefined && names.repeat) params[names.repeat] = repeat;
      if (given && Object.keys(given).length > 0 && names.arguments) params[names.arguments] = given;
      return { kind: kind.name, params };
    },
    boundary(side) {
      const kind = kinds.find((each) => each.role === side);
      return kind ? { kind: kind.name } : null;
    },
  };
}

export const defaultsOf = ({ fields }: { readonly fields: Fields }): Params<Fields> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** The parameter of a kind that names the network or block which a node stands for; null where it stands for none. */
export function paramOfGraph(kind: NodeKind): string | null {
  if (kind.role === "block") return paramsOfReference(kind).block;
  return kind.role === "call" ? paramThatGives(kind, unusualName, (params) => kind.network(params)) : null;
}

interface BlockParams {
  readonly block: string | null;
  readonly repeat: string | null;
  readonly arguments: string | null;
}

/** The inverse of a kind's `reference`: which parameter says what, found by asking it. */
function paramsOfReference(kind: NodeKind & { readonly role: "block" }): BlockParams {
  return {
    block: paramThatGives(kind, unusualName, (params) => kind.reference(params).block),
    repeat: paramThatGives(kind, 7919, (params) => kind.reference(params).repeat),
    arguments: paramThatGives(kind, unusualRecord, (params) => kind.reference(params).arguments),
  };
}

const unusualName = "\u0000name";
const unusualRecord = { [unusualName]: 1 };

function paramThatGives(kind: NodeKind, value: unknown, asked: (params: Params<Fields>) => unknown): string | null {
  const defaults = defaultsOf(kind);
  return Object.keys(kind.fields).find((param) => asked({ ...defaults, [param]: value }) === value) ?? null;
}
