/**
 * A real run, recorded: a session trains a small document here, and what a worker would tell of it is kept and told again, in
 * the order in which a page asks for it.
 */
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { isError } from "../../../src/core/analysis/diagnostics.ts";
import { parse } from "../../../src/core/document/parse.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import { builtInFacts } from "../../../src/datasets/catalogue.ts";
import { Refused, WorkerBroke, type TrainingClient } from "../../../src/editor/training/client.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import type {
  Answers,
  News,
  Opened,
  OptimizerStep,
  Progress,
  RequestName,
  Requests,
  SampleSheet,
  Snapshot,
} from "../../../src/session/protocol.ts";
import type { Report } from "../../../src/session/session.ts";
import { template } from "../../helpers/documents.ts";
import { programOf, sessionOf, type DataSets } from "../../session/sessions.ts";

export interface Recording {
  readonly document: GanDocument;
  readonly progress: readonly Progress[];
  readonly snapshots: readonly Snapshot[];
  readonly steps: readonly OptimizerStep[];
  readonly slices: Opened["slices"];
}

/** The ring, in small batches: so many iterations and one more step by step; the document plans fewer or more. */
export async function record(iterations: number, planned: number, dataSets: DataSets): Promise<Recording> {
  const ring = template("toy-ring");
  const document = { ...ring, training: { ...ring.training, batch: 8, iterations: planned } };
  const program = programOf(document, dataSets);
  const session = sessionOf(program, dataSets, { measureGradients: true });
  const take = async (): Promise<Snapshot> => {
    const { data, shape, type, scores } = await session.sample({ count: 16, seed: 1 });
    const sheet: SampleSheet = { count: 16, type, shape, pixels: null, points: data, scores };
    return { iteration: session.iteration, sheet, field: null, spread: null };
  };
  const progress: Progress[] = [];
  const snapshots = [await take()];
  const report = (each: Report) => void progress.push(progressOf(each));
  for (let until = 5; until <= iterations; until += 5) {
    await session.run({ until, report });
    snapshots.push(await take());
  }
  const steps: OptimizerStep[] = [];
  do steps.push(await session.stepOptimizer());
  while (!steps.at(-1)!.last);
  session.dispose();
  const slices = program.training!.iteration.map(({ optimizer, instructions }) => ({
    optimizer,
    trains: instructions.flatMap((each) => (each.op === "update" ? each.trains : [])),
  }));
  return { document, progress, snapshots, steps, slices };
}

const progressOf = ({ iteration, losses, gradients }: Report): Progress => ({
  iterations: Float64Array.of(iteration),
  losses: columns(losses),
  gradients: columns(gradients),
  imagesPerSecond: 800,
});
const columns = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)]));

export interface Replay extends TrainingClient {
  /** Requests in the order in which they came. */
  readonly asked: readonly RequestName[];
  /** Documents that were opened or adopted. */
  readonly documents: readonly GanDocument[];
  /** The next train breaks as a worker does that dies. */
  breakNext(): void;
}

/** Tells a recording again: one iteration a turn of the event loop, one request after the other, as a worker does. */
export function replay({ progress, snapshots, steps, slices }: Recording, kept = 0): Replay {
  const asked: RequestName[] = [];
  const documents: GanDocument[] = [];
  const listeners = new Set<(news: News) => void>();
  const tell = (news: News) => listeners.forEach((listener) => listener(news));
  let iteration = kept;
  let stepsDone = 0;
  let stop = false;
  let broken = false;
  let tail: Promise<unknown> = Promise.resolve();

  async function train(until: number): Promise<{ iteration: number }> {
    while (iteration < until && !stop) {
      await turn();
      if (broken) throw new WorkerBroke("Training stopped working.");
      tell({ kind: "progress", progress: progress[iteration++] });
      const snapshot = snapshots.find((each) => each.iteration === iteration);
      if (snapshot) tell({ kind: "snapshot", snapshot, dropped: [] });
    }
    tell({ kind: "saved", iteration });
    return { iteration };
  }

  function take(text: string): void {
    const { document } = parse(text);
    const errors = analyze(document!, vocabulary, builtInFacts).diagnostics.filter(isError);
    if (errors.length > 0) throw new Refused(errors);
    documents.push(document!);
  }

  const handlers: { readonly [Name in RequestName]?: (given: Requests[Name]) => Promise<Answers[Name]> } = {
    async open({ document, fresh }) {
      tell({ kind: "preparing", what: "Reading the ring", part: 0.5 });
      take(document);
      if (fresh) iteration = 0;
      const done = progress.slice(0, iteration);
      const { training } = documents.at(-1)!;
      return {
        ...{ iteration, device: "recorded", backend: "wasm", notices: [], batch: 8, seed: 1, slices },
        iterations: training.iterations ?? 0,
        history: joined(done),
        snapshots: snapshots.filter((each) => each.iteration <= iteration),
        saved: iteration > 0 ? iteration : null,
      };
    },
    train: ({ until }) => train(until),
    pause: async () => ({ iteration }),
    iteration: () => train(iteration + 1),
    optimizerStep: async () => {
      const step = steps[stepsDone++ % steps.length];
      if (step.last) iteration++;
      return { iteration, step };
    },
    async adopt({ document }) {
      take(document);
      return { iteration, kept: 12, fresh: [] };
    },
    sample: async () => snapshots[0].sheet,
    close: async () => ({}),
  };

  return {
    asked,
    documents,
    breakNext: () => (broken = true),
    request<Name extends RequestName>(name: Name, given: Requests[Name]) {
      asked.push(name);
      if (name === "pause" || name === "open" || name === "close") stop = true;
      const answer = tail.then(async () => {
        await turn();
        if (name === "train" || name === "iteration") stop = asked.lastIndexOf("pause") > asked.lastIndexOf(name);
        const handler = handlers[name] as ((given: Requests[Name]) => Promise<Answers[Name]>) | undefined;
        if (!handler) throw new WorkerBroke(`${name} was not recorded`);
        return handler(given);
      });
      tail = answer.catch(() => {});
      return answer;
    },
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    restart: () => {},
    dispose: () => listeners.clear(),
  };
}

function joined(parts: readonly Progress[]): Progress {
  const names = (of: "losses" | "gradients") => [...new Set(parts.flatMap((part) => Object.keys(part[of])))];
  const column = (of: "losses" | "gradients", name: string) => Float32Array.from(parts, (part) => part[of][name][0]);
  const all = (of: "losses" | "gradients") => Object.fromEntries(names(of).map((name) => [name, column(of, name)]));
  return {
    iterations: Float64Array.from(parts, ({ iterations }) => iterations[0]),
    losses: all("losses"),
    gradients: all("gradients"),
    imagesPerSecond: 0,
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 2));
