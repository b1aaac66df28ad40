// What must hold before a change goes in, besides the tests: types, lint, format, the import table, generated files.
//
//   node scripts/check.mjs              everything; ends with 1 where something fails
//   node scripts/check.mjs types lint   only these
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const bin = (module) => path.join(root, "node_modules", module);
const tsc = bin("typescript/bin/tsc");

/** Each gives the output of what failed, null where all is well. */
const checks = {
  types: { what: "types of sources and tests", run: () => node(tsc, "-p", "tsconfig.test.json") },
  studio: { what: "types of the studio", run: () => node(tsc, "-p", "tsconfig.editor.json") },
  core: { what: "core and kinds compile without DOM types", run: () => node(tsc, "-p", "tsconfig.core.json") },
  lint: { what: "lint", run: () => node(bin("eslint/bin/eslint.js"), ".", "--max-warnings", "0") },
  format: {
    what: "format (npm run format mends it)",
    run: () => node(bin("prettier/bin/prettier.cjs"), "--check", "."),
  },
  imports: {
    what: "who imports whom",
    run: () => node(bin("vitest/vitest.mjs"), "run", "--reporter=dot", "tests/architecture.test.ts"),
  },
  schemas: { what: "graph-schemas are fresh (npm run schemas mends them)", run: schemas },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no check ${unknown.join(", ")}; there are ${Object.keys(checks).join(", ")}.\n`);
  process.exit(2);
}
const failed = (asked.length > 0 ? asked : Object.keys(checks)).filter((name) => !passes(checks[name]));
if (failed.length > 0) {
  process.stderr.write(`\nFailed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}

function passes({ what, run }) {
  const begun = performance.now();
  const output = run();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(`${output === null ? "ok    " : "FAILED"}  ${what}  ${seconds} s\n`);
  if (output !== null) process.stderr.write(`${output.replace(/^/gm, "        ").trimEnd()}\n`);
  return output === null;
}

function node(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return status === 0 ? null : `${stdout}${stderr}`;
}

/** Compiles only what the schema is made of, apart from dist/, which may be older than the sources. */
function schemas() {
  const fresh = mkdtempSync(path.join(tmpdir(), "ganvas-schemas-"));
  try {
    writeFileSync(path.join(fresh, "package.json"), '{ "type": "module" }\n');
    node(tsc, "-p", "tsconfig.core.json", "--noEmit", "false", "--outDir", fresh); // "core" above tells of errors
    return node("scripts/schemas.mjs", fresh, "--check");
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
