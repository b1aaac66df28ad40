/**
 * One broken document for each code that a document alone can cause, named by its code (a part after a dot tells several
 * apart). The sentences stand in tests/golden/diagnostics.txt, to be read as prose.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue, type Code } from "../../../src/core/analysis/catalogue.ts";
import { printDiagnostic, sentence, type Diagnostic } from "../../../src/core/analysis/diagnostics.ts";
import { applyEdits } from "../../../src/core/document/edits.ts";
import { parse } from "../../../src/core/document/parse.ts";
import { analyzed } from "../../helpers/documents.ts";
import { expectGolden } from "../../helpers/golden.ts";

/** Where the file's own diagnostic stands, and which others come with it. */
type Expected = string | { readonly at: string; readonly also: readonly Code[] };
const expected: Readonly<Record<string, Expected>> = {
  "block-argument": "networks.net / b / param with",
  "block-nesting": "blocks.b99 / b",
  "block-recursive": "blocks.b / inner",
  "block-repeat-type": "networks.net / b / param repeat",
  "block-repeat": "networks.net / b / param repeat",
  "block-unknown": "networks.net / layer / param block",
  "calls-differ": { at: "training / call2 / port x", also: ["no-optimizer"] },
  "concat-shapes": "networks.net / skip",
  "cycle.blocks": { at: "networks.net / b", also: ["network-input-less"] },
  cycle: "networks.net / sum",
  "cycle.training": { at: "training / b", also: ["trains-unreached", "no-sample"] },
  "dataset-unknown": { at: "training / data / param name", also: ["no-optimizer"] },
  "document-format": "",
  "document-shape.deep": "",
  "document-shape": "",
  "document-shape.list": "",
  "document-shape.node": "networks.net",
  "document-version": "",
  "edge-node": "networks.net",
  "edge-port": "networks.net / x / port output",
  "expansion-too-large": "networks.net",
  "groups-divide": "networks.net / layer / param groups",
  "image-too-small": "networks.net / layer3 / port in",
  "input-differs": { at: "networks.net / x", also: ["no-optimizer"] },
  "input-untyped": "networks.net / x",
  "json-syntax.comment": "",
  "json-syntax.cut-off": "",
  "json-syntax": "",
  "json-syntax.quote": "",
  "kind-elsewhere": "networks.net / loss",
  "lint-bounded-score": "networks.d / sigmoid",
  "lint-checkerboard": "networks.g / up / param kernel_size",
  "lint-data-range": "training / data / param range",
  "lint-fake-smoothing": "training / fake_loss / param target",
  "lint-no-effect": "training / d_loss / param label_smoothing",
  "lint-normalized-output": "networks.g / bn",
  "lint-penalty-mixes": "networks.d / bn",
  "lint-unbounded-critic": "training / d_opt",
  "lint-unbounded-probability": {
    at: "training / fake_loss / port in",
    also: ["lint-unbounded-probability", "lint-unbounded-probability"],
  },
  "loss-batch": "training / opt / port loss",
  "many-samples": "training / call / param sample",
  "missing-wire": "networks.net / layer / port in",
  "network-empty": "networks.net",
  "network-input-less": { at: "networks.net", also: ["missing-wire"] },
  "network-name": "networks.my net",
  "network-unknown": { at: "training / fake / param network", also: ["no-optimizer"] },
  "no-optimizer": "training",
  "no-sample": "training",
  "node-name": "networks.net / my layer",
  "one-pixel": "networks.net / layer / port in",
  "output-absent": "training / call / port x",
  "output-absent.target": "training / call / port x",
  "output-empty": "networks.net / layer / param padding",
  "output-padding": "networks.net / layer / param output_padding",
  "output-too-large": "networks.net / layer",
  "param-needs": "training / opt / param nesterov",
  "param-unbound": "blocks.b / layer / param out_features",
  "param-unbound.unused": "blocks.b / layer / param out_features",
  "param-value.batch": "training / param batch",
  "param-value": "networks.net / layer / param out_features",
  "param-value.init": "networks.net / param init",
  "param-value.share": "networks.net / b / param share",
  "param-value.weights": "networks.net / param weights",
  "param-value.stale": "networks.net / y / port in",
  "path-clash": "networks.net / b.layer",
  "penalty-independent": "training / penalty / port output",
  "penalty-independent.same": "training / penalty / port output",
  "penalty-untrained": "training / penalty / port wrt",
  "port-gap": "networks.net / sum / port in.1",
  "reshape-shape": "networks.net / layer / param shape",
  "reshape-size": "networks.net / layer / param shape",
  "shapes-differ": "networks.net / sum",
  "share-shapes": "blocks.b / layer",
  "too-few-inputs": "networks.net / sum / port in",
  "trains-nothing": "training / opt / param trains",
  "trains-unknown": "training / opt / param trains",
  "trains-unreached": "training / opt / param trains",
  "trains-weightless": "training / opt / param trains",
  "two-producers": "networks.net / y / port in",
  "two-producers.twice": "networks.net / y / port in",
  "type-mismatch": "networks.net / layer / port in",
  "unknown-kind.far": "networks.net / layer",
  "unknown-kind": "networks.net / layer",
  "unknown-param": "networks.net / layer / param out_feature",
  "unknown-part": "networks.net",
  "unroll-own.common": "training / g_opt / param unroll",
  "unroll-own": "training / g_opt / param unroll",
  "unroll-unknown": "training / g_opt / param unroll",
  "unroll-unknown.none": "training / g_opt / param unroll",
  "unroll-unreached": "training / g_opt / param unroll",
  "unused-node": "networks.net / layer",
  "weights-count": "training / sum / param weights",
};

