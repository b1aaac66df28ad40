/**
 * Everything that a run must remember, as one safetensors file: weights and buffers, optimizers' slots and averages in
 * PyTorch's layout, and what the numbers depend on in its metadata. Batches, noise and dropout follow from the seed.
 */
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { readSafetensors, SafetensorsError, toFloat32, writeSafetensors } from "../targets/safetensors/safetensors.ts";

export interface Checkpoint {
  /** Iterations done. */
  readonly iteration: number;
  readonly seed: number;
  readonly batch: number;
  /** The arithmetic that it was made with: "wasm-relaxed", "wasm-simd", "webgpu". */
  readonly variant: string;
  /** The printed program that it belongs to. */
  readonly program: string;
  /** Steps done, by optimizer. */
  readonly steps: Readonly<Record<string, number>>;
  /**
   * Steps that an optimizer had done when the slots of a weight began, by "OPTIMIZER/NETWORK/PATH", where that is not 0: the
   * weight, or the rule, came into the program later.
   */
  readonly began?: Readonly<Record<string, number>>;
  /** "weights/NETWORK/PATH", "slots/OPTIMIZER/NETWORK/PATH/SLOT", "averages/OPTIMIZER/NETWORK/PATH", "state/NODE.NAME". */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

const format = "ganvas-checkpoint/1";

export function encodeCheckpoint({ tensors, ...run }: Checkpoint): Uint8Array {
  const { iteration, seed, batch, variant, program, steps, began } = run;
  const entries = [...tensors].map(([name, tensor]) => entry(name, tensor));
  return writeSafetensors(entries, {
    format,
    run: JSON.stringify({ iteration, seed, batch, variant, program, steps, began }),
  });
}

/** Throws a UserError that names the file where the bytes are no checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const damaged = (reason: string) => new UserError(diagnose("run-damaged", {}, { file, reason }));
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    if (metadata.format !== format) throw damaged("it is no checkpoint of GANvas");
    const run: unknown = JSON.parse(metadata.run);
    if (!isRun(run)) throw damaged("it does not say which run it belongs to");
    return {
      ...run,
      tensors: new Map([...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: toFloat32(tensor) }])),
    };
  } catch (error) {
    if (error instanceof SafetensorsError || error instanceof SyntaxError) throw damaged(error.message);
    throw error;
  }
}

function isRun(value: unknown): value is Omit<Checkpoint, "tensors"> {
  const run = { ...(value as object) } as Record<string, unknown>;
  const numbers = [run.iteration, run.seed, run.batch].every(Number.isSafeInteger);
  const texts = [run.variant, run.program].every((text) => typeof text === "string");
  const isRecord = (entry: unknown) => typeof entry === "object" && entry !== null;
  return numbers && texts && isRecord(run.steps) && isRecord(run.began ?? {});
}

/** One network's weights alone, named as in a state_dict. */
export const encodeCheckpointWeights = (weights: Checkpoint["tensors"]): Uint8Array =>
  writeSafetensors(
    [...weights].map(([name, weight]) => entry(name, weight)),
    { format: "pt" },
  );

const entry = (name: string, { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }) => ({
  name,
  dtype: "F32" as const,
  shape,
  data: data as Float32Array<ArrayBuffer>,
});
