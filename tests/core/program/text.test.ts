import { describe, expect, it } from "vitest";
import { parseProgram, ProgramSyntaxError } from "../../../src/core/program/parse.ts";
import { printProgram } from "../../../src/core/program/print.ts";
import type { Program } from "../../../src/core/program/types.ts";
import { chain, documentWith, graph, imageInput, lowered, networkDocument, node, template, vectorInput } from "../../helpers/documents.ts"; // prettier-ignore

const expectRoundTrip = (program: Program) => expect(parseProgram(printProgram(program))).toEqual(program);

describe("a printed Program", () => {
  it.each(["", '"quoted" \\ {x} -> y flops 3', "ζ → π", "two\nlines", "line\u2028separator", "tab\t"])(
    "parses back under the name %j",
    (name) => {
      expectRoundTrip(lowered({ ...template("toy-1d"), name }));
    },
  );

  it.each(["a b/c.zip", "x} -> out:loss draws 9", "line\u2028separator"])(
    "parses back with the data set %j",
    (name) => {
      const { sources } = lowered(template("toy-1d")).training!;
      const program = lowered(template("toy-1d"));
      const renamed = { ...sources[0], params: { ...sources[0].params, name } };
      expectRoundTrip({ ...program, training: { ...program.training!, sources: [renamed, ...sources.slice(1)] } });
    },
  );

  it("parses back with shared blocks, several inputs and outputs, and a vector that enters as an image", () => {
    const net = graph({ x: node("Input", vectorInput(8)), z: node("Input", imageInput(8, 1, 1)), b: node("Block", { block: "b", share: "s" }), join: node("Concat"), y: node("Output"), w: node("Output") }, "x.out > b.x", "b.y > join.in.0", "z.out > join.in.1", "join.out > y.in", "z.out > w.in"); // prettier-ignore
    expectRoundTrip(
      lowered(networkDocument(net, { b: chain([node("Conv2d", { kernel_size: 1, padding: 0, stride: 1 })]) })),
    );
  });

  it.each(["vgg.safetensors", 'two words "quoted" {x}.safetensors', "models/ζ\u2028.safetensors"])(
    "parses back with weights from %j",
    (file) => {
      const weights = { file, sha256: "0f".repeat(32) };
      const program = lowered(networkDocument({ ...chain([node("Tanh")], vectorInput(1)), weights }));
      expect(program.networks[0].weights).toEqual(weights);
      expectRoundTrip(program);
    },
  );

  it("parses back without networks and without training", () => {
    expectRoundTrip({ name: "Nothing", networks: [], training: null });
    expectRoundTrip(lowered(documentWith({ networks: { net: chain([], vectorInput(1)) } })));
  });

  const text = printProgram(lowered(template("toy-1d")));
  it.each([
    ["another format", text.replace("ganvas-program/1", "ganvas-program/2"), 1],
    ["a line that is none", text.replace("  output score", "  oputput score"), 7],
    ["a type that is none", text.replace("input x vector[1]", "input x wector[1]"), 4],
  ])("names the line of %s", (_, changed, line) => {
    expect(() => parseProgram(changed)).toThrow(ProgramSyntaxError);
    expect(() => parseProgram(changed)).toThrow(new RegExp(`^line ${line}: `));
  });
});
