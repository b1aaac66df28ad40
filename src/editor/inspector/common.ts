/** What several nodes of one kind have in common. */
import { asRecord } from "../../core/document/layout.ts";
import type { NodeKind } from "../../core/kind/kind.ts";
import type { NodeFacts } from "./node/facts.ts";

export interface Common {
  readonly kind: NodeKind;
  /** The parameters that all say alike. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Those that they say differently. */
  readonly mixed: ReadonlySet<string>;
}

/** Null where the nodes are of several kinds, or of one that is not known. */
export function commonOf(nodes: readonly Pick<NodeFacts, "kind" | "declaration">[]): Common | null {
  const kind = nodes.at(0)?.kind;
  if (!kind || nodes.some((node) => node.kind !== kind)) return null;
  const params = nodes.map(({ declaration }) => asRecord(declaration.params));
  const written: Record<string, unknown> = {};
  const mixed = new Set<string>();
  for (const [name, field] of Object.entries(kind.fields)) {
    const values = params.map((given) => (Object.hasOwn(given, name) ? given[name] : undefined));
    const means = new Set(values.map((value) => JSON.stringify(value === undefined ? field.default : (field.read(value) ?? value)))); // prettier-ignore
    if (means.size > 1) mixed.add(name);
    else if (values[0] !== undefined) written[name] = values[0];
  }
  return { kind, written, mixed };
}
