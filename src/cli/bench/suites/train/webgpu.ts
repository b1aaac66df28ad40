/** Training on WebGPU beside plain tfjs: what the thread does, what the device is asked for and how long it takes. */
import type { OursRequest } from "../../children/protocol.ts";
import type { BenchContext, Figure, Section, Target } from "../../suite.ts";
import { disagreements } from "./agreement.ts";
import { planned, type Planned } from "./plan.ts";
import { measureSteps, ratioTarget } from "./steps.ts";
import { ours, plain, plainName, withTrainers, type Trainers } from "./trainers.ts";

const [captured, eager] = ["GANvas", "GANvas, eager"];

export async function webgpuSection({ options, note }: BenchContext): Promise<Section> {
  const [figures, failures, devices]: [Figure[], string[], Set<string>] = [[], [], new Set()];
  for (const plan of planned("webgpu", options)) {
    note(`webgpu: ${plan.case}, batch ${plan.batch}`);
    const found = await measureCase(plan, options.rounds ?? 3);
    figures.push(...found.figures);
    failures.push(...found.failures);
    found.devices.forEach((device) => devices.add(device));
  }
  return {
    title: "A training step on WebGPU",
    text:
      "Steps are issued one after another and waited for at the end. JS ms is the processor time that the thread took for " +
      "a step while it was not waiting for the device; kernel ms, measured in rounds of its own, is the time in compute passes by the device's clock.",
    figures,
    failures,
    notes: [...devices].map((device) => `Measured on ${device}.`),
  };
}

async function measureCase({ case: name, batch, steps }: Planned, rounds: number) {
  const request: OursRequest = { case: name, batch, backend: "webgpu", form: "kernels" };
  const title = `${name}, batch ${batch}`;
  const trainers = [
    ours(captured, request),
    ours(eager, { ...request, capture: false }),
    plain({ case: name, batch, backend: "webgpu" }),
  ];
  return withTrainers(trainers, async (found) => {
    const options = { reference: plainName, rounds };
    const { figure, last } = await measureSteps(found, { ...options, case: title, request: { steps } });
    const kernels = await kernelFigure(found, title, rounds);
    const mode = last.get(captured)?.mode;
    const targets = [...threadTargets(name, figure), ...(kernels ? [ratioTarget(kernels, captured, 1)] : [])];
    return {
      figures: [{ ...figure, targets }, ...(kernels ? [kernels] : [])],
      failures: [
        ...disagreements(found.running).map((sentence) => `${title}: ${sentence}.`),
        ...(mode === undefined || mode === "captured" ? [] : [`${title} was not replayed: ${mode}.`]),
      ],
      devices: [...found.running.values()].flatMap(({ ready }) => ready.versions.device ?? []),
    };
  });
}

/** Null where the device has no timestamps. */
async function kernelFigure(trainers: Trainers, title: string, rounds: number): Promise<Figure | null> {
  const request = { steps: 1, kernels: true };
  for (const trainer of trainers.running.values()) if ((await trainer.ask(request)).kernelMs === undefined) return null;
  const { figure } = await measureSteps(trainers, {
    ...{ case: `${title}, kernels`, reference: plainName, rounds, request },
    ...{ value: ({ kernelMs }) => kernelMs!, unit: "kernel ms a step" },
  });
  return { ...figure, rows: figure.rows.map((row) => ({ ...row, extra: {} })) };
}

function threadTargets(name: string, figure: Figure): Target[] {
  const of = (contestant: string, column: string) => {
    const cell = figure.rows.find((row) => row.contestant === contestant)?.extra[column];
    return typeof cell === "number" ? cell : null;
  };
  const [js, dispatches, others] = [of(captured, "JS ms"), of(captured, "dispatches"), of(plainName, "dispatches")];
  const thread: Target = name.startsWith("dcgan")
    ? { what: `${figure.case}: JavaScript`, atMost: 1, unit: "ms a step", found: js }
    : {
        what: `${figure.case}: JavaScript`,
        ...{ atMost: 1.5, unit: "µs a dispatch" },
        found: js !== null && dispatches ? (js * 1000) / dispatches : null,
      };
  const share = dispatches !== null && others ? dispatches / others : null;
  return [thread, { what: `${figure.case}: dispatches, against ${plainName}`, atMost: 0.5, unit: "×", found: share }];
}
