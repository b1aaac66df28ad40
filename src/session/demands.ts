/** What a program, its data and the backend must have for a session: something to train, rows for a batch, a storage. */
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import type { Program, TrainingProgram } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import type { Storage } from "../runtime/half-storage.ts";

/** Throws a UserError where nothing is trained. */
export function trainingOf({ training }: Program): TrainingProgram {
  if (!training || training.optimizers.length === 0)
    throw new UserError(diagnose("nothing-to-train", { graph: "training" }, {}));
  return training;
}

/** Where the last, smaller batch is dropped, a data set must fill at least one; throws a UserError where it does not. */
export function requireRows({ sources }: TrainingProgram, dataSets: ReadonlyMap<string, DataSet>, batch: number): void {
  for (const { id, params } of sources) {
    const dataSet = dataSets.get(id);
    if (!dataSet || dataSet.count >= batch || params.drop_last !== true) continue;
    const edit = { do: "set-param", graph: "training", node: id, param: "drop_last", value: false } as const;
    const fix = { title: "Keep the last, smaller batch", edits: [edit] };
    throw new UserError(
      diagnose(
        "batch-too-large",
        { graph: "training", node: id },
        { batch, count: dataSet.count, name: dataSet.name },
        fix,
      ),
    );
  }
}

/** Throws a UserError where the backend does not store what gradients need so. */
export function requireStorage(backend: string, storage: Storage): void {
  if (storage === "float16" && backend !== "webgpu") throw new UserError(diagnose("storage-backend", {}, { backend }));
}
