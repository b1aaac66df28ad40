/** Weights from files: those that a document's networks name, and those that a person gives for a warm start. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { sha256Of } from "../core/document/weights-file.ts";
import type { NetworkProgram } from "../core/program/types.ts";
import { fitWeights, weightsByNetwork, wholeWeights, type Fit, type WeightStore } from "../core/program/weights.ts";
import { initialWeights } from "../session/initialize.ts";
import { restoredWeights } from "../targets/onnx/restore-weights.ts";
import { weightsInSafetensors } from "../targets/safetensors/weights.ts";

/**
 * The weights of the file that a network names, null where it names none. Throws a UserError where there is no such file in the
 * document's folder, where it is another one, and for every weight that is missing in it or has another shape.
 */
export async function namedWeights(network: NetworkProgram, folder: string): Promise<WeightStore | null> {
  if (!network.weights) return null;
  const { file, sha256 } = network.weights;
  const at = { graph: `networks.${network.name}`, param: "weights" };
  const found = path.join(folder, file);
  if (!existsSync(found)) throw new UserError(diagnose("weights-absent", at, { file, path: found }));
  const bytes = readFileSync(found);
  const own = await sha256Of(bytes);
  if (own !== sha256) throw new UserError(diagnose("weights-differ", at, { file, found: own, wanted: sha256 }));
  return wholeWeights(network, restoredWeights(network, weightsInSafetensors(bytes, found)));
}

/** What a network takes of a file that was given for a warm start. */
export interface WarmStart {
  readonly file: string;
  readonly network: string;
  readonly fit: Fit;
}

export interface Starts {
  readonly warm: readonly WarmStart[];
  /** What networks start from where it is not their initializers, in full. */
  weights(seed: number): ReadonlyMap<string, WeightStore>;
}

/**
 * Reads all files that a new run starts from.
 * @param folder the document's
 * @param given each FILE or NETWORK=FILE, taken by name and shape, later ones over earlier ones
 * @throws a UserError where a file cannot be read, is not clear about its network, or has nothing that fits
 */
export async function openStarts(
  networks: readonly NetworkProgram[],
  folder: string,
  given: readonly string[],
): Promise<Starts> {
  const named = new Map<string, WeightStore>();
  for (const network of networks) {
    const weights = await namedWeights(network, folder);
    if (weights) named.set(network.name, weights);
  }
  const nothing: WeightStore = new Map();
  const warm = given.flatMap((each) => portionsOf(each, networks));
  return {
    warm: warm.map(({ file, network, weights }) => {
      const { weights: _, ...fit } = fitWeights(network, weights, nothing);
      return { file, network: network.name, fit };
    }),
    weights(seed) {
      const starts = new Map(named);
      for (const { network, weights } of warm) {
        const own = starts.get(network.name) ?? initialWeights(network, seed);
        starts.set(network.name, fitWeights(network, weights, own).weights);
      }
      return starts;
    },
  };
}

/** A line on what a network takes, and one for each weight that does not fit. */
export function describeWarmStart({ file, network, fit }: WarmStart): string {
  const { taken, misfits, missing, unused } = fit;
  const shape = (extents: readonly number[]) => `[${extents.join(", ")}]`;
  return [
    `${network} starts with ${taken} of ${taken + misfits.length + missing.length} weights from ${file}`,
    ...misfits.map(({ path: name, found, wanted }) => `  ${name}: found ${shape(found)}, wanted ${shape(wanted)}; starts fresh`), // prettier-ignore
    ...missing.map((name) => `  ${name}: not in the file; starts fresh`),
    ...unused.map((name) => `  ${name}: in the file alone; unused`),
  ].join("\n");
}

interface Portion {
  readonly file: string;
  readonly network: NetworkProgram;
  readonly weights: WeightStore;
}

/** Which networks one --weights is for, and with what. */
function portionsOf(given: string, networks: readonly NetworkProgram[]): readonly Portion[] {
  const names = networks.map(({ name }) => name);
  const asked = names.find((name) => given.startsWith(`${name}=`));
  const file = asked === undefined ? given : given.slice(asked.length + 1);
  if (!existsSync(file)) throw missing(file, names);
  const whole = weightsInSafetensors(readFileSync(file), file);
  const eligible = networks.filter(({ name }) => asked === undefined || name === asked);
  const portion = (network: NetworkProgram, weights: WeightStore): Portion & { readonly taken: number } => {
    const restored = restoredWeights(network, weights);
    return { file, network, weights: restored, taken: fitWeights(network, restored, restored).taken };
  };
  const parts = weightsByNetwork(whole, names);
  const prefixed = eligible.flatMap((network) => {
    const own = parts.get(network.name);
    return own ? [portion(network, own)] : [];
  });
  const plain = eligible.length === 1 ? [portion(eligible[0], whole)] : [];
  const taken = (portions: typeof plain) => portions.reduce((sum, each) => sum + each.taken, 0);
  const best = taken(plain) > taken(prefixed) ? plain : prefixed;
  if (taken(best) > 0) return best;
  if (plain.length === 0 && prefixed.length === 0)
    throw new UserError(diagnose("weights-which", {}, { file, networks: names }));
  const at = eligible.length === 1 ? { graph: `networks.${eligible[0].name}` } : {};
  throw new UserError(diagnose("weights-none", at, { file, count: whole.size }));
}

/** "critik=w.safetensors" means a network that is not there, where it is not the name of a file. */
function missing(file: string, networks: readonly string[]): UserError {
  const [, network] = /^([\w-]+)=/.exec(file) ?? [];
  return network === undefined
    ? new UserError(diagnose("weights-unreadable", {}, { file, reason: "there is no such file" }))
    : new UserError(diagnose("network-unknown", {}, { network, networks }));
}
