/** How commands speak: results to stdout, everything else to stderr, and what exit code a failure is. */
import { printDiagnostic, UserError, type Diagnostic } from "../core/analysis/diagnostics.ts";
import { diagnose, sentence } from "../core/analysis/diagnostics.ts";
import { DatasetProblem } from "../datasets/problems.ts";
import { BackendUnavailableError } from "../runtime/backend.ts";
import { AllocationError } from "../runtime/errors.ts";
import { OnnxFormatError } from "../targets/onnx/format-error.ts";
import { SafetensorsError } from "../targets/safetensors/safetensors.ts";
import { datasetDiagnostic } from "./datasets.ts";

export const result = (text: string): void => void process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
export const json = (value: unknown): void => result(JSON.stringify(value, null, 2));
export const notice = (text: string): void => void process.stderr.write(`${text}\n`);

/** A diagnostic as `check --json` prints it. */
export const plain = (diagnostic: Diagnostic) => ({
  code: diagnostic.code,
  severity: diagnostic.severity,
  at: diagnostic.at,
  message: sentence(diagnostic),
});

/** Tells what went wrong and gives the exit code: 1 where the input is at fault, 2 for wrong usage, 70 for our own mistakes. */
export function explain(error: unknown): number {
  const diagnostics = diagnosticsOf(error);
  if (!diagnostics) {
    notice(`GANvas itself failed, which is not your fault: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env.GANVAS_DEBUG && error instanceof Error) notice(error.stack ?? "");
    else notice("Set GANVAS_DEBUG=1 to see where, and please report it with the document.");
    return 70;
  }
  for (const diagnostic of diagnostics) notice(printDiagnostic(diagnostic));
  return 1;
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] | null {
  if (error instanceof UserError) return error.diagnostics;
  if (error instanceof DatasetProblem) return [datasetDiagnostic(error, {})];
  if (error instanceof BackendUnavailableError) return [diagnose("no-backend", {}, { reason: error.message })];
  if (error instanceof AllocationError)
    return [
      diagnose(
        "out-of-memory",
        {},
        {
          tensor: error.shape ? `a tensor of shape [${error.shape.join(", ")}]` : "scratch space",
          bytes: error.bytes,
          batch: 1,
        },
      ),
    ];
  const unusable = unusableFile(error);
  if (unusable) return [unusable];
  if (error instanceof OnnxFormatError)
    return [diagnose("onnx-malformed", {}, { file: "the file", reason: error.message })];
  if (error instanceof SafetensorsError)
    return [diagnose("run-damaged", {}, { file: "the file", reason: error.message })];
  return null;
}

/** The system's own word on a file: the person's to mend, not ours. */
function unusableFile(error: unknown): Diagnostic | null {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return null;
  const reason = systemReasons[String(error.code)];
  const path = "path" in error ? String(error.path) : "dest" in error ? String(error.dest) : "a file";
  return reason ? diagnose("file-unusable", {}, { path, reason }) : null;
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  ENOENT: "it does not exist",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EEXIST: "something else is in its place",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
};
