/** How the time of a training step grows: against batch, width, depth and image size, each with its fitted exponent. */
import type { DataSet } from "../../../datasets/types.ts";
import { createSession, type Session } from "../../../session/session.ts";
import { openBackend } from "../../backend.ts";
import { compile } from "../cases.ts";
import { powerLaw } from "../fit.ts";
import { generatedSet } from "../generated.ts";
import { sizedGan, type GanSize } from "../growing.ts";
import { figureOf, interleave, spreadOf, type Rounds } from "../measure.ts";
import type { BenchContext, Figure, Plot, Row, Section, Spread, Suite } from "../suite.ts";

export const growth: Suite = { name: "growth", title: "How a training step grows", run };

type Size = GanSize & { readonly batch: number };
const base: Size = { batch: 16, width: 32, depth: 2, image: 32 };

/** Along each, all else stays as in `base`. */
const axes: Readonly<Record<keyof Size, { readonly name: string; readonly sizes: readonly number[] }>> = {
  batch: { name: "batch", sizes: [1, 4, 16, 64] },
  width: { name: "channels", sizes: [8, 16, 32, 64, 128] },
  depth: { name: "convolutions at a quarter of the image", sizes: [1, 2, 4, 8, 16] },
  image: { name: "pixels along an edge", sizes: [16, 32, 64, 128] },
};

async function run({ options, note }: BenchContext): Promise<readonly Section[]> {
  const { tf, variant } = await openBackend("wasm");
  const figures: Figure[] = [];
  const plots: Plot[] = [];
  const exponents: Row[] = [];
  for (const [axis, { name, sizes: given }] of Object.entries(axes)) {
    if (options.cases && !options.cases.includes(axis)) continue;
    const sizes = (axis === "batch" ? options.batches : null) ?? given;
    const sessions = sizes.map((size) => open({ ...base, [axis]: size }));
    const label = (size: number) => `${axis} ${size}`;
    try {
      note(`growth: against ${axis}`);
      const contestants = [];
      for (const [at, session] of sessions.entries()) {
        const steps = options.steps ?? Math.max(1, Math.min(50, Math.round(150 / (await step(session, 2)))));
        contestants.push({ name: label(sizes[at]), measure: async () => ({ value: await step(session, steps) }) });
      }
      const rounds = await interleave(contestants, { rounds: options.rounds ?? 7, warmup: 1 });
      const figure = figureOf(rounds, { case: `against ${axis}`, unit: "ms a step", reference: label(sizes[0]) });
      figures.push(figure);
      plots.push(plotOf(figure, axis, name, sizes));
      if (sizes.length > 1)
        exponents.push({ contestant: axis, spread: exponentOf(rounds, sizes), ratio: null, extra: {} });
    } finally {
      for (const session of sessions) session.dispose();
    }
  }
  if (exponents.length > 0)
    figures.push({ case: "exponent", unit: "k of time ~ sizeᵏ", reference: null, rows: exponents });
  return [
    {
      title: "A training step on WebAssembly, one thread",
      text: `A GAN of convolutions of width ${base.width} and depth ${base.depth} on ${base.image}×${base.image} images at batch ${base.batch}, of which one is varied at a time; kernels ${variant}. The exponent is fitted by least squares to the logarithms of each round. A step's work is of first order in batch and depth, and of second in width and image size; what does not grow along lowers the exponent.`,
      figures,
      plots,
    },
  ];

  function open({ batch, ...size }: Size): Session {
    const program = compile(sizedGan(size));
    const data = generatedSet(`generated/1x${size.image}x${size.image}`, 256)!;
    return createSession({
      tf,
      program,
      dataSets: new Map<string, DataSet>([["data", data]]),
      batch,
      variant,
      readEvery: 1,
    });
  }
}

/** The mean of so many, in ms, after which the losses of all have been read. */
async function step(session: Session, count: number): Promise<number> {
  const started = performance.now();
  await session.run({ until: session.iteration + count, report() {} });
  return (performance.now() - started) / count;
}

/** Of the laws fitted to each round. */
function exponentOf(rounds: Rounds, sizes: readonly number[]): Spread {
  const series = [...rounds.values()];
  return spreadOf(series[0].map((_, round) => powerLaw(sizes, series.map((own) => own[round].value)).exponent)); // prettier-ignore
}

const plotOf = ({ rows }: Figure, axis: string, name: string, sizes: readonly number[]): Plot => ({
  form: "lines",
  title: `A training step against ${axis}`,
  unit: "ms a step",
  axis: name,
  groups: sizes,
  series: [
    {
      name: "GANvas, WebAssembly, one thread",
      values: rows.map(({ spread }) => spread && spread.median),
      ranges: rows.map(({ spread }) => spread && ([spread.least, spread.most] as const)),
    },
  ],
});
