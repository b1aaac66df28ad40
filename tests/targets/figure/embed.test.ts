import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  drawFigure,
  embedDocument,
  embedInPng,
  readEmbedded,
  readFromPng,
} from "../../../src/targets/figure/figure.ts";
import { lowered, template, templateText } from "../../helpers/documents.ts";
import { fc } from "../../helpers/properties.ts";
import { elementsOf } from "./xml.ts";

const svg = drawFigure(lowered(template("toy-ring")), { what: "generator" });
const texts: readonly (readonly [string, string])[] = [
  ["a template", templateText("dcgan-mnist")],
  ["what would end markup", `{"name":"]]> </metadata></svg> <![CDATA[ & &amp; &#65; ' \\" -->"}`],
  ["other writings", `{"name":"ガン 🎨 é\u00a0\u2028"}`],
  ["line ends", '{\r\n\t"a": 1\r}\n'],
  ["more than a megabyte", JSON.stringify({ name: "𝛼<&>".repeat(200_000) })],
  ["nothing", ""],
];

describe("a document in an SVG", () => {
  it.each(texts)("comes back whole: %s", (_, text) => {
    const carrying = embedDocument(svg, text);
    expect(readEmbedded(carrying)).toBe(text);
    expect(elementsOf(carrying).filter(({ name }) => name === "metadata")).toHaveLength(1);
  });

  it("comes back for any text that JSON may hold", () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: "binary" }), (json, name) => {
        for (const text of [json, JSON.stringify({ name })]) {
          const carrying = embedDocument(svg, text);
          elementsOf(carrying);
          expect(JSON.parse(readEmbedded(carrying)!)).toEqual(JSON.parse(text));
        }
      }),
    );
  });

  it("writes what XML cannot hold as JSON's escapes", () => {
    const carrying = embedDocument(svg, `"\uffff\ud800"`);
    elementsOf(carrying);
    expect(readEmbedded(carrying)).toBe(`"\\uffff\\ud800"`);
  });

  it("takes the place of one that was there", () => {
    const twice = embedDocument(embedDocument(svg, "1"), "2");
    expect(readEmbedded(twice)).toBe("2");
    expect(twice).toBe(embedDocument(svg, "2"));
  });

  it("is found where a drawing program wrote it anew", () => {
    const saved = `<svg><metadata\n   class="x" id='ganvas-document'><![CDATA[{"a": "<&amp;>"}]]> &#x41;&#66;&apos;</metadata></svg>`;
    expect(readEmbedded(saved)).toBe(`{"a": "<&amp;>"} AB'`);
  });

  it("is not there in other pictures", () => {
    expect(readEmbedded(svg)).toBeNull();
    expect(readEmbedded("<svg><metadata>{}</metadata></svg>")).toBeNull();
    expect(readEmbedded("")).toBeNull();
    expect(() => embedDocument("picture", "{}")).toThrow("the text is no SVG");
  });
});

describe("a document in a PNG", async () => {
  const png = new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer());

  it.each(texts)("comes back whole: %s", (_, text) => expect(readFromPng(embedInPng(png, text))).toBe(text));

  it("leaves the picture as it was, and a second takes the place of the first", async () => {
    const carrying = embedInPng(embedInPng(png, "1"), "2");
    expect(readFromPng(carrying)).toBe("2");
    expect(carrying).toEqual(embedInPng(png, "2"));
    const pixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();
    expect((await pixels(carrying)).equals(await pixels(png))).toBe(true);
  });

  it("stands in an iTXt chunk after the header, with the CRC that zlib reckons", () => {
    const carrying = embedInPng(png, "{}");
    const view = new DataView(carrying.buffer);
    const length = view.getUint32(33);
    const chunk = carrying.subarray(37, 41 + length);
    expect(Buffer.from(chunk).toString("latin1")).toBe("iTXtganvas\0\0\0\0\0{}");
    expect(view.getUint32(41 + length)).toBe(crc32(chunk));
  });

  it("is not read where it is damaged, cut off or not there", () => {
    const carrying = embedInPng(png, `{"name":"x"}`);
    const damaged = carrying.slice();
    damaged[58] ^= 1;
    expect(readFromPng(damaged)).toBeNull();
    for (const end of [0, 7, 20, 40, 60]) expect(readFromPng(carrying.subarray(0, end))).toBeNull();
    expect(readFromPng(png)).toBeNull();
    expect(readFromPng(new TextEncoder().encode(svg))).toBeNull();
    expect(() => embedInPng(new Uint8Array(9), "{}")).toThrow("the bytes are no PNG");
  });
});
