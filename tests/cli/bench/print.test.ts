/** How results are told. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { machine } from "../../../src/cli/bench/machine.ts";
import { figureOf } from "../../../src/cli/bench/measure.ts";
import { drawPlot } from "../../../src/cli/bench/plots.ts";
import { digits, sectionMarkdown, sectionText, targetText } from "../../../src/cli/bench/print.ts";
import { packageRoot } from "../../../src/cli/files.ts";
import { portable, writeResult } from "../../../src/cli/bench/results.ts";
import type { Section } from "../../../src/cli/bench/suite.ts";

const rounds = new Map([
  ["ours", [12, 18].map((value) => ({ value, extra: { dispatches: 62 } }))],
  ["theirs", [10, 10].map((value) => ({ value }))],
]);
const absent = new Map([["PyTorch", "absent: no such file"]]);
const section: Section = {
  title: "Steps",
  text: "One after another.",
  figures: [
    {
      ...figureOf(rounds, { case: "dcgan, batch 1", unit: "ms a step", reference: "theirs", absent }),
      targets: [
        { what: "ours", atMost: 1.4, unit: "×", found: 1.5 },
        { what: "another", atMost: 1, unit: "ms", found: 0.5 },
        { what: "a third", atMost: 1, unit: "ms", found: null },
      ],
    },
  ],
  plots: [{ form: "bars", title: "Time", unit: "×", groups: ["dcgan"], series: [{ name: "ours", values: [1.5] }] }],
  failures: ["dcgan was not replayed: a reason."],
};

describe("digits", () => {
  it.each([
    [0, "0"],
    [0.0123456, "0.0123"],
    [1.4, "1.40"],
    [31.66, "31.7"],
    [12345.6, "12,346"],
    [0.0000123, "1.23e-5"],
  ])("writes %d as %s", (value, text) => expect(digits(value)).toBe(text));
});

describe("a section", () => {
  it("is a table with medians, spread, ratio and further columns, then targets and failures", () => {
    expect(sectionText(section).split("\n")).toEqual([
      "Steps",
      "=====",
      "",
      "One after another.",
      "",
      "dcgan, batch 1             ms a step  least–most          × theirs  dispatches",
      "ours                            15.0   12.0–18.0  1.50 (1.20–1.80)        62.0",
      "theirs                          10.0   10.0–10.0",
      "PyTorch         absent: no such file",
      "NOT MET: ours: 1.50 × (at most 1.40 ×)",
      "met: another: 0.500 ms (at most 1.00 ms)",
      "not measured: a third (at most 1.00 ms)",
      "",
      "FAILED: dcgan was not replayed: a reason.",
    ]);
  });

  it("is the same table in Markdown, with its plots", () => {
    const text = sectionMarkdown(section, ["train-1.svg"]);
    expect(text).toContain("| dcgan, batch 1 | ms a step | least–most | × theirs | dispatches |\n| --- |");
    expect(text).toContain("| ours | 15.0 | 12.0–18.0 | 1.50 (1.20–1.80) | 62.0 |");
    expect(text).toContain("![Time](train-1.svg)");
    expect(text).toContain("- NOT MET: ours");
  });

  it("counts a target as met where what was found is exactly what is allowed", () => {
    expect(targetText({ what: "x", atMost: 1, unit: "×", found: 1 })).toMatch(/^met/);
  });

  it("is written with everything that a reader needs to repeat it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ganvas-bench-"));
    try {
      const options = {
        cases: null,
        batches: null,
        backends: null,
        rounds: 2,
        steps: null,
        limit: null,
        profile: false,
      };
      const result = {
        suite: "train",
        title: "Training",
        at: "2030-01-02T03:04:05Z",
        machine: machine(),
        options,
      } as const;
      const files = writeResult(folder, { ...result, sections: [section] }, "npx ganvas bench --rounds 2", drawPlot);
      expect(files.map((file) => path.basename(file)).sort()).toEqual(["train-1.svg", "train.json", "train.md"]);
      expect(files.every((file) => existsSync(file))).toBe(true);
      const markdown = readFileSync(path.join(folder, "train.md"), "utf8");
      expect(markdown).toContain("Measured on 2030-01-02 by");
      expect(markdown).toContain("npx ganvas bench --rounds 2");
      expect(markdown).toContain(`node ${process.versions.node}`);
      const json = JSON.parse(readFileSync(path.join(folder, "train.json"), "utf8")) as { sections: Section[] };
      expect(json.sections[0].figures[0].rows[0].spread?.median).toBe(15);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("sections that have a name have files of their own, in which no folder of this machine is told", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ganvas-bench-"));
  try {
    const options = {
      cases: null,
      batches: null,
      backends: null,
      rounds: null,
      steps: null,
      limit: null,
      profile: false,
    };
    const notes = [
      `absent: no such file: ${path.join(packageRoot, "bench/pytorch/twin.py")}, ${tmpdir()}/ganvas-twin-1`,
    ];
    const sections = [{ ...section, name: "wasm", notes }, { ...section, name: "memory" }, section];
    const result = {
      suite: "train",
      title: "Training",
      at: "2030-01-02T03:04:05Z",
      machine: machine(),
      options,
    } as const;
    const command = `npx ganvas bench --out ${path.resolve(packageRoot, "docs")}`;
    const files = writeResult(folder, { ...result, sections }, command, drawPlot).map((file) => path.basename(file));
    expect(files.filter((file) => file.endsWith(".md"))).toEqual(["train-wasm.md", "train-memory.md", "train.md"]);
    const text = readFileSync(path.join(folder, "train-wasm.md"), "utf8");
    expect(text).toContain("--out ./docs");
    expect(text).toContain("no such file: ./bench/pytorch/twin.py, TMP/ganvas-twin-1");
    expect(text).toContain("![Time](train-wasm-1.svg)");
    expect(
      (JSON.parse(readFileSync(path.join(folder, "train-wasm.json"), "utf8")) as { sections: Section[] }).sections,
    ).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("portable text keeps what only begins like a folder", () => {
  const root = path.resolve(packageRoot);
  expect(portable(`at file://${root}/dist/x.js:3 and ${root}2/y`)).toBe(
    `at ./dist/x.js:3 and ${portable(`${root}2/y`)}`,
  );
  expect(portable(`${root}2/y`)).toContain(`${path.basename(root)}2/y`);
});

it("tells a machine by its processor and the versions of what computes", () => {
  const { processor, cores, versions } = machine();
  expect(processor).not.toBe("");
  expect(cores).toBeGreaterThan(0);
  expect(versions).toMatchObject({
    node: process.versions.node,
    "@tensorflow/tfjs": "4.22.0",
    webgpu: expect.any(String),
  });
});
