/** What the language costs: reading, analyzing and lowering documents of 1,000 and 10,000 layers, in microseconds a node. */
import { analyze, type Analysis } from "../../../core/analysis/analyze.ts";
import { parse } from "../../../core/document/parse.ts";
import type { GanDocument } from "../../../core/document/types.ts";
import { lower } from "../../../core/program/lower.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { chainDocument, graphNetwork, wideDocument } from "../graphs.ts";
import { figureOf, interleave } from "../measure.ts";
import { barsOf } from "../plot-data.ts";
import type { BenchContext, Figure, Section, Suite } from "../suite.ts";

export const analysis: Suite = { name: "analysis", title: "Analysis of large documents", run };

const sizes = [1000, 10_000] as const;
const nameOf = (layers: number) => `${layers.toLocaleString("en")} layers`;

const shapes: Readonly<Record<string, (layers: number) => GanDocument>> = { chain: chainDocument, wide: wideDocument };

/** Each call of the straight line, on what those before it made. */
const calls: Readonly<Record<string, (of: Opened) => unknown>> = {
  parse: ({ text }) => parse(text),
  analyze: ({ document }) => analyze(document, vocabulary, () => null),
  lower: ({ document, analysis }) => lower(document, analysis, { network: graphNetwork }),
};

interface Opened {
  readonly text: string;
  readonly document: GanDocument;
  readonly analysis: Analysis;
}

async function run({ options, note }: BenchContext): Promise<readonly Section[]> {
  const figures: Figure[] = [];
  for (const [shape, make] of Object.entries(shapes)) {
    if (options.cases && !options.cases.includes(shape)) continue;
    const opened = sizes.map((size) => open(make(size)));
    for (const [name, call] of Object.entries(calls)) {
      note(`analysis: ${name}, ${shape}`);
      const rounds = await interleave(
        sizes.map((size, at) => ({
          name: nameOf(size),
          measure: async () => ({
            value: microseconds(call, opened[at], (options.steps ?? 3) * (sizes[1] / size)) / size,
          }),
        })),
        { rounds: options.rounds ?? 9, warmup: 2 },
      );
      figures.push(figureOf(rounds, { case: `${name}, ${shape}`, unit: "µs a node", reference: nameOf(sizes[0]) }));
    }
  }
  return [
    {
      title: "Reading, analyzing and lowering",
      text: "One network of 1,000 and of 10,000 layers, in a row (chain) and side by side under one sum (wide). Where a node of the larger costs what one of the smaller does, the whole grows as its size. Times are of the processor, garbage collection included.",
      figures,
      plots: [barsOf("A node among 10,000", figures, "× a node among 1,000")],
    },
  ];
}

/** Throws where a document does not compile: it is the project's own. */
function open(made: GanDocument): Opened {
  const text = JSON.stringify(made);
  const { document } = parse(text);
  const analysis = document && analyze(document, vocabulary, () => null);
  if (!analysis || !lower(document, analysis, { network: graphNetwork }))
    throw new Error(`${made.name} does not compile.`);
  return { text, document, analysis };
}

/** Of processor time, which other work on the machine does not lengthen: the mean of so many calls. */
function microseconds(call: (of: Opened) => unknown, opened: Opened, times: number): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) call(opened);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
