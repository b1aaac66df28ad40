/** A TARGET argument: a run's folder, a document or a template. Gives one network's Program with weights. */
import { existsSync, statSync } from "node:fs";
import { diagnose, isError, UserError } from "../core/analysis/diagnostics.ts";
import type { NetworkProgram, Program } from "../core/program/types.ts";
import { lower } from "../core/program/lower.ts";
import { weightAt, weightsOf, type WeightStore } from "../core/program/weights.ts";
import type { Checkpoint } from "../session/checkpoint.ts";
import { initialWeights } from "../session/initialize.ts";
import { openDocument, programOf, type OpenedDocument } from "./document.ts";
import { runFolder } from "./run-folder.ts";

export interface TargetOptions {
  readonly network?: string;
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
  const name = chooseNetwork(opened, options.network);
  const [network] = programOf(opened, name).networks;
  const checkpoint = run?.checkpoint() ?? null;
  if (run && !checkpoint) throw new UserError(diagnose("run-missing", {}, { folder: run.folder }));
  const seed = settings?.seed ?? options.seed;
  const weights = checkpoint ? savedWeights(network, checkpoint, options.raw ?? false) : initialWeights(network, seed);
  const whole = opened.diagnostics.some(isError) ? null : lower(opened.document, opened.analysis);
  return { opened, network, weights, seed, iterations: checkpoint?.iteration ?? 0, program: whole };
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
    weightsOf(network).flatMap(({ path }) => {
      const averaged = raw ? undefined : averages.find((key) => key.endsWith(`/${network.name}/${path}`));
      const tensor = tensors.get(averaged ?? `weights/${network.name}/${path}`);
      return tensor ? [[path, tensor] as const] : [];
    }),
  );
  return new Map(weightsOf(network).map((weight) => [weight.path, weightAt(stored, weight, network.name)]));
}
