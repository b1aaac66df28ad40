import { describe, expect, it } from "vitest";
import { judgeConnection } from "../../../src/core/editing/connect.ts";
import { insertable, kindsThatFit } from "../../../src/core/editing/fits.ts";
import { openPorts } from "../../../src/core/editing/ports.ts";
import type { GanDocument } from "../../../src/core/document/types.ts";
import { graph, imageInput, networkDocument, node, template, vectorInput } from "../../helpers/documents.ts";
import { editing, residual } from "./contexts.ts";

const end = (text: string) => ({ node: text.slice(0, text.indexOf(".")), port: text.slice(text.indexOf(".") + 1) });
const judge = (
  document: GanDocument,
  wire: string,
  thorough = false,
  where: "networks.net" | "training" = "networks.net",
) => {
  // prettier-ignore
  const [from, to] = wire.split(" > ");
  return judgeConnection(editing(document), where, end(from), end(to), { thorough });
};
const loose = networkDocument(
  graph(
    {
      x: node("Input", imageInput(3, 8, 8)),
      v: node("Input", vectorInput(10)),
      conv: node("Conv2d", { out_channels: 4 }),
      fc: node("Linear"),
      view: node("Reshape", { shape: [3, 8, 8] }),
      sum: node("Add"),
      cat: node("Concat"),
      b: node("Gone"),
      y: node("Output"),
    },
    ...["x.out > conv.in", "x.out > sum.in.0", "conv.out > cat.in.0"],
  ),
);

describe("a wire", () => {
  it.each([
    ["x.out > fc.in", "Linear takes vectors; this is an image [3, 8, 8]. Put a Flatten between."],
    ["x.out > conv.out", "Both ends are outputs. A wire leads from an output to an input."],
    ["fc.in > conv.in", "Both ends are inputs. A wire leads from an output to an input."],
    ["fc.in > conv.out", "This wire runs backwards. Start at the output and end at the input."],
    ["fc.out > fc.in", "fc cannot feed itself. Connect another node."],
    ["cat.out > conv.in", "That would make a circle: conv → cat → conv. Values cannot depend on themselves."],
    ["x.gone > conv.in", "x has no port gone. Choose one that it has."],
    ["x.out > conv.gone", "conv has no port gone. Choose one that it has."],
    ["x.out > gone.in", "There is no node gone any more. Choose another."],
    ["x.out > sum.in.3", "in.1 comes first. Connect that one before the later ones."],
  ])("%s is refused: %s", (wire, why) => {
    expect(judge(loose, wire)).toEqual({ ok: false, why });
  });

  it.each([
    ["v.out > conv.in", { from: "x.out", to: "conv.in" }], // a vector is an image of one pixel
    ["x.out > conv.in", { from: "x.out", to: "conv.in" }],
    ["v.out > fc.in", null],
    ["x.out > b.in", null], // its kind is not known
    ["x.out > sum.in.1", null],
    ["x.out > cat.in.1", null],
  ])("%s may be", (wire, replaces) => {
    expect(judge(loose, wire)).toEqual({ ok: true, replaces });
  });

  it("is judged by what the kind says of the shapes, when that is asked for", () => {
    expect(judge(loose, "v.out > view.in")).toEqual({ ok: true, replaces: null });
    expect(judge(loose, "v.out > view.in", true)).toEqual({
      ok: false,
      why: "vector[10] has 10 values, and 3×8×8 would have 192. Choose a shape of the same size.",
    });
    expect(judge(loose, "v.out > sum.in.1", true)).toMatchObject({ ok: false, why: expect.stringContaining("different shapes") }); // prettier-ignore
    expect(judge(loose, "x.out > sum.in.1", true)).toEqual({ ok: true, replaces: null });
    expect(judge(loose, "x.out > view.in", true)).toEqual({ ok: true, replaces: null });
  });

  it("may be the first of several at a node that wants more", () => {
    const fresh = networkDocument(
      graph({ x: node("Input", imageInput(1, 2, 2)), sum: node("Add"), y: node("Output") }),
    );
    expect(judge(fresh, "x.out > sum.in.1", true)).toEqual({ ok: true, replaces: null });
    expect(judge(fresh, "x.out > sum.in.0", true)).toEqual({ ok: true, replaces: null });
  });

  it("in training leads from losses to optimizers", () => {
    const dcgan = template("dcgan-mnist");
    const { why } = judge(dcgan, "fake.image > d_opt.loss", false, "training") as { why: string };
    expect(why).toMatch(/^Optimizer takes a loss; this is an image \[1, 28, 28\]\. Put a .*Loss.* between\.$/);
    expect(judge(dcgan, "g_loss.out > d_opt.loss", true, "training")).toEqual({
      ok: true,
      replaces: { from: "d_loss.out", to: "d_opt.loss" },
    });
    expect(judge(dcgan, "data.label > real_score.image", true, "training")).toMatchObject({ ok: false });
  });

  it("is judged in well under two milliseconds", () => {
    const context = editing(template("dcgan-64"));
    const begun = performance.now();
    const [from, to] = [
      { node: "z", port: "out" },
      { node: "fake", port: "z" },
    ];
    for (let time = 0; time < 200; time++) judgeConnection(context, "training", from, to);
    expect((performance.now() - begun) / 200).toBeLessThan(2);
  });
});

