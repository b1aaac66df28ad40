/** What a document, its Program and a run say of a model that is exported from them. */
import { sha256Of } from "../../core/document/weights-file.ts";
import { sampleRange } from "../../core/program/sample-range.ts";
import { samplerName } from "../../core/program/sampler.ts";
import type { Program, SourceDeclaration } from "../../core/program/types.ts";
import type { ModelOrigin } from "./write-metadata.ts";

export async function originOf(run: {
  /** The document as JSON text. */
  readonly document: string;
  /** One of its networks, or the sampler. */
  readonly network: string;
  /** Null where only the network could be lowered. */
  readonly program: Program | null;
  readonly seed: number;
  readonly iterations: number;
}): Promise<ModelOrigin> {
  const { document, network, program, seed, iterations } = run;
  const training = program?.training;
  const drawn = drawnForSamples(program);
  const samples = network === samplerName || network === training?.sampling?.network;
  const labels = (samples ? drawn : (training?.sources ?? [])).flatMap(({ outputs }) =>
    outputs.flatMap(({ type }) => (type.type === "label" ? [type] : [])),
  );
  return {
    document,
    documentHash: await sha256Of(new TextEncoder().encode(document)),
    network,
    seed,
    iterations,
    latent: latentOf(drawn),
    classes: labels.length > 0 ? (labels[0].classes ?? 0) : null,
    dataRange: program && sampleRange(program),
  };
}

/** Sources with those of their outputs that sampling takes. */
function drawnForSamples(program: Program | null): SourceDeclaration[] {
  const { sources = [], sampling } = program?.training ?? {};
  const steps = sampling?.instructions ?? [];
  const taken = new Set(steps.flatMap((step) => (step.op === "draw" ? [] : step.inputs.map((operand) => operand?.value)))); // prettier-ignore
  return sources.flatMap((source) => {
    const draw = steps.find((step) => step.op === "draw" && step.source === source.id);
    if (draw?.op !== "draw") return [];
    const outputs = source.outputs.filter((_, index) => taken.has(draw.outputs[index].value));
    return outputs.length > 0 ? [{ ...source, outputs }] : [];
  });
}

/** The noise that sampling feeds: of several sources, codes beside the noise say, the one with the most numbers. */
function latentOf(drawn: readonly SourceDeclaration[]): ModelOrigin["latent"] {
  const noises = drawn.flatMap(({ params: { distribution }, outputs: [{ type }] }) =>
    typeof distribution === "string" && type.type === "vector" ? [{ distribution, size: type.shape[0] }] : [],
  );
  return noises.sort((a, b) => b.size - a.size)[0] ?? null;
}
