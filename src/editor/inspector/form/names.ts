/** What a field that takes a name may take: the networks, blocks, optimizers and data sets that there are. */
import type { GanDocument } from "../../../core/document/types.ts";
import type { Namesake } from "../../../core/kind/fields.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { builtIn } from "../../../datasets/catalogue.ts";

export interface Named {
  readonly name: string;
  readonly title: string;
}
export type Names = Readonly<Record<Namesake, readonly Named[]>>;

export function namesOf(
  { networks, blocks, training }: Pick<GanDocument, "networks" | "blocks" | "training">,
  ownData: readonly Named[],
): Names {
  const plain = (graphs: object) => Object.keys(graphs).map((name) => ({ name, title: name }));
  const shipped = builtIn.map(({ name, title }) => ({ name, title }));
  const own = ownData.map(({ name, title }) => ({ name, title: title || name }));
  const optimizers = Object.fromEntries(
    Object.entries(training.nodes).filter(([, { kind }]) => vocabulary.training.get(kind)?.role === "sink"),
  );
  return {
    networks: plain(networks),
    blocks: plain(blocks),
    optimizers: plain(optimizers),
    dataSets: [...shipped, ...own],
  };
}
