/** Training on WebAssembly beside plain tfjs and PyTorch. */
import { availableParallelism } from "node:os";
import { openCase } from "../../cases.ts";
import type { OursRequest } from "../../children/protocol.ts";
import type { BenchContext, Figure, Plot, Section, Target } from "../../suite.ts";
import { undivided } from "../../../../session/divisible.ts";
import { disagreements } from "./agreement.ts";
import { planned, type Planned } from "./plan.ts";
import { measureSteps, ratioTarget, withRatio } from "./steps.ts";
import { ours, plain, plainName, torch, torchName, withTrainers } from "./trainers.ts";

const [relaxed, simd, together] = ["GANvas, relaxed SIMD", "GANvas, SIMD128", "GANvas, two workers"];

export async function wasmSection(context: BenchContext): Promise<Section> {
  const { options, note } = context;
  const [figures, failures, notes]: [Figure[], string[], string[]] = [[], [], []];
  for (const plan of planned("wasm", options)) {
    note(`wasm: ${plan.case}, batch ${plan.batch}`);
    const found = await measureCase(plan, options.rounds ?? 5);
    figures.push(found.figure);
    failures.push(...found.failures);
    if (found.torch && !notes.includes(found.torch)) notes.push(found.torch);
  }
  return {
    title: "A training step on WebAssembly",
    text:
      "Whole iterations of a session, batches drawn and losses read, beside the same document written by hand in tfjs as it is " +
      "shipped and beside PyTorch, which starts from the same weights and must give the same losses in the first step.",
    figures,
    notes,
    failures,
    plots: [plotOf(figures)],
  };
}

async function measureCase(plan: Planned, rounds: number) {
  const { case: name, batch, steps } = plan;
  const request: Omit<OursRequest, "form"> = { case: name, batch, backend: "wasm" };
  const twin = torch(name, batch);
  const { program, dataSets } = openCase(name);
  const divided = batch > 1 && availableParallelism() > 1 && undivided(program, dataSets, batch) === null;
  try {
    return await withTrainers(
      [
        ours(relaxed, { ...request, form: "relaxed" }),
        ours(simd, { ...request, form: "simd" }),
        ...(divided ? [ours(together, { ...request, form: "relaxed", hands: 1 })] : []),
        plain({ case: name, batch, backend: "wasm" }),
        ...twin.trainers,
      ],
      async (trainers) => {
        const title = `${name}, batch ${batch}`;
        const measured = await measureSteps(trainers, {
          case: title,
          reference: torchName,
          rounds,
          request: { steps },
        });
        const figure = withRatio(measured.figure, measured.rounds, plainName);
        const versions = trainers.running.get(torchName)?.ready.versions;
        return {
          figure: { ...figure, targets: targetsOf(plan, figure, divided) },
          failures: disagreements(trainers.running).map((sentence) => `${title}: ${sentence}.`),
          torch: versions ? `PyTorch ${versions.torch} with ${versions.blas} on ${versions.processor}.` : null,
        };
      },
    );
  } finally {
    twin.remove();
  }
}

function targetsOf({ case: name, batch }: Planned, figure: Figure, divided: boolean): Target[] {
  if (name !== "dcgan-mnist" || batch !== 64) return [ratioTarget(figure, relaxed, 2)];
  return [
    ratioTarget(figure, relaxed, 1.4),
    ratioTarget(figure, simd, 1.7),
    ...(divided ? [ratioTarget(figure, together, 0.8)] : []),
  ];
}

/** Ratios to PyTorch on one thread, a group of bars for each case. */
function plotOf(figures: readonly Figure[]): Plot {
  const names = [...new Set(figures.flatMap(({ rows }) => rows.map(({ contestant }) => contestant)))];
  const ratios = (name: string) =>
    figures.map(({ rows }) => rows.find(({ contestant }) => contestant === name)?.ratio ?? null);
  return {
    form: "bars",
    title: "Time of a training step on WebAssembly",
    unit: `× ${torchName}`,
    groups: figures.map((figure) => figure.case),
    series: names
      .filter((name) => name !== torchName)
      .map((name) => ({
        name,
        values: ratios(name).map((ratio) => ratio?.median ?? null),
        ranges: ratios(name).map((ratio) => ratio && ([ratio.least, ratio.most] as const)),
      })),
  };
}
