/** Training on WebGPU beside plain tfjs: what the thread does, what the device is asked for and how long it takes. */
import type { AdapterFacts, OursRequest } from "../../children/protocol.ts";
import { digits } from "../../print.ts";
import type { BenchContext, Figure, OnDiscrete, Section, Target } from "../../suite.ts";
import { disagreements } from "./agreement.ts";
import { adapterName, discreteNotes, discreteTargets, isHardware, lastOnDiscrete } from "./discrete.ts";
import { progressOf } from "./duration.ts";
import { patienceOf, type Patience } from "./patience.ts";
import { planned, type Planned } from "./plan.ts";
import { measureSteps, ratioTarget, type StepsOptions } from "./steps.ts";
import { cudaName, ours, plain, plainName, torchOnCuda, withTrainers, type Trainers } from "./trainers.ts";

const [captured, eager] = ["GANvas", "GANvas, eager"];
/** Where nothing is said, in seconds. */
const usualLimit = 60;
/** So long that many steps are issued before anything is awaited, and V8 has compiled what issues them. */
const seconds = 6;

export async function webgpuSection({ options, note }: BenchContext): Promise<Section> {
  const plans = planned("webgpu", options);
  const [rounds, limit] = [options.rounds ?? 3, options.limit ?? usualLimit];
  const progress = progressOf("webgpu", plans, { rounds, limit, note });
  const patience = new Map(plans.map((plan) => [plan.case, patienceOf(limit, [captured, eager])]));
  const [figures, failures, devices, calls]: [Figure[], string[], Set<string>, number[]] = [[], [], new Set(), []];
  const discrete: OnDiscrete[] = [];
  for (const plan of plans) {
    progress.next(plan);
    try {
      const found = await measureCase(plan, rounds, patience.get(plan.case)!);
      figures.push(...found.figures);
      failures.push(...found.failures);
      if (found.adapter) devices.add(adapterName(found.adapter));
      if (found.calls !== null) calls.push(found.calls);
      if (found.discrete) discrete.push(found.discrete);
    } catch (error) {
      failures.push(`${titleOf(plan)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const kept = discrete.length > 0 ? joined(discrete) : lastOnDiscrete();
  return {
    name: "webgpu",
    title: "A training step on WebGPU",
    text:
      "Steps are issued one after another and waited for at the end. JS ms is the processor time of the thread for a step, " +
      "whoever's code it is, with every call that records commands or writes buffers, up to the last submission; apart from it " +
      "stand the time within submit, and that while the device is awaited, when Dawn in Node asks again and again whether " +
      "it is done: in both the driver works, which in a page is another process. What of JS ms comes before a replay's first " +
      "command is drawing noise, gathering rows and uploading them. Kernel ms, measured in rounds of its own, is the time in " +
      "compute passes by the device's clock.",
    figures,
    failures,
    notes: [
      ...[...devices].map((device) => `Measured on ${device}.`),
      ...(calls.length > 0 ? [recordingNote(Math.min(...calls))] : []),
      ...discreteNotes(kept),
    ],
    ...(kept && { discrete: kept }),
  };
}

const titleOf = ({ case: name, batch }: Planned) => `${name}, batch ${batch}`;

const recordingNote = (us: number) =>
  `In this binding of WebGPU, setPipeline, setBindGroup and dispatchWorkgroups take ${digits(us)} µs of the thread for a dispatch by themselves, in a loop of nothing else.`;

/** Of several cases of one run. */
const joined = (all: readonly OnDiscrete[]): OnDiscrete => ({
  ...all[0],
  targets: all.flatMap(({ targets }) => targets),
});

async function measureCase(plan: Planned, rounds: number, patience: Patience) {
  const { case: name, batch, steps } = plan;
  const request: OursRequest = { case: name, batch, backend: "webgpu", form: "kernels" };
  const title = titleOf(plan);
  const trainers = [
    ours(captured, request),
    ours(eager, { ...request, capture: false }),
    plain({ case: name, batch, backend: "webgpu" }),
  ];
  const options = { rounds, steps, seconds, patience: [patience, batch] } as const;
  return withTrainers(
    trainers,
    async (found) => {
      const { figure, last } = await measureSteps(found, { ...options, case: title, reference: plainName });
      const running = new Map([...found.running].filter(([contestant]) => last.has(contestant)));
      const kernels = await kernelFigure({ ...found, running }, title, rounds);
      const { mode, adapter } = last.get(captured) ?? {};
      const calls = (await running.get(captured)?.ask({ steps: 1, calls: true }))?.callsUs ?? null;
      const cuda = adapter && isHardware(adapter) ? await besideCuda(plan, running, options) : null;
      const targets = [...threadTargets(name, figure), ...(kernels ? [ratioTarget(kernels, captured, 1)] : [])];
      return {
        figures: [{ ...figure, targets }, ...(kernels ? [kernels] : []), ...(cuda ? [cuda.figure] : [])],
        failures: [
          ...disagreements(found.running).map((sentence) => `${title}: ${sentence}.`),
          ...(mode === undefined || mode === "captured" ? [] : [`${title} was not replayed: ${mode}.`]),
        ],
        ...{ adapter, calls },
        discrete: adapter && cuda?.torch ? onDiscrete(adapter, cuda.torch, cuda.figure) : null,
      };
    },
    (contestant) => patience.unwilling(contestant, batch),
  );
}

/** Null where the device has no timestamps. */
async function kernelFigure(trainers: Trainers, title: string, rounds: number): Promise<Figure | null> {
  const request = { kernels: true };
  for (const trainer of trainers.running.values())
    if ((await trainer.ask({ ...request, steps: 1 })).kernelMs === undefined) return null;
  const { figure } = await measureSteps(trainers, {
    ...{ case: `${title}, kernels`, reference: plainName, rounds, request, steps: 1 },
    ...{ value: ({ kernelMs }) => kernelMs!, unit: "kernel ms a step" },
  });
  return { ...figure, rows: figure.rows.map((row) => ({ ...row, extra: {} })) };
}

/** Wall time beside PyTorch on CUDA, on the GPU that both can use. */
async function besideCuda(
  plan: Planned,
  running: Trainers["running"],
  options: Pick<StepsOptions, "rounds" | "steps">,
): Promise<{ readonly figure: Figure; readonly torch: string | null }> {
  const twin = torchOnCuda(plan.case, plan.batch);
  try {
    return await withTrainers(twin.trainers, async (other) => {
      const all = { running: new Map([...running, ...other.running]), absent: other.absent };
      const title = `${titleOf(plan)}, beside CUDA`;
      const { figure } = await measureSteps(all, { ...options, case: title, reference: cudaName });
      const rows = figure.rows.map((row) => ({ ...row, extra: {} }));
      const { torch = null } = other.running.get(cudaName)?.ready.versions ?? {};
      return { figure: { ...figure, rows, targets: discreteTargets(plan.case, figure, captured) }, torch };
    });
  } finally {
    twin.remove();
  }
}

const onDiscrete = (adapter: AdapterFacts, torch: string, { targets = [] }: Figure): OnDiscrete => ({
  ...{ at: new Date().toISOString(), device: adapterName(adapter), torch, targets },
});

/** What a step may take of the thread: a bound of its own for DCGAN, one for each dispatch elsewhere. */
function threadTargets(name: string, figure: Figure): Target[] {
  const of = (contestant: string, column: string) => {
    const cell = figure.rows.find((row) => row.contestant === contestant)?.extra[column];
    return typeof cell === "number" ? cell : null;
  };
  const [js, dispatches, others] = [of(captured, "JS ms"), of(captured, "dispatches"), of(plainName, "dispatches")];
  // what a dispatch costs is held against its bound in a page (page.ts): Node's binding alone takes longer for one
  const thread: Target[] = name.startsWith("dcgan")
    ? [{ what: `${figure.case}: JavaScript`, atMost: 1, unit: "ms a step", found: js }]
    : [];
  const share = dispatches !== null && others ? dispatches / others : null;
  return [
    ...thread,
    { what: `${figure.case}: dispatches, against ${plainName}`, atMost: 0.5, unit: "×", found: share },
  ];
}
