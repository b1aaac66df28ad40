/** Text → Program, the inverse of `printProgram`. Throws a ProgramSyntaxError that names the line. */
import type { Json } from "../kind/fields.ts";
import { parseType, type PortType } from "../kind/ports.ts";
import { initSchemes, type Initializer } from "../kind/weights.ts";
import {
  programFormat,
  type Draw,
  type Evaluate,
  type Compute,
  type Gradient,
  type Instruction,
  type NetworkProgram,
  type Operand,
  type Program,
  type Sampling,
  type Slice,
  type TrainingInstruction,
  type TrainingProgram,
  type TrainingSettings,
  type Virtual,
  type WeightDeclaration,
} from "./types.ts";

export class ProgramSyntaxError extends Error {
  constructor(line: number, text: string, wanted: string) {
    super(`line ${line}: found "${text.trim()}", wanted ${wanted}`);
    this.name = "ProgramSyntaxError";
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer M)[] ? M[] : T[K] };

export function parseProgram(text: string): Program {
  const lines = text.split("\n").filter((line) => line !== "");
  let at = 0;
  const fail = (wanted: string): never => {
    throw new ProgramSyntaxError(at + 1, lines[at] ?? "the end", wanted);
  };
  /** Takes the next line if it fits; its groups. */
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(lines[at] ?? "");
    if (match) at++;
    return match;
  };
  const type = (written: string): PortType => parseType(written) ?? fail(`a type instead of ${written}`);
  const operand = (written: string): Operand => {
    const colon = written.lastIndexOf(":");
    return { value: written.slice(0, colon), type: type(written.slice(colon + 1)) };
  };
  const outputs = (id: string, written: string) =>
    words(written).map((word) => (word.includes(":") ? operand(word) : { value: id, type: type(word) }));
  const json = (written: string): { [param: string]: Json } => JSON.parse(written);

  const head = take(new RegExp(`^${programFormat} (".*")$`, "s")) ?? fail(`"${programFormat}" and a name`);
  const networks: NetworkProgram[] = [];
  for (let match = take(network); match; match = take(network)) networks.push(parseNetwork(match));
  const opened = take(/^training batch (\d+) iterations (\d+) seed (\d+)$/);
  const training = opened
    ? parseTraining({ batch: Number(opened[1]), iterations: Number(opened[2]), seed: Number(opened[3]) })
    : null;
  if (at < lines.length) fail("a network, training or the end");
  return { name: JSON.parse(head[1]), networks, training };

  function parseNetwork([, name, scheme, sha256, file]: RegExpExecArray): NetworkProgram {
    const init = initSchemes.find((known) => known === scheme) ?? fail(`one of ${initSchemes.join(", ")}`);
    const weights = sha256 === undefined ? null : { file: JSON.parse(file) as string, sha256 };
    const parsed: Mutable<NetworkProgram> = { name, init, weights, inputs: [], instructions: [], outputs: [] };
    for (let m = take(input); m; m = take(input)) parsed.inputs.push({ name: m[1], type: type(m[2]) });
    for (let m = take(instruction); m; m = take(instruction)) parsed.instructions.push(parseInstruction(m));
    for (let m = take(output); m; m = take(output)) parsed.outputs.push({ name: m[1], value: m[2], type: type(m[3]) });
    return parsed;
  }
  function parseInstruction([, id, kind, operands, params, given, flops]: RegExpExecArray): Instruction {
    const weights: WeightDeclaration[] = [];
    for (let m = take(weight); m; m = take(weight)) weights.push(parseWeight(m));
    return {
      id,
      kind,
      params: json(params),
      inputs: words(operands).map(operand),
      outputs: outputs(id, given),
      weights,
      flops: Number(flops),
    };
  }
  function parseWeight([, role, path, shape, init, shared, layout, name]: RegExpExecArray): WeightDeclaration {
    return {
      name: name ?? path.slice(path.lastIndexOf(".") + 1),
      path,
      shared: shared !== undefined,
      trainable: role === "weight",
      shape: numbers(shape),
      init: initializer(init),
      tfjs: layout === undefined ? null : numbers(layout),
    };
  }
  function initializer(written: string): Initializer {
    const [, kind, first, second] = /^(\w+)\(([^,)]+)?(?:, ([^)]+))?\)$/.exec(written) ?? fail("an initializer");
    const [a, b] = [Number(first), Number(second)];
    if (kind === "unit") return { type: kind };
    if (kind === "constant") return { type: kind, value: a };
    if (kind === "uniform") return { type: kind, low: a, high: b };
    return kind === "normal" ? { type: kind, mean: a, std: b } : fail("constant, uniform, normal or unit");
  }
  function parseTraining(settings: TrainingSettings): TrainingProgram {
    const parsed: Mutable<TrainingProgram> = {
      settings,
      sources: [],
      optimizers: [],
      state: [],
      iteration: [],
      sampling: null,
    };
    for (let m = take(source); m; m = take(source))
      parsed.sources.push({
        id: m[1],
        kind: m[2],
        params: json(m[3]),
        outputs: words(m[4]).map((word) => ({ port: operand(word).value, type: operand(word).type })),
        draws: Number(m[5]),
      });
    for (let m = take(optimizer); m; m = take(optimizer))
      parsed.optimizers.push({ id: m[1], kind: m[2], params: json(m[3]), trains: words(m[4]) });
    for (let m = take(state); m; m = take(state)) parsed.state.push(parseWeight(m));
    for (let m = take(slice); m; m = take(slice)) {
      const opened: Mutable<Slice> = { id: m[1], optimizer: m[2], step: Number(m[3]), instructions: [] };
      for (let next = trainingInstruction(); next; next = trainingInstruction()) opened.instructions.push(next);
      parsed.iteration.push(opened);
    }
    const sampled = take(sampling);
    if (sampled) {
      const [, sample, name, sequential, score] = sampled;
      const [scorer, port, result] = words(score ?? "");
      const opened: Mutable<Sampling> = {
        instructions: [],
        sample: operand(sample),
        network: name,
        sequential: sequential ?? null,
        score: scorer ? { network: scorer, input: port, output: result } : null,
        beside: { before: beside("before"), after: beside("after") },
      };
      for (let next = trainingInstruction(); next; next = trainingInstruction())
        opened.instructions.push(next as Draw | Evaluate | Compute);
      parsed.sampling = opened;
    }
    return parsed;
  }
  function beside(where: string): Operand[] {
    return words(take(new RegExp(`^ {4}${where}((?: [^ =]+)+)$`))?.[1] ?? "").map(operand);
  }
  function trainingInstruction(): TrainingInstruction | null {
    let m = take(/^ {4}(\S+) = draw (\S+) step (\d+)(?: micro (\d+))? -> (.+)$/);
    if (m) {
      const [, id, source, step, micro = 0, given] = m;
      return { op: "draw", id, source, step: Number(step), micro: Number(micro), outputs: outputs(id, given) };
    }
    m = take(evaluation);
    if (m) {
      const inputs = words(m[7]).map((word) => ({
        port: word.slice(0, word.indexOf("=")),
        ...operand(word.slice(word.indexOf("=") + 1)),
      }));
      return {
        op: "evaluate",
        id: m[1],
        node: m[3],
        network: m[2],
        mode: m[4] === "train" ? "train" : "eval",
        virtual: virtual(m[5], m[6]),
        inputs,
        outputs: outputs(m[1], m[8]),
        gradient: gradient(m[9], m[10]),
      };
    }
    m = take(computation);
    if (m) {
      const inputs = words(m[6]).map((word) => (word === "-" ? null : operand(word)));
      return {
        op: "compute",
        id: m[1],
        node: m[3],
        kind: m[2],
        virtual: virtual(m[4], m[5]),
        params: json(m[7]),
        inputs,
        outputs: outputs(m[1], m[8]),
        gradient: gradient(m[9], m[10]),
      };
    }
    m = take(/^ {4}reuse (\S+)$/);
    if (m) return { op: "reuse", id: m[1] };
    m = take(/^ {4}virtual-update (\S+)~(\d+) loss (\S+) gradient (\S+)$/);
    if (m) return { op: "virtual-update", virtual: virtual(m[1], m[2])!, loss: m[3], recorded: m[4] };
    m = take(/^ {4}accumulate (\S+) loss (\S+)$/);
    if (m) return { op: "accumulate", recorded: m[1], loss: m[2] };
    m = take(/^ {4}update (\S+) (?:accumulated|loss (\S+)) trains (.+)$/);
    return m && { op: "update", optimizer: m[1], loss: m[2] ?? null, trains: words(m[3]) };
  }
}

