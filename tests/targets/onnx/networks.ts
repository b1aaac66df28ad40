/** Networks to export: from templates and from a few lines, with seeded weights that leave nothing at its neutral value. */
import { readdirSync, readFileSync } from "node:fs";
import { openBackend } from "../../../src/cli/backend.ts";
import { analyze } from "../../../src/core/analysis/analyze.ts";
import { printDiagnostic } from "../../../src/core/analysis/diagnostics.ts";
import { parse } from "../../../src/core/document/parse.ts";
import { emptyDocument, type GanDocument, type Graph } from "../../../src/core/document/types.ts";
import { lower } from "../../../src/core/program/lower.ts";
import { parseProgram } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import type { NetworkProgram, Program } from "../../../src/core/program/types.ts";
import { elements, weightsOf, type Weight, type WeightStore } from "../../../src/core/program/weights.ts";
import { vocabulary } from "../../../src/kinds/index.ts";
import { createOps } from "../../../src/runtime/ops.ts";
import { draw } from "../../../src/runtime/philox.ts";
import { runNchw, type PlainTensors } from "../../../src/targets/tfjs/nchw.ts";
import { compileNetwork, type CompiledNetwork } from "../../../src/targets/tfjs/network.ts";
import { createVariables } from "../../../src/targets/tfjs/variables.ts";
import { dataSets } from "../../helpers/data-sets.ts";

export const { tf } = await openBackend("wasm");

const folder = new URL("../../../templates/", import.meta.url);
export const templates: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".gan.json"))
  .map((name) => name.replace(".gan.json", ""));
export const templateText = (name: string): string => readFileSync(new URL(`${name}.gan.json`, folder), "utf8");
export const template = (name: string): Program => programOf(templateText(name));

/** The Program of a document, printed and parsed again: a target may use nothing that the text lacks. */
export function programOf(document: string | GanDocument): Program {
  const parsed = typeof document === "string" ? parse(document).document! : document;
  const analysis = analyze(parsed, vocabulary, dataSets);
  const program = lower(parsed, analysis);
  if (!program) throw new Error(analysis.diagnostics.map(printDiagnostic).join("\n"));
  return parseProgram(printProgram(program));
}

type Wiring = Readonly<
  Record<string, readonly [kind: string, params: Record<string, unknown>, ...from: readonly string[]]>
>;

/** Nodes by id: kind, parameters, and where each of the inputs comes from. Ports are "out", "in", and "in.0", … */
export function network(wiring: Wiring, blocks: GanDocument["blocks"] = {}): NetworkProgram {
  const document = { ...emptyDocument("test"), networks: { model: graph(wiring) }, blocks };
  return programOf(document).networks[0];
}

export function graph(wiring: Wiring): Graph {
  const variadic = (kind: string) => vocabulary.network.get(kind)?.inputs[0]?.variadic;
  return {
    nodes: Object.fromEntries(Object.entries(wiring).map(([id, [kind, params]]) => [id, { kind, params }])),
    edges: Object.entries(wiring).flatMap(([id, [kind, , ...from]]) =>
      from.map((source, index) => ({ from: `${source}.out`, to: variadic(kind) ? `${id}.in.${index}` : `${id}.in` })),
    ),
  };
}

/** Matrices and kernels do not enlarge what goes through them, in either direction; statistics are neither 0 nor 1. */
export function randomWeights(network: NetworkProgram, seed = 1): Map<string, Weight> {
  return new Map(
    weightsOf(network).map(({ path, name, shape }) => {
      const values = draw(seed, path, { iteration: 0 }).normal(elements(shape));
      const fan = Math.max(shape[0], shape[1]) * elements(shape.slice(2));
      if (name === "running_var") return [path, { shape, data: values.map((z) => 0.5 + Math.abs(z)) }];
      if (shape.length > 1) return [path, { shape, data: values.map((z) => z * Math.sqrt(2 / fan)) }];
      return [path, { shape, data: values.map((z) => (name === "weight" ? 1 + 0.2 * z : 0.2 * z)) }];
    }),
  );
}

export interface TfjsNetwork {
  readonly compiled: CompiledNetwork;
  run(feeds: PlainTensors): Promise<PlainTensors>;
  dispose(): void;
}

export function inTfjs(network: NetworkProgram, store: WeightStore): TfjsNetwork {
  const variables = createVariables(tf, [network]);
  const { all, set } = variables.networks.get(network.name)!;
  set(store);
  const compiled = compileNetwork(tf, network, {
    weights: (path) => all.get(path)!,
    setBuffer: (path) => {
      throw new Error(`${path} changes in inference mode`);
    },
    ops: createOps(tf, { secondOrder: false }),
    random: (layer) => draw(1, layer, { iteration: 0 }),
  });
  return { compiled, run: (feeds) => runNchw(tf, compiled, feeds), dispose: () => variables.dispose() };
}

/** The same paths, shapes and values, to the last bit. */
export function sameWeights(a: WeightStore, b: WeightStore): boolean {
  const bytes = ({ data }: Weight) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const same = (one: Weight, other: Weight | undefined) =>
    other !== undefined && String(one.shape) === String(other.shape) && bytes(one).equals(bytes(other));
  return a.size === b.size && [...a].every(([path, weight]) => same(weight, b.get(path)));
}
