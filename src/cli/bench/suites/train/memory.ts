/** Memory over ten thousand steps of a small network: it must be flat, and at most what plain tfjs needs for the same. */
import type { Steps } from "../../children/protocol.ts";
import { spreadOf } from "../../measure.ts";
import type { BenchContext, Row, Section, Target } from "../../suite.ts";
import { ours, plain, plainName, withTrainers } from "./trainers.ts";

const [name, batch, parts] = ["vanilla-mnist", 16, 20];
const session = "GANvas";

export async function memorySection({ options, note }: BenchContext): Promise<Section> {
  const steps = options.steps ?? 10_000;
  const backend = options.backends?.[0] ?? "wasm";
  const form = backend === "wasm" ? "relaxed" : "kernels";
  const trainers = [ours(session, { case: name, batch, backend, form }), plain({ case: name, batch, backend })];
  note(`memory: ${name}, batch ${batch}, ${steps} steps`);
  return withTrainers(trainers, async ({ running, absent }) => {
    const told = new Map<string, Steps[]>([...running].map(([contestant]) => [contestant, []]));
    for (let part = 0; part < parts; part++)
      for (const [contestant, trainer] of running)
        told.get(contestant)!.push(await trainer.ask({ steps: Math.ceil(steps / parts), held: true }));
    const rows = [...told].map(([contestant, answers]): Row => {
      const [first, last] = [answers[0], answers[answers.length - 1]];
      const spread = spreadOf(answers.map(heldMB));
      const extra = {
        ...{ "MB first": heldMB(first), "MB last": heldMB(last), "of it backend": last.held!.backend },
        ...{ "tensors first": first.tensors!, "tensors last": last.tensors!, "process's peak MB": last.peakMB },
      };
      return { contestant, spread, ratio: null, extra };
    });
    const missing = [...absent].map(([contestant, why]): Row => ({
      contestant,
      spread: null,
      ratio: null,
      absent: why,
      extra: {},
    }));
    const title = `${name}, batch ${batch}, ${backend}, ${steps.toLocaleString("en")} steps`;
    return {
      name: backend === "wasm" ? "memory" : `memory-${backend}`,
      title: "Memory over many steps",
      text:
        `What JavaScript's objects and the backend's own memory hold, and tfjs's count of tensors, asked ${parts} times in the ` +
        "course of training after collecting garbage. Flat is: no tensor more at the end, and no more than 2 % of memory on top " +
        "of what was held after a quarter. Code that was read is among JavaScript's objects: the session's with the compiler and " +
        "those parts of tfjs that the command line reads, the other's with all of tfjs, as its documentation imports it. The " +
        "process's peak has V8's garbage in it, which it collects when it likes.",
      figures: [
        {
          case: title,
          unit: "MB held",
          reference: null,
          rows: [...rows, ...missing],
          targets: targetsOf(title, told),
        },
      ],
    };
  });
}

const heldMB = ({ held }: Steps): number => held!.objects + held!.backend;

function targetsOf(title: string, told: ReadonlyMap<string, readonly Steps[]>): Target[] {
  const own = told.get(session);
  const theirs = told.get(plainName);
  const last = own?.at(-1);
  const end = theirs?.at(-1);
  const quarter = own?.[Math.floor(own.length / 4)];
  const ratio = (a: number | undefined, b: number | undefined) => (a !== undefined && b ? a / b : null);
  return [
    {
      what: `${title}: tensors at the end, against the beginning`,
      ...{ atMost: 1, unit: "×", found: ratio(last?.tensors, own?.[0].tensors) },
    },
    {
      what: `${title}: memory at the end, against that after a quarter`,
      ...{ atMost: 1.02, unit: "×", found: ratio(last && heldMB(last), quarter && heldMB(quarter)) },
    },
    {
      what: `${title}: memory at the end, against ${plainName}`,
      ...{ atMost: 1, unit: "×", found: ratio(last && heldMB(last), end && heldMB(end)) },
    },
  ];
}