// A line separator inside a text is no end of line here: hence the flag s where a text may stand.
const network = /^network (\S+) init (\S+)(?: weights ([0-9a-f]{64}) (".*"))?$/s;
const input = /^ {2}input (\S+) (\S+)$/;
const instruction = /^ {2}(\S+) = (\S+)((?: [^\s{]+)*) (\{.*\}) -> (.+) flops (\d+)$/s;
const weight =
  /^ {4}(weight|buffer) (\S+) \[([\d,]*)\] (\w+\([^)]*\))( shared)?(?: tfjs \[([\d,]+)\])?(?: name (\S+))?$/;
/** What functions of the training graph keep: written like a buffer, one level further out. */
const state = /^ {2}(buffer) (\S+) \[([\d,]*)\] (\w+\([^)]*\))( shared)?(?: tfjs \[([\d,]+)\])?(?: name (\S+))?$/;
const output = /^ {2}output (\S+) = (\S+) (\S+)$/;
const source = /^ {2}source (\S+) = (\S+) (\{.*\}) -> (.+) draws (\d+)$/s;
const optimizer = /^ {2}optimizer (\S+) = (\S+) (\{.*\}) trains (.*)$/s;
const slice = /^ {2}slice (\S+) optimizer (\S+) step (\d+)$/;
const evaluation =
  /^ {4}(\S+) = evaluate (\S+) at (\S+) (train|eval)(?: weights (\S+)~(\d+))?((?: \S+=\S+)*) -> (.+?)(?: gradient (\S+)( twice)?)?$/;
const computation =
  /^ {4}(\S+) = compute (\S+) at (\S+)(?: weights (\S+)~(\d+))?((?: [^\s{]+)*) (\{.*\}) -> (.+?)(?: gradient (\S+)( twice)?)?$/s;
const sampling = /^ {2}sampling (\S+) network (\S+)(?: sequential (\S+))?(?: score (.+))?$/;

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
const numbers = (text: string): number[] => (text === "" ? [] : text.split(",").map(Number));
const virtual = (name: string | undefined, step: string | undefined): Virtual | null =>
  name === undefined ? null : { optimizer: name, step: Number(step) };
const gradient = (name: string | undefined, twice: string | undefined): Gradient | null =>
  name === undefined ? null : { slice: name, order: twice ? 2 : 1 };
