/** A TARGET argument: a run's folder, a document or a template. Gives one network's Program with weights. */
import { existsSync, statSync } from "node:fs";
import { diagnose, isError, UserError } from "../core/analysis/diagnostics.ts";
import type { NetworkProgram, Program } from "../core/program/types.ts";
import { lower } from "../core/program/lower.ts";
import { samplerOf, samplerWeights } from "../core/program/sampler.ts";
import { weightAt, weightsOf as declared, type WeightStore } from "../core/program/weights.ts";
import { vocabulary } from "../kinds/index.ts";
import type { Checkpoint } from "../session/checkpoint.ts";
import { initialWeights } from "../session/initialize.ts";
import { openDocument, programOf, type OpenedDocument } from "./document.ts";
import { namedWeights } from "./weights.ts";
import { runFolder } from "./run-folder.ts";

export interface TargetOptions {
  readonly network?: string;
  /** The whole way to the sample in place of one network. */
  readonly sampler?: boolean;
  /** Seeds the weights of a document. */
  readonly seed: number;
  /** A run whose weights a document takes. */
  readonly run?: string;
  /** Leaves averaged weights aside. */
  readonly raw?: boolean;
}

export interface Target {
  readonly opened: OpenedDocument;
  readonly network: NetworkProgram;
  readonly weights: WeightStore;
  readonly seed: number;
  /** Iterations of training behind the weights. */
  readonly iterations: number;
  /** The whole program, where the document has one without errors. */
  readonly program: Program | null;
}

export async function openTarget(argument: string, options: TargetOptions): Promise<Target> {
  const isRun = existsSync(argument) && statSync(argument).isDirectory();
  const folder = isRun ? argument : options.run;
  const run = folder === undefined ? null : runFolder(folder);
  const settings = run?.settings();
  const opened = await openDocument(isRun ? run!.document : argument);
  const checkpoint = run?.checkpoint() ?? null;
  if (run && !checkpoint) throw new UserError(diagnose("run-missing", {}, { folder: run.folder }));
  const seed = settings?.seed ?? options.seed;
  const weightsOf = async (network: NetworkProgram): Promise<WeightStore> =>
    checkpoint
      ? savedWeights(network, checkpoint, options.raw ?? false)
      : ((await namedWeights(network, opened.folder)) ?? initialWeights(network, seed));
  const weighted = options.sampler ? wholeWay(opened, weightsOf) : oneNetwork(opened, options, weightsOf);
  const [network, weights] = await weighted;
  const whole = opened.diagnostics.some(isError) ? null : lower(opened.document, opened.analysis);
  return { opened, network, weights, seed, iterations: checkpoint?.iteration ?? 0, program: whole };
}

type Weighted = readonly [NetworkProgram, WeightStore];
type WeightsOf = (network: NetworkProgram) => Promise<WeightStore>;

async function oneNetwork(
  opened: OpenedDocument,
  { network: asked }: TargetOptions,
  weightsOf: WeightsOf,
): Promise<Weighted> {
  const [network] = programOf(opened, chooseNetwork(opened, asked)).networks;
  return [network, await weightsOf(network)];
}

async function wholeWay(opened: OpenedDocument, weightsOf: WeightsOf): Promise<Weighted> {
  const program = programOf(opened);
  const sampler = samplerOf(program, vocabulary);
  const sampled = program.networks.filter(({ name }) =>
    sampler.instructions.some(({ id }) => id.startsWith(`${name}.`)),
  );
  const own = new Map<string, WeightStore>();
  for (const network of sampled) own.set(network.name, await weightsOf(network));
  return [sampler, samplerWeights(program, sampler, (name) => own.get(name) ?? new Map())];
}

/** The named network, the only one, or the one that is sampled. Throws a UserError where none of these is there. */
export function chooseNetwork({ analysis }: OpenedDocument, asked: string | undefined): string {
  const networks = [...analysis.networks.keys()];
  if (asked !== undefined) {
    if (networks.includes(asked)) return asked;
    throw new UserError(diagnose("network-unknown", {}, { network: asked, networks }));
  }
  if (networks.length === 1) return networks[0];
  const { nodes, sample } = analysis.training;
  const sampled = sample === null ? undefined : nodes.get(sample);
  if (sampled?.role === "call" && networks.includes(sampled.network)) return sampled.network;
  throw new UserError(diagnose("choose-network", {}, { networks }));
}

function savedWeights(network: NetworkProgram, { tensors }: Checkpoint, raw: boolean): WeightStore {
  const averages = [...tensors.keys()].filter((key) => key.startsWith("averages/"));
  const stored = new Map(
    declared(network).flatMap(({ path }) => {
      const averaged = raw ? undefined : averages.find((key) => key.endsWith(`/${network.name}/${path}`));
      const tensor = tensors.get(averaged ?? `weights/${network.name}/${path}`);
      return tensor ? [[path, tensor] as const] : [];
    }),
  );
  return new Map(declared(network).map((weight) => [weight.path, weightAt(stored, weight, network.name)]));
}
