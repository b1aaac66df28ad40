/** Samples that are made of images: with what they were made of, and what they were to be. */
import { beforeAll, describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { Draw } from "../../src/core/program/types.ts";
import type { ImageSet } from "../../src/datasets/types.ts";
import { createSources } from "../../src/session/sources.ts";
import { firstOf, picturesOf, sortedByScore } from "../../src/session/showing.ts";
import { chain, documentWith, graph, node } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { programOf, sessionOf } from "./sessions.ts";

beforeAll(openTraining);

/** Rows whose bytes are their number and, in the target, 100 more; the first column is 3 more than the second. */
function numbered(count: number, first: number): ImageSet {
  const item = { type: "image", shape: [1, 2, 2] } as const;
  const fill = (more: number) =>
    Uint8Array.from({ length: 4 * count }, (_, at) => first + Math.floor(at / 4) + more + (at % 2 === 0 ? 3 : 0));
  const target = { item, data: fill(100) };
  return { name: "pairs", title: "Pairs", count, item, data: fill(0), target, licence: "none", source: "test" };
}
const pairs: ImageSet = { ...numbered(20, 0), heldOut: numbered(5, 50) };
const dataSets = { pairs };

/** A generator that scales an image, in place of a real one, and a critic that sees an image alone. */
function translation(data: object = {}, sampled = "pairs.out > fake.x"): GanDocument {
  const scale = (out_channels: number) =>
    node("Conv2d", { out_channels, kernel_size: 1, stride: 1, padding: 0, bias: false });
  return documentWith({
    networks: { painter: chain([scale(1)]), judge: chain([scale(1)]) },
    training: {
      ...graph(
        {
          pairs: node("Dataset", { name: "pairs", range: [0, 255], ...data }),
          fake: node("Network", { network: "painter", sample: true }),
          real_score: node("Network", { network: "judge" }),
          fake_score: node("Network", { network: "judge" }),
          d_loss: node("GANLoss", { role: "discriminator" }),
          g_loss: node("GANLoss", { role: "generator" }),
          d_opt: node("Optimizer", { trains: ["judge"], rule: "SGD", lr: 1e-9 }),
          g_opt: node("Optimizer", { trains: ["painter"], rule: "SGD", lr: 1e-9 }),
        },
        sampled,
        "pairs.target > real_score.x",
        "fake.y > fake_score.x",
        "real_score.y > d_loss.real",
        "fake_score.y > d_loss.fake",
        "fake_score.y > g_loss.fake",
        "d_loss.out > d_opt.loss",
        "g_loss.out > g_opt.loss",
      ),
      batch: 4,
    },
  });
}
const session = (document: GanDocument) => sessionOf(programOf(document, dataSets), dataSets);

describe("samples that are made of images", () => {
  it("have the image before and the target after, as the Program says", () => {
    const { sampling } = programOf(translation(), dataSets).training!;
    const image = { type: "image", shape: [1, 2, 2] };
    expect(sampling!.beside).toEqual({
      before: [{ value: "pairs.out", type: image }],
      after: [{ value: "pairs.target", type: image }],
    });
    const turned = programOf(translation({}, "pairs.target > fake.x"), dataSets).training!.sampling!.beside;
    expect([turned.before[0].value, turned.after[0].value]).toEqual(["pairs.target", "pairs.out"]);
  });

  it("begin with rows that are held out, each with its own target, never mirrored", async () => {
    const drawing = session(translation({ flip: true, jitter: true }));
    const { data, beside } = await drawing.sample({ count: 7, seed: 3 });
    const [[input], [target]] = [beside.before, beside.after];
    expect([input.name, target.name, input.range]).toEqual(["pairs", "target", [0, 255]]);
    const weight = (await drawing.weights("painter")).values().next().value!.data[0];
    const rows = new Set<number>();
    for (let row = 0; row < 7; row++) {
      const [a, b, c, d] = input.data.subarray(4 * row, 4 * row + 4);
      rows.add(b);
      expect([a - b, c - d]).toEqual([3, 3]);
      expect(b).toBeGreaterThanOrEqual(50);
      [a, b, c, d].forEach((value, at) => {
        expect(target.data[4 * row + at]).toBe(value + 100);
        expect(data[4 * row + at]).toBeCloseTo(value * weight, 3);
      });
    }
    expect(rows.size).toBe(5);
    drawing.dispose();
  });

  it("keep their images when they are sorted and chosen", async () => {
    const drawing = session(translation());
    const drawn = await drawing.sample({ count: 5, seed: 3 });
    const best = firstOf(sortedByScore(drawn), 3);
    expect(best.scores![0]).toBe(Math.max(...drawn.scores!));
    const weight = (await drawing.weights("painter")).values().next().value!.data[0];
    best.data.forEach((value, at) => {
      expect(best.beside.before[0].data[at] * weight).toBeCloseTo(value, 3);
      expect(best.beside.after[0].data[at]).toBe(best.beside.before[0].data[at] + 100);
    });
    drawing.dispose();
  });

  it("become pictures of a row: image, sample, target, each in its own range", async () => {
    const drawing = session(translation());
    const drawn = await drawing.sample({ count: 2, seed: 3 });
    const { width, height, pixels, columns } = picturesOf(drawn, [0, 255], "painter");
    expect({ width, height, columns }).toEqual({ width: 8, height: 2, columns: ["pairs", "painter", "target"] });
    const line = (row: number) => Array.from({ length: 8 }, (_, x) => [...pixels.subarray((row * 8 + x) * 4, (row * 8 + x) * 4 + 4)]); // prettier-ignore
    const [a, b] = drawn.beside.before[0].data;
    const opaque = (value: number) => [value, value, value, 255];
    expect(line(0).slice(0, 3)).toEqual([opaque(a), opaque(b), [0, 0, 0, 0]]);
    expect(line(0).slice(5)).toEqual([[0, 0, 0, 0], opaque(a + 100), opaque(b + 100)]);
    drawing.dispose();
  });

  it("scale what is of another size to their height", () => {
    const alone = { type: "image", scores: null } as const;
    const small = { name: "low", shape: [1, 1, 1], data: Float32Array.of(1), range: [0, 1] } as const;
    const drawn = { ...alone, shape: [1, 2, 3], data: new Float32Array(6), beside: { before: [small], after: [] } };
    const { width, height, pixels } = picturesOf(drawn, [0, 1], "large");
    expect([width, height]).toEqual([6, 2]);
    expect([0, 1, 6, 7].map((pixel) => pixels[4 * pixel])).toEqual([255, 255, 255, 255]);
  });
});

describe("images while training", () => {
  it("change with their targets: of the same rows, mirrored together by chance, from rows that are not held out", () => {
    const training = programOf(translation({ flip: true }), dataSets).training!;
    const drawn = createSources(training, { seed: 1, batch: 20, dataSets: new Map([["pairs", pairs]]) });
    const draw = training.iteration[0].instructions.find((each): each is Draw => each.op === "draw")!;
    const [images, targets] = drawn.draw(draw, 0);
    const mirrored = Array.from({ length: 20 }, (_, row) => images.data[4 * row] < images.data[4 * row + 1]);
    expect(mirrored.filter((is) => is).length).toBeGreaterThan(4);
    expect(mirrored.filter((is) => !is).length).toBeGreaterThan(4);
    images.data.forEach((value, at) => expect(targets.data[at]).toBe(value + 100));
    expect(Math.max(...images.data)).toBeLessThan(50);
    expect(drawn.draw(draw, 0)[0]).toEqual(images);
    expect(drawn.draw(draw, 1)[0]).not.toEqual(images);
  });
});
