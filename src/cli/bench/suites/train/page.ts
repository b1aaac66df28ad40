/** What a training step on WebGPU costs the thread that issues it, in a page of Chromium: there the driver is another process. */
import { openCase } from "../../cases.ts";
import type { Running } from "../../contestant.ts";
import { figureOf, interleave, type Contestant, type Measured } from "../../measure.ts";
import { startPage, type PageVersions } from "../../page.ts";
import type { BenchContext, Figure, Section, Target } from "../../suite.ts";
import { plainName } from "./trainers.ts";

interface PageSteps {
  /** Milliseconds of the page's thread a step, and of them those from the command encoder to the submission. */
  readonly thread: number;
  readonly issuing: number;
  readonly dispatches: number;
  readonly submits: number;
  readonly mode: string;
}
type Page = Running<PageVersions, PageSteps>;

const [captured, eager] = ["GANvas", "GANvas, eager"];
/** With the batch, and the steps of a round: what the device takes for them is waited for, and not measured. */
const known: Readonly<Record<string, readonly [batch: number, steps: number]>> = {
  "vanilla-mnist": [16, 10],
  "dcgan-mnist": [1, 5],
  "wgan-gp": [1, 2],
  "dcgan-64": [1, 2],
  unet: [1, 2],
  cycle: [1, 1],
};
/** Where none is named: on a software adapter the others take minutes. */
const usual = ["vanilla-mnist", "dcgan-mnist"];
const title = "The thread of a page that trains on WebGPU";
const text =
  "Training on the page's own thread in Chromium, on its software adapter, which works in another process as any driver of " +
  "Chromium's does: so what is measured is JavaScript and the calls of WebGPU, and depends neither on the device nor on the batch but for its numbers. " +
  "JS ms is the processor time of all tasks of the thread in the browser's own trace: drawing noise, reading rows of data, issuing. " +
  "Issuing ms is the part from the step's command encoder to the end of its submission, which is what a dispatch costs.";

/** Of the usual cases, or of those that are named beside it. */
export async function pageSection({ options, note }: BenchContext): Promise<Section> {
  const started = await startPage<PageSteps>("steps");
  if (started.status === "absent") return { name: "page", title, text, figures: [], notes: [`Not measured: ${started.why}`] }; // prettier-ignore
  const page: Page = started.contestant;
  const [figures, failures]: [Figure[], string[]] = [[], []];
  try {
    const named = Object.keys(known).filter((name) => options.cases?.includes(name));
    for (const name of named.length > 0 ? named : usual) {
      const [batch, steps] = [options.batches?.[0] ?? known[name][0], options.steps ?? known[name][1]];
      note(`page: ${name}, batch ${batch}`);
      const { figure, mode } = await measureCase(page, name, batch, steps, options.rounds ?? 3);
      figures.push(figure);
      if (mode !== "captured") failures.push(`${figure.case} was not replayed in the page: ${mode}.`);
    }
  } finally {
    page.stop();
  }
  return { name: "page", title, text, figures, failures, notes: [`Chromium ${page.ready.versions.chromium}.`] };
}

async function measureCase(page: Page, name: string, batch: number, steps: number, rounds: number) {
  const ours = oursOf(name, batch);
  const openings = [
    [captured, { ours: { ...ours, capture: true } }],
    [eager, { ours: { ...ours, capture: false } }],
    [plainName, { plain: { name, batch } }],
  ] as const;
  for (const [contestant, opening] of openings) await page.ask({ do: "open", page: contestant, ...opening });
  let mode = "";
  const contestants = openings.map(([contestant]): Contestant => ({
    name: contestant,
    async measure() {
      const found = await page.ask({ do: "train", page: contestant, steps });
      if (contestant === captured) mode = found.mode;
      const { thread, issuing, dispatches, submits } = found;
      // eagerly, what lies between an encoder and its submission is TensorFlow.js at work on the next operation
      const ofReplay: Measured["extra"] = { "issuing ms": issuing, "µs a dispatch": (1000 * issuing) / dispatches };
      const extra = contestant === captured ? ofReplay : {};
      return { value: thread, extra: { ...extra, dispatches, submits } };
    },
  }));
  const found = await interleave(contestants, { rounds, warmup: 1 });
  for (const [contestant] of openings) await page.ask({ do: "close", page: contestant });
  const title = `${name}, batch ${batch}, page`;
  const figure = figureOf(found, { case: title, unit: "JS ms a step", reference: plainName });
  return { figure: { ...figure, targets: [targetOf(name, figure)] }, mode };
}

function oursOf(name: string, batch: number) {
  const { program, dataSets } = openCase(name);
  return { program, batch, dataSets: [...dataSets].map(([id, set]) => [id, set.name]) };
}

function targetOf(name: string, figure: Figure): Target {
  const row = figure.rows.find(({ contestant }) => contestant === captured)!;
  const each = row.extra["µs a dispatch"];
  return name.startsWith("dcgan")
    ? { what: `${figure.case}: JavaScript`, atMost: 1, unit: "ms a step", found: row.spread?.median ?? null }
    : { what: `${figure.case}: issuing`, atMost: 1.5, unit: "µs a dispatch", found: typeof each === "number" ? each : null }; // prettier-ignore
}
