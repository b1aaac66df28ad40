import { describe, expect, it } from "vitest";
import {
  accept,
  image,
  label,
  loss,
  parseType,
  portKinds,
  printType,
  sameType,
  sizeOf,
  vector,
  type PortSpec,
  type PortType,
} from "../../../src/core/kind/ports.ts";
import { fc } from "../../helpers/properties.ts";

const port = (...types: PortSpec["types"]): PortSpec => ({ name: "in", types, help: "" });

describe("port types", () => {
  it.each([
    [image(3, 64, 48), "image[3,64,48]"],
    [vector(100), "vector[100]"],
    [label(10), "label[10]"],
    [{ type: "label", shape: [] } satisfies PortType, "label[?]"],
    [{ type: "tokens", shape: [16] } satisfies PortType, "tokens[16]"],
    [{ type: "embedded", shape: [16, 256] } satisfies PortType, "embedded[16,256]"],
    [loss, "loss"],
  ])("%o is printed as %s, and read again", (type, text) => {
    expect(printType(type)).toBe(text);
    expect(parseType(text)).toEqual(type);
  });

  it("are read again however large they are", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 2 ** 31 }), { minLength: 1, maxLength: 3 });
    const types = fc.record({ type: fc.constantFrom(...portKinds.filter((kind) => kind !== "label")), shape: shapes });
    fc.assert(fc.property(types, (type) => void expect(parseType(printType(type))).toEqual(type)));
  });

  it.each(["", "picture[3]", "image[3", "image[a]", "Image[3]", "image[3] "])("are not read from %j", (text) => {
    expect(parseType(text)).toBe(null);
  });

  it("have one size, whatever they mean", () => {
    expect([image(3, 4, 5), vector(7), label(10), loss].map(sizeOf)).toEqual([60, 7, 1, 1]);
  });

  it("are the same only with the same meaning, shape and classes", () => {
    expect(sameType(image(1, 2, 3), image(1, 2, 3))).toBe(true);
    expect(sameType(image(1, 2, 3), image(1, 3, 2))).toBe(false);
    expect(sameType(vector(10), { type: "tokens", shape: [10] })).toBe(false);
    expect(sameType(label(10), label(11))).toBe(false);
  });
});

describe("what a port accepts", () => {
  it("is its own types, as they are", () => {
    expect(accept(port("image", "vector"), vector(3))).toEqual(vector(3));
  });

  it("is a vector [F] as an image [F, 1, 1] where it takes images only", () => {
    expect(accept(port("image"), vector(100))).toEqual(image(100, 1, 1));
  });

  it("is nothing else", () => {
    expect(accept(port("vector"), image(1, 2, 3))).toBe(null);
    expect(accept(port("vector", "image"), loss)).toBe(null);
    expect(accept(port("image"), label(10))).toBe(null);
  });
});
