/** Which numbers are black and white in samples: those of the data that a critic is shown in their place. */
import type { Evaluate, Program, TrainingInstruction } from "./types.ts";

/**
 * The range of the data set whose rows enter a network that is trained where samples enter it too; where no network sees both,
 * that of the first data set with a range; null where none has one.
 */
export function sampleRange({ training }: Program): readonly [number, number] | null {
  const sources = new Map(training?.sources.map((source) => [source.id, source]));
  const instructions = training?.iteration.flatMap((slice) => slice.instructions) ?? [];
  const producers = new Map(
    instructions.flatMap((each) => ("outputs" in each ? each.outputs.map(({ value }) => [value, each] as const) : [])),
  );
  const evaluations = instructions.filter((each): each is Evaluate => each.op === "evaluate");
  const trained = new Set(training?.optimizers.flatMap(({ trains }) => trains));
  const sampled = training?.sampling?.network;
  const fed = evaluations.flatMap(({ network, inputs }) =>
    network === sampled || !trained.has(network)
      ? []
      : inputs.map(({ port, value }) => ({ port: `${network}.${port}`, origins: originsOf(value, producers) })),
  );
  const ofSamples = new Set(
    fed.filter(({ origins }) => origins.some((each) => each.op === "evaluate" && each.network === sampled)).map(({ port }) => port), // prettier-ignore
  );
  const shown = fed.filter(({ port }) => ofSamples.has(port)).flatMap(({ origins }) => origins);
  const drawn = shown.flatMap((each) => (each.op === "draw" ? [sources.get(each.source)] : []));
  const [range] = [...drawn, ...sources.values()].map((source) => source?.params.range).filter(isRange);
  return range ?? null;
}

/** What a value is made of: draws and evaluations of networks, through all that is computed of them. */
function originsOf(value: string, producers: ReadonlyMap<string, TrainingInstruction>): TrainingInstruction[] {
  const found: TrainingInstruction[] = [];
  const seen = new Set<string>();
  for (const left = [value]; left.length > 0;) {
    const next = left.pop()!;
    const producer = producers.get(next);
    if (!producer || seen.has(next)) continue;
    seen.add(next);
    if (producer.op === "compute") left.push(...producer.inputs.flatMap((operand) => operand?.value ?? []));
    else found.push(producer);
  }
  return found;
}

const isRange = (range: unknown): range is readonly [number, number] => Array.isArray(range);
