// Lets a thread that a test starts (node --import) run the project's sources: their types are taken out as they are loaded.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

if (import.meta.url.endsWith("#hooks") === false) register(`${import.meta.url}#hooks`);

let typescript;

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !/\.ts$/.test(url)) return next(url, context);
  typescript ??= (await import("typescript")).default;
  const { ModuleKind, ScriptTarget, transpileModule } = typescript;
  const source = readFileSync(fileURLToPath(url), "utf8");
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023, verbatimModuleSyntax: true };
  return { format: "module", shortCircuit: true, source: transpileModule(source, { compilerOptions }).outputText };
}