describe("open ports", () => {
  it("end with the next free place of a variadic port", () => {
    const context = editing(loose);
    expect(openPorts(context, "networks.net", "sum")).toEqual(["in.0", "in.1"]);
    expect(openPorts(editing(residual), "networks.net", "sum")).toEqual(["in.0", "in.1", "in.2"]);
    expect(openPorts(editing(residual), "networks.net", "b")).toEqual(["a"]);
    expect(openPorts(context, "networks.net", "gone")).toEqual([]);
  });
});

describe("kinds that fit", () => {
  const context = editing(residual);
  const names = (text: string, side: "input" | "output") =>
    kindsThatFit(context, "networks.net", { ...end(text), side }).map(({ kind }) => kind.name);

  it("an image: what takes images alone first, the network's own port late", () => {
    const fits = names("conv.out", "output");
    expect(fits[0]).toBe("Conv2d");
    expect(fits).not.toContain("Input");
    expect(fits.indexOf("BatchNorm2d")).toBeLessThan(fits.indexOf("ReLU"));
    expect(fits.indexOf("ReLU")).toBeLessThan(fits.indexOf("Output"));
    expect(fits).not.toContain("Linear");
    expect(fits).not.toContain("GANLoss");
  });

  it("an input: what gives such a thing", () => {
    expect(names("conv.in", "input")).toContain("ConvTranspose2d");
    expect(names("conv.in", "input")).not.toContain("Output");
  });

  it("offer each block by name, but none in itself", () => {
    const blocks = kindsThatFit(context, "networks.net", { ...end("conv.out"), side: "output" }).filter(({ params }) => params); // prettier-ignore
    expect(blocks.map(({ params, port }) => [params, port])).toEqual([[{ block: "twice" }, "a"]]);
    const inside = kindsThatFit(context, "blocks.twice", { ...end("one.out"), side: "output" });
    expect(inside.filter(({ params }) => params)).toEqual([]);
    expect(inside.length).toBeGreaterThan(5);
  });

  it("in the middle of a wire take what comes and give what is wanted", () => {
    const dcgan = editing(template("dcgan-mnist"));
    const kinds = insertable(dcgan, "networks.discriminator", { from: "flatten.out", to: "fc.in" }).map(({ kind }) => kind.name); // prettier-ignore
    expect(kinds[0]).toBe("Linear");
    expect(kinds).not.toContain("Conv2d");
    const losses = insertable(dcgan, "training", { from: "d_loss.out", to: "d_opt.loss" });
    expect(losses.map(({ kind, input, output }) => [kind.name, input, output])).toEqual([["WeightedSum", "in.0", "out"]]); // prettier-ignore
  });

  it("offer the network first that takes such values elsewhere", () => {
    const dcgan = editing(template("dcgan-mnist"));
    const [first] = kindsThatFit(dcgan, "training", { ...end("data.out"), side: "output" });
    expect(first).toMatchObject({ params: { network: "discriminator" }, port: "image" });
  });

  it("are none at an end that is not there", () => {
    expect(names("gone.out", "output")).toEqual([]);
    expect(insertable(context, "networks.gone", { from: "a.out", to: "b.in" })).toEqual([]);
  });
});
