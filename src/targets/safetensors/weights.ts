/** A safetensors file as weights, as PyTorch and others save a state_dict. */
import { diagnose, UserError } from "../../core/analysis/diagnostics.ts";
import type { WeightStore } from "../../core/program/weights.ts";
import { readSafetensors, SafetensorsError, toFloat32, type SafetensorsDtype } from "./safetensors.ts";

/**
 * Every tensor of real numbers by its name; whole numbers are counters (`num_batches_tracked`) and are left out. Throws a
 * UserError where the bytes are no whole safetensors file.
 * @param file its name, for the message
 */
export function weightsInSafetensors(bytes: Uint8Array, file: string): WeightStore {
  try {
    const tensors = [...readSafetensors(bytes).tensors].filter(([, { dtype }]) => reals.has(dtype));
    return new Map(tensors.map(([path, tensor]) => [path, { shape: tensor.shape, data: toFloat32(tensor) }]));
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new UserError(diagnose("weights-unreadable", {}, { file, reason: error.message.replace(/\.$/, "") }));
  }
}

const reals: ReadonlySet<SafetensorsDtype> = new Set(["F64", "F32", "F16", "BF16"]);
