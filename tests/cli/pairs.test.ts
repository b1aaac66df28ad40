/** Image-to-image runs: which data a --data means, and rows of input, output and target in their pictures. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ganvas, scratch } from "./ganvas.ts";

const { folder, remove } = scratch("pairs");
afterAll(remove);
const at = (...parts: string[]) => path.join(folder, ...parts);

/** A document whose painter turns each image of `first` into one; the judge compares with `second`. */
function documentOf(first: object, second: object | null): string {
  const scale = { kind: "Conv2d", params: { out_channels: 3, kernel_size: 1, stride: 1, padding: 0 } };
  const net = {
    nodes: { x: { kind: "Input" }, conv: scale, y: { kind: "Output" } },
    edges: [
      { from: "x.out", to: "conv.in" },
      { from: "conv.out", to: "y.in" },
    ],
  };
  const call = (network: string, sample = false) => ({ kind: "Network", params: { network, sample } });
  const adam = (trains: string) => ({ kind: "Optimizer", params: { trains: [trains] } });
  const wire = (text: string) => ({ from: text.split(" > ")[0], to: text.split(" > ")[1] });
  return JSON.stringify({
    format: "ganvas/1",
    name: "Pairs",
    networks: { painter: net, judge: net },
    training: {
      batch: 2,
      iterations: 2,
      nodes: {
        drawings: { kind: "Dataset", params: first },
        ...(second ? { paintings: { kind: "Dataset", params: second } } : {}),
        fake: call("painter", true),
        real_score: call("judge"),
        fake_score: call("judge"),
        d_loss: { kind: "GANLoss", params: { role: "discriminator" } },
        g_loss: { kind: "GANLoss", params: { role: "generator" } },
        d_opt: adam("judge"),
        g_opt: adam("painter"),
      },
      edges: [
        "drawings.out > fake.x",
        `${second ? "paintings.out" : "drawings.target"} > real_score.x`,
        "fake.y > fake_score.x",
        "real_score.y > d_loss.real",
        "fake_score.y > d_loss.fake",
        "fake_score.y > g_loss.fake",
        "d_loss.out > d_opt.loss",
        "g_loss.out > g_opt.loss",
      ].map(wire),
    },
  });
}

/** A picture of one colour a half: left red, right blue. */
async function put(file: string, left: string, right = left): Promise<void> {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  const half = await sharp({ create: { width: 8, height: 8, channels: 3, background: right } })
    .png()
    .toBuffer();
  await sharp({ create: { width: 16, height: 8, channels: 3, background: left } })
    .composite([{ input: half, left: 8, top: 0 }])
    .png()
    .toFile(at(file));
}

const small = { resize: [8, 8] };
beforeAll(async () => {
  for (const n of [1, 2, 3, 4]) {
    await put(`ab/${n}.png`, "#ff0000", "#0000ff");
    await put(`red/${n}.png`, "#ff0000");
    await put(`blue/${n}.png`, "#0000ff");
  }
  await put("lonely/A/1.png", "#ff0000");
  await put("lonely/B/2.png", "#ff0000");
  writeFileSync(at("pairs.gan.json"), documentOf({ name: at("ab"), pairs: "side-by-side" }, null));
  writeFileSync(at("two.gan.json"), documentOf({ name: "twemoji", ...small }, { name: "noto", ...small }));
  writeFileSync(at("folders.gan.json"), documentOf({ name: at("lonely"), pairs: "folders", ...small }, null));
  writeFileSync(at("single.gan.json"), documentOf({ name: "twemoji", pairs: "side-by-side", ...small }, null));
});

const train = (document: string, ...more: string[]) =>
  ganvas(["train", at(document), "--backend", "wasm", "--steps", "1", ...more]);

describe("pairs side by side", () => {
  it("are trained on, and shown as input, output and target", async () => {
    expect(train("pairs.gan.json", "--out", at("run"), "--sample-every", "1")).toMatchObject({ code: 0 });
    for (const [file, columns] of [
      [at("run/samples/000001.png"), 3],
      [at("row.png"), 1],
    ] as const) {
      if (columns === 1)
        expect(ganvas(["sample", at("run"), "--count", "2", "--columns", "1", "--backend", "wasm", "-o", file]).code).toBe(0); // prettier-ignore
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      // a row is 3 × 8 pixels and two gaps of one; the scale follows from the grid's width
      const scale = Math.max(1, Math.min(8, Math.floor(900 / (columns * 27))));
      const padding = 12;
      expect(info.width).toBe(columns * (26 * scale + padding) + padding);
      const colour = (x: number) => {
        const pixel = ((padding + 3 * scale) * info.width + padding + Math.floor((x + 0.5) * scale)) * info.channels;
        return [...data.subarray(pixel, pixel + 3)];
      };
      expect([colour(3), colour(8), colour(17), colour(22)]).toEqual([[255, 0, 0], [255, 255, 255], [255, 255, 255], [0, 0, 255]]); // prettier-ignore
    }
  });
});

describe("--data", () => {
  it("takes the place of each Dataset that it names", () => {
    const data = ["--data", `drawings=${at("red")}`, "--data", `paintings=${at("blue")}`];
    expect(train("two.gan.json", "--out", at("two"), ...data)).toMatchObject({ code: 0 });
    const { nodes } = JSON.parse(readFileSync(at("two/document.gan.json"), "utf8")).training;
    expect([nodes.drawings.params.name, nodes.paintings.params.name]).toEqual([at("red"), at("blue")]);
    expect(nodes.drawings.params.resize).toEqual([8, 8]);
  });

  it("without a name takes the place of the one data set that there is", () => {
    expect(train("pairs.gan.json", "--out", at("one"), "--data", "fluent-pairs").err).toMatch(/data-type.*single|Line|Pairs on/); // prettier-ignore
  });

  it.each([
    ["of which several are meant", "two.gan.json", at("red"), /error data-node: .*reads several data sets\. Say --data drawings=PATH --data paintings=PATH\./], // prettier-ignore
    ["names no Dataset", "two.gan.json", `photos=${at("red")}`, /error data-node: .*no Dataset called "photos"/],
    ["is nowhere", "two.gan.json", `drawings=${at("nowhere")}`, /error dataset-unknown: training \/ drawings/],
  ])("that %s is refused", (_, document, data, message) => {
    const { code, err } = train(document, "--out", at("refused"), "--data", data);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });
});

describe("data that are no pairs", () => {
  it.each([
    ["folders whose names differ", "folders.gan.json", /data-malformed: .*A\/1\.png has no picture of the same name in the folder "b"/], // prettier-ignore
    ["a data set of single rows", "single.gan.json", /data-type: .*"twemoji" gives single rows, and a data set of pairs is wanted/], // prettier-ignore
  ])("as %s are refused", (_, document, message) => {
    const { code, err } = train(document, "--out", at("refused"));
    expect(err).toMatch(message);
    expect(code).toBe(1);
  });
});

describe("datasets", () => {
  it("lists size, range and licence of each", () => {
    const { out } = ganvas(["datasets"]);
    expect(out).toMatch(/^fluent-pairs +image\[3,64,64\] → image\[3,64,64\] +1,462 rows +0\.\.255 +MIT /m);
    expect(out).toMatch(/^twemoji +image\[3,64,64\] +1,524 rows +0\.\.255 +CC BY 4\.0 /m);
    expect(out).toMatch(/^noto +image\[3,64,64\] +1,524 rows +0\.\.255 +Apache 2\.0 /m);
  });
});