/** Codes about files, data, running and ONNX: no document causes them by itself, so other tests do. */
const elsewhere: readonly Code[] = [
  "file-missing",
  "file-unusable",
  ...[
    "dataset-missing",
    "dataset-empty",
    "data-malformed",
    "idx-truncated",
    "images-mixed-sizes",
    "data-type",
    "batch-too-large",
  ],
  ...[
    "not-finite",
    "out-of-memory",
    "run-exists",
    "run-missing",
    "run-damaged",
    "run-differs",
    "run-document",
    "run-variant",
    "storage-backend",
    "one-worker",
  ],
  ...[
    "weights-missing",
    "weights-shape",
    "weights-absent",
    "weights-differ",
    "weights-unreadable",
    "weights-none",
    "weights-which",
    "nothing-to-train",
    "data-node",
    "nothing-to-sample",
    "sampler-function",
    "choose-network",
    "no-backend",
    "studio-missing",
    "port-taken",
    "input-file",
  ],
  ...["onnx-malformed", "onnx-operator", "onnx-opset", "onnx-disagrees"],
  "penalty-once", // no kind is differentiable only once: penalties.test.ts makes one
  "unroll-once", // the same: unrolling.test.ts makes one
] as Code[];

const folder = path.resolve(import.meta.dirname, "../../broken");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".gan.json"))
  .map((file) => file.slice(0, -".gan.json".length))
  .sort();
const codeOf = (name: string) => name.split(".")[0] as Code;

function diagnosticsOf(name: string): Diagnostic[] {
  const { document, diagnostics } = parse(readFileSync(path.join(folder, `${name}.gan.json`), "utf8"));
  return [...diagnostics, ...(document ? analyzed(document).diagnostics : [])];
}

const printAt = ({ at: { graph, node, port, param } }: Diagnostic) =>
  [graph, node, port && `port ${port}`, param && `param ${param}`].filter(Boolean).join(" / ");

describe("broken documents", () => {
  it("cover every code that a document alone can cause", () => {
    const covered = new Set(names.map(codeOf));
    expect(Object.keys(catalogue).filter((code) => !covered.has(code as Code)).sort()).toEqual([...elsewhere].sort()); // prettier-ignore
  });

  it("are all expected here", () => {
    expect(names).toEqual(Object.keys(expected).sort());
  });

  it.each(names)("%s is told at its place, and before what follows from it", (name) => {
    const diagnostics = diagnosticsOf(name);
    const wanted = expected[name];
    const { at, also } = typeof wanted === "string" ? { at: wanted, also: [] } : wanted;
    const own = diagnostics.find(({ code }) => code === codeOf(name));
    expect(own && printAt(own)).toBe(at);
    expect(diagnostics.filter((diagnostic) => diagnostic !== own).map(({ code }) => code)).toEqual(also);
    const first = diagnostics.find(({ severity }) => severity === own!.severity);
    expect(first).toBe(own);
  });

  it.each(names)("%s is mended by its fix, where it has one", (name) => {
    const { document } = parse(readFileSync(path.join(folder, `${name}.gan.json`), "utf8"));
    for (const diagnostic of document ? analyzed(document).diagnostics : []) {
      if (!diagnostic.fix) continue;
      const codes = analyzed(applyEdits(document!, diagnostic.fix.edits)).diagnostics.map(({ code }) => code);
      expect(codes, diagnostic.fix.title).not.toContain(diagnostic.code);
    }
  });

  it("are told in whole sentences", () => {
    for (const diagnostic of names.flatMap(diagnosticsOf)) {
      const text = sentence(diagnostic);
      expect(text).toMatch(/^.+[.] [A-Z].+[.]$/s); // what is wrong, and what to do
      expect(text).not.toMatch(/undefined|NaN|\[object| {2}|\.\.|null(?! is)/);
      expect(text.length).toBeLessThan(diagnostic.code.startsWith("lint-") ? 340 : 240); // lints say why, and who showed it
    }
  });

  it("are told in the words of the golden file", () => {
    const told = names.map((name) => `${name}\n${diagnosticsOf(name).map(tell).join("")}`);
    expectGolden("diagnostics.txt", told.join("\n"));
  });
});

const tell = (diagnostic: Diagnostic): string =>
  `  ${printDiagnostic(diagnostic)}\n${diagnostic.fix ? `    fix: ${diagnostic.fix.title}\n` : ""}`;
