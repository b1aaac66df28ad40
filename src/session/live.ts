/**
 * What training computes, as text to be compared: for checkpoints, which belong to one program, and for edits that a running
 * training can take on without losing anything.
 */
import type { Fields, Json } from "../core/kind/fields.ts";
import { printProgram } from "../core/program/print.ts";
import type { Program, TrainingInstruction, TrainingProgram } from "../core/program/types.ts";
import { functions, kindOf, sinks } from "../kinds/index.ts";

/**
 * True where two programs differ at most in what may change while training runs: parameters that their kinds' fields mark
 * as live, the title, the length of a run, and how samples are drawn. A live change keeps every weight, slot and average.
 */
export function isLiveChange(before: Program, after: Program): boolean {
  return frameOf(before) === frameOf(after);
}

/** What training computes, without the title, what a run may be told otherwise, and how samples are drawn. */
export function meaningOf(program: Program): string {
  const settings = { batch: 0, iterations: 0, seed: 0 };
  return printed(program, (training) => ({ ...training, settings }));
}

/** The meaning without live parameters, with batch and seed. */
function frameOf(program: Program): string {
  return printed(program, (training) => ({
    ...training,
    settings: { ...training.settings, iterations: 0 },
    optimizers: training.optimizers.map((each) => ({
      ...each,
      params: withoutLive(each.params, kindOf(sinks, each.kind).fields),
    })),
    iteration: training.iteration.map((slice) => ({ ...slice, instructions: slice.instructions.map(frozen) })),
  }));
}

const printed = (program: Program, changed: (training: TrainingProgram) => TrainingProgram): string =>
  printProgram({
    ...program,
    name: "",
    // a file of weights is told by what is in it, wherever it lies
    networks: program.networks.map((each) => ({ ...each, weights: each.weights && { ...each.weights, file: "" } })),
    training: program.training && { ...changed(program.training), sampling: null },
  });

function frozen(instruction: TrainingInstruction): TrainingInstruction {
  if (instruction.op !== "compute") return instruction;
  return { ...instruction, params: withoutLive(instruction.params, kindOf(functions, instruction.kind).fields) };
}

type Values = { readonly [param: string]: Json };

/** Parameters without the live ones, also those inside groups. */
function withoutLive(params: Values, fields: Fields): Values {
  const kept = Object.entries(params).filter(([name]) => !fields[name]?.live);
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const members = fields[name]?.fields;
      return [name, members && isGroup(value) ? withoutLive(value, members) : value];
    }),
  );
}

const isGroup = (value: Json): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);
