/**
 * Program → text, a line an instruction: what golden tests compare and people read. `parseProgram` is its inverse.
 *
 *     network generator init dcgan
 *       input z vector[100]
 *       fc = Linear z:vector[100] {"out_features":6272,…} -> vector[6272] flops 1254400
 *         weight fc.weight [6272,100] normal(0, 0.02)
 *       output image = tanh image[1,28,28]
 */
import { printType, type PortType } from "../kind/ports.ts";
import type { Initializer } from "../kind/weights.ts";
import {
  programFormat,
  type Gradient,
  type Instruction,
  type NetworkProgram,
  type Operand,
  type Program,
  type TrainingInstruction,
  type TrainingProgram,
  type Virtual,
  type WeightDeclaration,
} from "./types.ts";

export function printProgram({ name, networks, training }: Program): string {
  const lines = [
    `${programFormat} ${JSON.stringify(name)}`,
    ...networks.flatMap(printNetwork),
    ...(training ? printTraining(training) : []),
  ];
  return lines.join("\n") + "\n";
}

const printNetwork = ({ name, init, weights, inputs, instructions, outputs }: NetworkProgram): string[] => [
  `network ${name} init ${init}${weights ? ` weights ${weights.sha256} ${JSON.stringify(weights.file)}` : ""}`,
  ...inputs.map((input) => `  input ${input.name} ${printType(input.type)}`),
  ...instructions.flatMap(printInstruction),
  ...outputs.map((output) => `  output ${output.name} = ${output.value} ${printType(output.type)}`),
];

const printInstruction = ({ id, kind, params, inputs, outputs, weights, flops }: Instruction): string[] => [
  `  ${id} = ${kind}${inputs.map((input) => ` ${printOperand(input)}`).join("")} ${JSON.stringify(params)} -> ${printOutputs(id, outputs)} flops ${flops}`,
  ...weights.map(printWeight),
];

function printWeight({ name, path, shared, trainable, shape, init, tfjs }: WeightDeclaration): string {
  const notes = [
    ...(shared ? ["shared"] : []),
    ...(tfjs ? [`tfjs [${tfjs.join(",")}]`] : []),
    ...(path.slice(path.lastIndexOf(".") + 1) === name ? [] : [`name ${name}`]),
  ];
  return `    ${trainable ? "weight" : "buffer"} ${path} [${shape.join(",")}] ${printInitializer(init)}${notes.map((note) => ` ${note}`).join("")}`;
}

function printInitializer(init: Initializer): string {
  switch (init.type) {
    case "constant":
      return `constant(${init.value})`;
    case "uniform":
      return `uniform(${init.low}, ${init.high})`;
    case "normal":
      return `normal(${init.mean}, ${init.std})`;
    case "unit":
      return "unit()";
  }
}

function printTraining({ settings, sources, optimizers, state, iteration, sampling }: TrainingProgram): string[] {
  return [
    `training batch ${settings.batch} iterations ${settings.iterations} seed ${settings.seed}`,
    ...sources.map(
      ({ id, kind, params, outputs, draws }) =>
        `  source ${id} = ${kind} ${JSON.stringify(params)} -> ${outputs.map(({ port, type }) => `${port}:${printType(type)}`).join(" ")} draws ${draws}`,
    ),
    ...optimizers.map(
      ({ id, kind, params, trains }) =>
        `  optimizer ${id} = ${kind} ${JSON.stringify(params)} trains ${trains.join(" ")}`,
    ),
    ...state.map(printWeight).map((line) => line.slice(2)),
    ...iteration.flatMap((slice) => [
      `  slice ${slice.id} optimizer ${slice.optimizer} step ${slice.step}`,
      ...slice.instructions.map((instruction) => `    ${printTrainingInstruction(instruction)}`),
    ]),
    ...(sampling
      ? [
          `  sampling ${printOperand(sampling.sample)} network ${sampling.network}` +
            (sampling.sequential ? ` sequential ${sampling.sequential}` : "") +
            (sampling.score ? ` score ${sampling.score.network} ${sampling.score.input} ${sampling.score.output}` : ""),
          ...printBeside("before", sampling.beside.before),
          ...printBeside("after", sampling.beside.after),
          ...sampling.instructions.map((instruction) => `    ${printTrainingInstruction(instruction)}`),
        ]
      : []),
  ];
}

const printBeside = (where: string, images: readonly Operand[]): string[] =>
  images.length === 0 ? [] : [`    ${where}${images.map((image) => ` ${printOperand(image)}`).join("")}`];

function printTrainingInstruction(instruction: TrainingInstruction): string {
  switch (instruction.op) {
    case "draw":
      return `${instruction.id} = draw ${instruction.source} step ${instruction.step}${instruction.micro > 0 ? ` micro ${instruction.micro}` : ""} -> ${printOutputs(instruction.id, instruction.outputs)}`;
    case "evaluate": {
      const { id, node, network, mode, virtual, inputs, outputs, gradient } = instruction;
      const operands = inputs.map((input) => ` ${input.port}=${printOperand(input)}`).join("");
      return `${id} = evaluate ${network} at ${node} ${mode}${printVirtual(virtual)}${operands} -> ${printOutputs(id, outputs)}${printGradient(gradient)}`;
    }
    case "compute": {
      const { id, node, kind, virtual, params, inputs, outputs, gradient } = instruction;
      const operands = inputs.map((input) => ` ${input ? printOperand(input) : "-"}`).join("");
      return `${id} = compute ${kind} at ${node}${printVirtual(virtual)}${operands} ${JSON.stringify(params)} -> ${printOutputs(id, outputs)}${printGradient(gradient)}`;
    }
    case "reuse":
      return `reuse ${instruction.id}`;
    case "virtual-update": {
      const { virtual, loss, recorded } = instruction;
      return `virtual-update ${virtual.optimizer}~${virtual.step} loss ${loss} gradient ${recorded}`;
    }
    case "accumulate":
      return `accumulate ${instruction.recorded} loss ${instruction.loss}`;
    case "update": {
      const { optimizer, loss, trains } = instruction;
      return `update ${optimizer} ${loss === null ? "accumulated" : `loss ${loss}`} trains ${trains.join(" ")}`;
    }
  }
}

const printOperand = ({ value, type }: Operand): string => `${value}:${printType(type)}`;
/** An instruction with one output has its id for the value's name; with several, each is named. */
const printOutputs = (id: string, outputs: readonly { value: string; type: PortType }[]): string =>
  outputs.map(({ value, type }) => (value === id ? printType(type) : `${value}:${printType(type)}`)).join(" ");
const printVirtual = (virtual: Virtual | null): string =>
  virtual ? ` weights ${virtual.optimizer}~${virtual.step}` : "";
const printGradient = (gradient: Gradient | null): string =>
  gradient ? ` gradient ${gradient.slice}${gradient.order === 2 ? " twice" : ""}` : "";
