// Runs the conformance loop and writes docs/conformance.md from what it measured: the largest error of each kind.
//
//     npm run conformance                        everything: some minutes on two cores
//     npm run conformance -- --from FOLDER       from the records of a run with CONFORMANCE_TABLE=FOLDER
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({ options: { from: { type: "string" } } });
const file = "docs/conformance.md";
const tests = ["layers", "losses", "functions", "onnx", "webgpu"].map((name) => `tests/conformance/${name}.test.ts`);

const folder = options.from ?? run();
writeFileSync(file, document(largest(folder)));
if (!options.from) rmSync(folder, { recursive: true });
process.stdout.write(`Wrote ${file}\n`);

/** The folder of the run's records. Ends the program where a test fails: a table of a broken loop would say nothing. */
function run() {
  const records = mkdtempSync(path.join(os.tmpdir(), "conformance-"));
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", ...tests],
    {
      stdio: "inherit",
      env: { ...process.env, CONFORMANCE_TABLE: records },
    },
  );
  if (status === 0) return records;
  rmSync(records, { recursive: true });
  process.exit(status ?? 1);
}

/** Graph → kind → measure → the largest value. */
function largest(records) {
  const found = { network: {}, training: {} };
  for (const name of readdirSync(records))
    for (const line of readFileSync(path.join(records, name), "utf8").trim().split("\n")) {
      const { graph, name: kind, what, value } = JSON.parse(line);
      const row = (found[graph][kind] ??= {});
      row[what] = Math.max(row[what] ?? 0, value);
    }
  return found;
}

function document({ network, training }) {
  return `# Conformance

Written by \`npm run conformance\` from a run of the loop in \`tests/conformance\`; do not edit.

Every kind is run on all of its cases: its parameters' choices, odd sizes, a batch of 1, images of one pixel, several seeds.
Where PyTorch raises, the analysis refuses, and a test holds the one against the other. Each number is the largest error of all
cases, relative to the largest value of its tensor, in one digit:

- **outputs, gradients**: distance from PyTorch, which computes in float64. wasm is this project's build of it; WebGPU is
  Dawn on SwiftShader, a software adapter. The bound is 1e-5.
- **differences**: first-order gradients on wasm from finite differences, which are themselves rough in float32. The bound is 2e-3.
- **2nd wasm**: gradients of gradients of y + ½y² (of y alone, those of a linear kind are 0) from finite differences of
  gradients; the bound is 1e-2. **2nd WebGPU**: the same gradients on WebGPU from those on wasm; the bound is 1e-4. "once"
  where a kind may not lie under a gradient penalty.
- **ONNX**: what the kind writes, in ONNX Runtime, from tfjs in inference mode. The bound is 1e-5.

"–" stands where there is nothing to measure: labels have no gradient, functions of the training graph are not exported.
On kinks and within 1e-6 of them \`tests/conformance/kinks.test.ts\` compares second-order gradients with PyTorch itself, and
\`tests/session/penalties.test.ts\` gradient penalties of critics. Each gradient of TensorFlow.js that is mended fails without its
mend: \`tests/runtime/mends.test.ts\`.

## Layers of networks

${table(network)}

Input, Output and Block compute nothing: what they mean is proven in \`tests/core\`.

## Functions of the training graph

What losses refuse is listed in \`tests/core/kind/losses.test.ts\`.

${table(training)}

The other kinds of the training graph have no gradient of their own. Dataset, Noise, RandomLabel and Constant draw data:
\`tests/session/sources.test.ts\`. Network evaluates a network: \`tests/session/pytorch.test.ts\`. Optimizer is compared with PyTorch in
\`tests/conformance/optimizer.test.ts\` and \`tests/runtime/optimizers.test.ts\`.
`;
}

function table(rows) {
  const counts = ["cases", "seeds", "refusals"];
  const errors = [
    "wasm outputs",
    "webgpu outputs",
    "wasm gradients",
    "webgpu gradients",
    "differences",
    "wasm second order",
    "webgpu second order",
    "ONNX Runtime",
  ];
  const titles = ["kind", ...counts, "outputs wasm", "WebGPU", "gradients wasm", "WebGPU", "differences", "2nd wasm", "2nd WebGPU", "ONNX"]; // prettier-ignore
  const lines = Object.entries(rows)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, row]) => {
      const cells = errors.map((what) => (row.once && /second order/.test(what) ? "once" : digit(row[what])));
      return [kind, ...counts.map((what) => row[what] ?? "–"), ...cells];
    });
  const widths = titles.map((title, column) => Math.max(...[titles, ...lines].map((line) => String(line[column]).length))); // prettier-ignore
  const padded = (line) => `| ${line.map((cell, column) => (column ? String(cell).padStart(widths[column]) : String(cell).padEnd(widths[0]))).join(" | ")} |`; // prettier-ignore
  const rule = `| ${widths.map((width, column) => (column ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [padded(titles), rule, ...lines.map(padded)].join("\n");
}

function digit(value) {
  if (value === undefined) return "–";
  return value === 0 ? "0" : value.toExponential(0);
}
