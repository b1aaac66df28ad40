/**
 * What the loop measured, for the table of docs/conformance.md: where CONFORMANCE_TABLE names a folder, a JSON line for each
 * number that is larger than those of its kind before it. scripts/conformance.mjs asks for them and takes the largest.
 */
import { appendFileSync } from "node:fs";
import path from "node:path";

/**
 * "outputs" and "gradients" are distances from PyTorch, "differences" those of slopes from differences in the first order,
 * "once" says that there is no second.
 */
export type Measure =
  | `${"wasm" | "webgpu"} ${"outputs" | "gradients" | "second order"}`
  | "differences"
  | "once"
  | "ONNX Runtime"
  | "cases"
  | "seeds"
  | "refusals";

/** Kinds of a network and of the training graph may have one name. */
export interface Measured {
  readonly graph: "network" | "training";
  readonly name: string;
}

const largest = new Map<string, number>();

export function measured({ graph, name }: Measured, what: Measure, value: number): void {
  const folder = process.env.CONFORMANCE_TABLE;
  if (!folder) return;
  const key = `${graph} ${name} ${what}`;
  if (value <= (largest.get(key) ?? -1)) return;
  largest.set(key, value);
  appendFileSync(path.join(folder, `${process.pid}.jsonl`), JSON.stringify({ graph, name, what, value }) + "\n");
}

/** For expectEqual: the errors of outputs and buffers, and those of gradients ("grad weight", "0 grad x"). */
export const comparing =
  (kind: Measured, backend: "wasm" | "webgpu") =>
  (name: string, error: number): void =>
    measured(kind, `${backend} ${/\bgrad /.test(name) ? "gradients" : "outputs"}`, error);
