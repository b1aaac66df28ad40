/** Runs the built command line as a person does, in a folder of its own. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");
const main = path.join(root, "dist/cli/main.js");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Waits for the end. */
export function ganvas(args: readonly string[], cwd = root): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return { code: status, out: stdout, err: stderr };
}

/** Starts and gives the process, which the caller ends. */
export const startGanvas = (args: readonly string[], cwd = root) =>
  spawn(process.execPath, [main, ...args], { cwd, stdio: "ignore" });

/** A folder for one test file; `remove` at its end. */
export function scratch(name: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), `ganvas-${name}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
