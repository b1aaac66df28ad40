/** A case as a document of one network, Input → kind → Output, taken down the straight line as far as it goes. */
import { analyze } from "../../src/core/analysis/analyze.ts";
import { printDiagnostic, type Diagnostic } from "../../src/core/analysis/diagnostics.ts";
import { emptyDocument, type GanDocument } from "../../src/core/document/types.ts";
import { lower } from "../../src/core/program/lower.ts";
import type { NetworkProgram } from "../../src/core/program/types.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import type { Case } from "./cases.ts";

export const layerId = "layer";

export interface Understood {
  readonly document: GanDocument;
  /** Everything that is reported about the network, as a terminal shows it. */
  readonly complaints: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly program: NetworkProgram | null;
}

export const understand = (c: Case): Understood => understandDocument(documentOf(c));

export function documentOf({ kind, params, inputs }: Case): GanDocument {
  const entering = inputs.map(({ id, type }) => [
    id,
    { kind: "Input", params: { type: type.type, shape: type.classes === undefined ? type.shape : [type.classes] } },
  ]);
  const leaving = kind.outputs.map((port) => [`y_${port.name}`, { kind: "Output" }]);
  return {
    ...emptyDocument(kind.name),
    networks: {
      net: {
        nodes: Object.fromEntries([...entering, [layerId, { kind: kind.name, params }], ...leaving]),
        edges: [
          ...inputs.map(({ id, port }) => ({ from: `${id}.out`, to: `${layerId}.${port}` })),
          ...kind.outputs.map((port) => ({ from: `${layerId}.${port.name}`, to: `y_${port.name}.in` })),
        ],
      },
    },
  };
}

export function understandDocument(document: GanDocument): Understood {
  const analysis = analyze(document, vocabulary, () => null);
  // An empty training graph is not what a case is about, nor is whether a GAN should do this.
  const diagnostics = analysis.diagnostics.filter(
    ({ at, code }) => at.graph !== "training" && at.graph !== undefined && !code.startsWith("lint-"),
  );
  return {
    document,
    diagnostics,
    complaints: diagnostics.map(printDiagnostic),
    program: lower(document, analysis, { network: "net" })?.networks[0] ?? null,
  };
}
