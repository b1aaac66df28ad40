/** The templates that come with the studio, read when they are asked for. Each is a document like any other. */
import { analyze } from "../../core/analysis/analyze.ts";
import type { NetworkAnalysis } from "../../core/analysis/network.ts";
import { parse } from "../../core/document/parse.ts";
import type { GanDocument } from "../../core/document/types.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { vocabulary } from "../../kinds/index.ts";

const texts = import.meta.glob<string>("../../../templates/*.gan.json", { query: "?raw", import: "default" });
const pictures = import.meta.glob<string>("../../../templates/pictures/*.png", {
  query: "?url",
  import: "default",
  eager: true,
});

export interface Template {
  /** "dcgan-mnist", as addresses name it. */
  readonly name: string;
  readonly document: GanDocument;
  /** In the document's order. */
  readonly networks: readonly NetworkAnalysis[];
  /** Of all networks together. */
  readonly parameters: number;
  /** The address of a picture of its samples; null where there is none. */
  readonly picture: string | null;
}

const nameOf = (path: string): string => path.replace(/^.*\//, "").replace(/\.gan\.json$/, "");
const pathsByName = new Map(Object.keys(texts).map((path) => [nameOf(path), path]));

export const templateNames: readonly string[] = [...pathsByName.keys()].sort();

/** Null where there is no template of this name. */
export async function readTemplate(name: string): Promise<Template | null> {
  const path = pathsByName.get(name);
  if (!path) return null;
  const { document } = parse(await texts[path]());
  if (!document) throw new Error(`the template ${name} cannot be read`);
  const analysis = analyze(document, vocabulary, builtInFacts);
  const networks = Object.keys(document.networks).map((each) => analysis.networks.get(each)!);
  const parameters = networks.reduce((sum, network) => sum + network.parameters, 0);
  return { name, document, networks, parameters, picture: pictures[`../../../templates/pictures/${name}.png`] ?? null };
}
