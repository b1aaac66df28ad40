/** Tests of the command line run dist/: built anew where a source is younger. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";

export default function setup(): void {
  const built = modified("dist/cli/main.js");
  const sources = readdirSync("src", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (sources.every((entry) => modified(path.join(entry.parentPath, entry.name)) <= built)) return;
  execFileSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
}

const modified = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
