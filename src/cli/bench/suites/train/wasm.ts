/** Training on WebAssembly beside plain tfjs and PyTorch. */
import { availableParallelism } from "node:os";
import { undivided } from "../../../../session/divisible.ts";
import { openCase } from "../../cases.ts";
import type { OursRequest } from "../../children/protocol.ts";
import { barsOf } from "../../plot-data.ts";
import type { BenchContext, Figure, Section, Target } from "../../suite.ts";
import { disagreements } from "./agreement.ts";
import { progressOf } from "./duration.ts";
import { patienceOf, type Patience } from "./patience.ts";
import { planned, type Planned } from "./plan.ts";
import { reasonFor } from "./reasons.ts";
import { measureSteps, ratioTarget, withRatio } from "./steps.ts";
import { ratiosOverBatch, sweepFigures, type AtBatch } from "./sweep.ts";
import { ours, plain, plainName, torch, torchName, withTrainers, type Trainer } from "./trainers.ts";

const [relaxed, simd, together] = ["GANvas, relaxed SIMD", "GANvas, SIMD128", "GANvas, two workers"];
/** Where nothing is said, in seconds. */
const usualLimit = 5;
const usualRounds = { one: 5, sweep: 3 };
/** What every case is held to, and beyond which its reason is measured. */
const bound = 2;

export async function wasmSection({ options, note }: BenchContext): Promise<Section> {
  const plans = planned("wasm", options);
  const sweeps = options.batches !== null && options.batches.length > 1;
  const rounds = options.rounds ?? (sweeps ? usualRounds.sweep : usualRounds.one);
  const limit = options.limit ?? usualLimit;
  const progress = progressOf("wasm", plans, { rounds, limit, note });
  const patience = new Map(plans.map((plan) => [plan.case, patienceOf(limit, [relaxed, torchName])]));
  const [found, failures, notes]: [AtBatch[], string[], Set<string>] = [[], [], new Set()];
  for (const plan of plans) {
    progress.next(plan);
    try {
      const measured = await measureCase(plan, rounds, patience.get(plan.case)!);
      found.push({ ...plan, figure: measured.figure });
      failures.push(...measured.failures);
      if (measured.torch) notes.add(measured.torch);
    } catch (error) {
      failures.push(`${titleOf(plan)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const figures = found.map(({ figure }) => figure);
  const title = "Time of a training step on WebAssembly";
  return {
    name: "wasm",
    title: "A training step on WebAssembly",
    text:
      "Whole iterations of a session, batches drawn and losses read, beside the same document written by hand in tfjs as it is " +
      "shipped and beside PyTorch, which starts from the same weights and must give the same losses in the first step. Every " +
      `contestant has ${options.steps === null ? "half a second, and a step at least," : `${options.steps} steps`} in each of ${rounds} rounds.`,
    figures: sweeps ? sweepFigures(found, relaxed) : figures,
    ...(sweeps && { details: figures }),
    notes: [...notes],
    failures,
    plots: [
      sweeps
        ? ratiosOverBatch(found, relaxed, title, `${relaxed}, × ${torchName}`)
        : barsOf(title, figures, `× ${torchName}`),
    ],
  };
}

const titleOf = ({ case: name, batch }: Planned) => `${name}, batch ${batch}`;

async function measureCase(plan: Planned, rounds: number, patience: Patience) {
  const { case: name, batch, steps } = plan;
  const request: Omit<OursRequest, "form"> = { case: name, batch, backend: "wasm" };
  const twin = torch(name, batch);
  const { program, dataSets } = openCase(name);
  const divided = batch > 1 && availableParallelism() > 1 && undivided(program, dataSets, batch) === null;
  const all: readonly Trainer[] = [
    ours(relaxed, { ...request, form: "relaxed" }),
    ours(simd, { ...request, form: "simd" }),
    ...(divided ? [ours(together, { ...request, form: "relaxed", hands: 1 })] : []),
    plain({ case: name, batch, backend: "wasm" }),
    ...twin.trainers,
  ];
  const title = titleOf(plan);
  try {
    const found = await withTrainers(
      all,
      async (trainers) => {
        const options = { reference: torchName, rounds, steps, patience: [patience, batch] as const };
        const measured = await measureSteps(trainers, { case: title, ...options });
        const versions = trainers.running.get(torchName)?.ready.versions;
        return {
          figure: withRatio(measured.figure, measured.rounds, plainName),
          failures: disagreements(trainers.running).map((sentence) => `${title}: ${sentence}.`),
          torch: versions ? `PyTorch ${versions.torch} with ${versions.blas} on ${versions.processor}.` : null,
        };
      },
      (contestant) => patience.unwilling(contestant, batch),
    );
    const ratio = found.figure.rows.find(({ contestant }) => contestant === relaxed)?.ratio?.median ?? 0;
    const reason = ratio > bound ? [await reasonFor(plan, ratio, bound)] : [];
    const figure: Figure = { ...found.figure, targets: targetsOf(plan, found.figure, divided), notes: reason };
    return { ...found, figure };
  } finally {
    twin.remove();
  }
}

function targetsOf({ case: name, batch }: Planned, figure: Figure, divided: boolean): Target[] {
  if (name !== "dcgan-mnist" || batch !== 64) return [ratioTarget(figure, relaxed, bound)];
  return [
    ratioTarget(figure, relaxed, 1.4),
    ratioTarget(figure, simd, 1.7),
    ...(divided ? [ratioTarget(figure, together, 0.8)] : []),
  ];
}
