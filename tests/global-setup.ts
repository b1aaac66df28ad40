/** Tests of the command line and of the page run dist/: built anew where a source is younger and such tests were asked for. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";

export default function setup(): void {
  const asked = process.argv.slice(2).filter((argument) => argument.startsWith("tests/"));
  if (asked.length > 0 && !asked.some((pattern) => /\b(cli|e2e)\b/.test(pattern))) return;
  const built = modified("dist/cli/main.js");
  const sources = ["src", "templates"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  );
  if (sources.every((entry) => modified(path.join(entry.parentPath, entry.name)) <= built)) return;
  execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
}

const modified = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
