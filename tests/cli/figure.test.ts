import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readEmbedded } from "../../src/targets/figure/figure.ts";
import { chain, networkDocument, node, template, vectorInput } from "../helpers/documents.ts";
import { ganvas, scratch } from "./ganvas.ts";

const { folder, remove } = scratch("figure");
afterAll(remove);
const inside = (name: string) => path.join(folder, name);
const drawn = (name: string, ...args: readonly string[]) => {
  const ran = ganvas(["export", ...args, "--format", "svg", "-o", inside(name)]);
  expect(ran.err).toBe("");
  expect(ran.code).toBe(0);
  return { out: ran.out, svg: readFileSync(inside(name), "utf8") };
};

describe("export --format svg", () => {
  it("draws a network, and the document comes back from the picture", () => {
    const { out, svg } = drawn("g.svg", "dcgan-mnist", "--network", "generator");
    expect(out).toContain("Wrote a figure of generator");
    expect(svg).toContain(">generator</text>");
    expect(svg).toContain(">627,200</text>");
    expect(JSON.parse(readEmbedded(svg)!)).toEqual(template("dcgan-mnist"));
  });

  it("draws the training graph where no network is named, in another theme", () => {
    const { svg } = drawn("t.svg", "dcgan-mnist", "--theme", "dark");
    expect(svg.match(/class="node /g)).toHaveLength(9);
    expect(svg).toContain('fill="#131318"');
  });

  it("draws a run that has saved no weights yet, and says in JSON what it wrote", () => {
    mkdirSync(inside("run"));
    writeFileSync(inside("run/document.gan.json"), JSON.stringify(template("toy-ring")));
    const { out } = drawn("r.svg", inside("run"), "--network", "discriminator", "--json");
    expect(JSON.parse(out)).toEqual({ figure: "discriminator", format: "svg", file: inside("r.svg") });
  });

  it("draws the only network of a document that trains nothing", () => {
    writeFileSync(inside("net.gan.json"), JSON.stringify(networkDocument(chain([node("ReLU")], vectorInput(3)))));
    expect(drawn("n.svg", inside("net.gan.json")).out).toContain("Wrote a figure of net");
  });

  it("says which networks there are where the named one is not", () => {
    const { code, err } = ganvas([
      "export",
      "toy-ring",
      "--network",
      "critic",
      "--format",
      "svg",
      "-o",
      inside("x.svg"),
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/network-unknown.*critic/);
  });

  it("refuses a theme that is not there", () => {
    const { code } = ganvas(["export", "toy-ring", "--format", "svg", "--theme", "sepia", "-o", inside("x.svg")]);
    expect(code).toBe(2);
  });
});
