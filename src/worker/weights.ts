/** Weights of files that a document's networks name, as the browser keeps them. */
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import type { Program } from "../core/program/types.ts";
import { wholeWeights, type WeightStore } from "../core/program/weights.ts";
import type { Session } from "../session/session.ts";
import type { WeightFileStore } from "../storage/storage.ts";
import { restoredWeights } from "../targets/onnx/restore-weights.ts";
import { weightsInSafetensors } from "../targets/safetensors/weights.ts";

/**
 * By network; those whose file is not in this browser are left out. Throws a UserError for each weight that a file lacks or has
 * in another shape.
 */
export async function keptWeights({ networks }: Program, files: WeightFileStore): Promise<Map<string, WeightStore>> {
  const found = new Map<string, WeightStore>();
  for (const network of networks) {
    const bytes = network.weights && (await files.bytes(network.weights.sha256));
    if (!network.weights || !bytes) continue;
    const given = restoredWeights(network, weightsInSafetensors(bytes, network.weights.file));
    found.set(network.name, wholeWeights(network, given));
  }
  return found;
}

/** Throws a UserError for each network whose weights neither a file nor a checkpoint has brought. */
export function requireWeights({ program, awaited }: Session): void {
  const absent = program.networks.filter(({ name }) => awaited.includes(name));
  const told = absent.map(({ name, weights }) =>
    diagnose("weights-absent", { graph: `networks.${name}`, param: "weights" }, { file: weights!.file, path: null }),
  );
  if (told.length > 0) throw new UserError(...told);
}
