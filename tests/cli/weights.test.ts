/** Weights from files, the averaged ones, and the whole way to the sample, as a person has them on the command line. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/datasets/npy.ts";
import { draw } from "../../src/runtime/philox.ts";
import { decodeCheckpoint, encodeCheckpoint, encodeCheckpointWeights } from "../../src/session/checkpoint.ts";
import { decodeModel } from "../../src/targets/onnx/model.ts";
import { openRuntime } from "../../src/targets/onnx/runtime.ts";
import { weightsInSafetensors } from "../../src/targets/safetensors/weights.ts";
import { graph, node } from "../helpers/documents.ts";
import { ganvas, scratch } from "./ganvas.ts";

const { folder, remove } = scratch("weights");
afterAll(remove);
const inside = (...names: string[]) => path.join(folder, ...names);

type Shapes = Readonly<Record<string, readonly number[]>>;
const generatorShapes: Shapes = { "fc.weight": [16, 7], "fc.bias": [16], "bn.weight": [16], "bn.bias": [16], "bn.running_mean": [16], "bn.running_var": [16], "out.weight": [16, 16], "out.bias": [16] }; // prettier-ignore
const judgeShapes: Shapes = { "fc.weight": [3, 16], "fc.bias": [3] };

/** Weights between 0.1 and 0.6 in a file. */
function save(name: string, shapes: Shapes, seed = 1): string {
  const weights = Object.entries(shapes).map(([weight, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [weight, { shape, data: draw(seed, weight, { iteration: 0 }).uniform(size).map((u) => 0.1 + u / 2) }] as const; // prettier-ignore
  });
  writeFileSync(inside(name), encodeCheckpointWeights(new Map(weights)));
  return inside(name);
}
const weightsIn = (file: string) => weightsInSafetensors(readFileSync(file), file);
const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** A generator of 4×4 images of a class, a critic, and perhaps a network that nobody trains. */
function write(
  name: string,
  { judge, ema, range = [0, 1] }: { judge?: object; ema?: object; range?: readonly number[] } = {},
): string {
  const generator = graph({ z: node("Input"), fc: node("Linear", { out_features: 16 }), bn: node("BatchNorm1d"), act: node("ReLU"), out: node("Linear", { out_features: 16 }), tanh: node("Sigmoid"), image: node("Reshape", { shape: [1, 4, 4] }), x: node("Output") }, "z.out > fc.in", "fc.out > bn.in", "bn.out > act.in", "act.out > out.in", "out.out > tanh.in", "tanh.out > image.in", "image.out > x.in"); // prettier-ignore
  const scores = (features: number) => graph({ x: node("Input"), flat: node("Flatten"), fc: node("Linear", { out_features: features }), y: node("Output") }, "x.out > flat.in", "flat.out > fc.in", "fc.out > y.in"); // prettier-ignore
  const nodes = {
    // the one that is not judged comes first
    another: node("Dataset", { name: inside("rows.npy"), range: [-1, 1] }),
    data: node("Dataset", { name: inside("rows.npy"), range }),
    digit: node("RandomLabel", { classes: 3 }),
    hot: node("OneHot"),
    z: node("Noise", { features: 4, distribution: "uniform", low: -1, high: 1 }),
    joined: node("Concat"),
    fake: node("Network", { network: "generator", sample: true }),
    real_score: node("Network", { network: "critic" }),
    fake_score: node("Network", { network: "critic" }),
    seen: node("Network", { network: "judge" }),
    wanted: node("Network", { network: "judge" }),
    content: node("L1Loss"),
    sum: node("WeightedSum", { weights: [1, 1] }),
    d_loss: node("GANLoss"),
    g_loss: node("GANLoss", { role: "generator" }),
    d_opt: node("Optimizer", { trains: ["critic"], lr: 0.01 }),
    g_opt: node("Optimizer", { trains: ["generator"], lr: 0.01, ...(ema ? { ema } : {}) }),
  };
  const training = graph(nodes, "z.out > joined.in.0", "digit.out > hot.in", "hot.out > joined.in.1", "joined.out > fake.z", "data.out > real_score.x", "fake.x > fake_score.x", "real_score.y > d_loss.real", "fake_score.y > d_loss.fake", "fake_score.y > g_loss.fake", "fake.x > seen.x", "another.out > wanted.x", "seen.y > content.input", "wanted.y > content.target", "content.out > sum.in.0", "g_loss.out > sum.in.1", "sum.out > g_opt.loss", "d_loss.out > d_opt.loss"); // prettier-ignore
  const networks = { generator, critic: scores(1), judge: { ...scores(3), ...(judge ? { weights: judge } : {}) } };
  const document = { format: "ganvas/1", name, networks, training: { ...training, batch: 8, iterations: 6, seed: 2 } };
  mkdirSync(path.dirname(inside(name)), { recursive: true });
  writeFileSync(inside(name), JSON.stringify(document));
  return inside(name);
}

beforeAll(() => {
  const pixels = Uint8Array.from({ length: 32 * 16 }, (_, at) => (at * 37) % 256);
  writeFileSync(inside("rows.npy"), writeNpy(pixels, [32, 1, 4, 4]));
});

const train = (document: string, out: string, ...more: string[]) =>
  ganvas(["train", document, "--backend", "wasm", "--steps", "4", "--sample-every", "100", "--out", inside(out), ...more]); // prettier-ignore
const exported = (target: string, network: string, ...more: string[]) => {
  const file = inside("exported.safetensors");
  const { code, err } = ganvas(["export", target, "--network", network, "--format", "safetensors", "-o", file, ...more]); // prettier-ignore
  expect(err, err).not.toMatch(/error/);
  expect(code).toBe(0);
  return weightsIn(file);
};

describe("a network that names a file of weights", () => {
  const file = () => inside("named/judge.safetensors");
  const document = () => write("named/gan.gan.json", { judge: { file: "judge.safetensors", sha256: sha256(file()) } });
  beforeAll(() => {
    mkdirSync(inside("named"));
    save("named/judge.safetensors", judgeShapes);
  });

  it("is exported with them, trained beside, and kept as it is", () => {
    expect(exported(document(), "judge")).toEqual(weightsIn(file()));
    expect(ganvas(["check", document()]).code).toBe(0);
    expect(train(document(), "kept").code).toBe(0);
    expect(exported(inside("kept"), "judge")).toEqual(weightsIn(file()));
    expect(JSON.parse(readFileSync(inside("kept/document.gan.json"), "utf8")).networks.judge.weights).toEqual({ file: "judge.safetensors", sha256: sha256(file()) }); // prettier-ignore
  });

  it("needs the file no more once there is a checkpoint", () => {
    const text = document();
    expect(train(text, "gone").code).toBe(0);
    renameSync(file(), inside("elsewhere.safetensors"));
    try {
      expect(exported(inside("gone"), "judge")).toEqual(weightsIn(inside("elsewhere.safetensors")));
      const resumed = train(text, "gone", "--resume", "--steps", "6");
      expect([resumed.code, resumed.err]).toEqual([0, expect.not.stringMatching(/error/)]);
      expect(train(inside("gone/document.gan.json"), "gone", "--resume", "--steps", "7").code).toBe(0);
      for (const told of [
        train(text, "never"),
        ganvas(["export", text, "--network", "judge", "--format", "onnx", "-o", inside("x.onnx")]),
        ganvas(["check", text]),
      ]) {
        // prettier-ignore
        expect(told.code).toBe(1);
        expect(told.err + told.out).toMatch(/^error weights-absent: judge: .*judge\.safetensors.* Put the file there/m);
      }
    } finally {
      renameSync(inside("elsewhere.safetensors"), file());
    }
  });

  it("refuses another file, and weights that do not fit, each by its name", () => {
    const text = document();
    save("named/judge.safetensors", judgeShapes, 2);
    expect(train(text, "never").err).toMatch(
      /^error weights-differ: judge: .*SHA-256 is [0-9a-f]{64}, and [0-9a-f]{64}/m,
    );
    save("named/judge.safetensors", { "fc.weight": [16, 3], other: [1] });
    const { code, err } = train(document(), "never");
    expect(code).toBe(1);
    expect(err).toMatch(/^error weights-shape: judge \/ fc\.weight: .*\[16, 3\], and \[3, 16\]/m);
    expect(err).toMatch(/^error weights-missing: judge \/ fc\.bias/m);
    writeFileSync(file(), "no weights");
    expect(train(document(), "never").err).toMatch(/^error weights-unreadable: .*judge\.safetensors/m);
    save("named/judge.safetensors", judgeShapes);
  });
});

describe("a warm start", () => {
  it("takes what fits by name and shape, and lists all that does not", () => {
    const { "bn.bias": _, ...some } = generatorShapes;
    const file = save("warm.safetensors", { ...some, "fc.weight": [16, 9], stray: [2] });
    const { code, err } = train(write("warm.gan.json"), "warm", "--weights", `generator=${file}`, "--steps", "1");
    expect(code).toBe(0);
    expect(err).toContain(`generator starts with 6 of 8 weights from ${file}\n`);
    expect(err).toContain("  fc.weight: found [16, 9], wanted [16, 7]; starts fresh\n");
    expect(err).toContain("  bn.bias: not in the file; starts fresh\n");
    expect(err).toContain("  stray: in the file alone; unused\n");
  });

  it("starts there: a network that is given whole and not trained is the file's", () => {
    const file = save("judge.safetensors", judgeShapes, 9);
    expect(train(write("warm.gan.json"), "judged", "--weights", `judge=${file}`).code).toBe(0);
    expect(exported(inside("judged"), "judge")).toEqual(weightsIn(file));
  });

  it("tells networks apart by prefixes, as in a checkpoint", () => {
    expect(train(write("warm.gan.json"), "first").code).toBe(0);
    const checkpoint = inside("first/checkpoint/state.safetensors");
    const { err, code } = train(write("warm.gan.json"), "second", "--weights", checkpoint, "--seed", "77");
    expect(code).toBe(0);
    for (const [network, count] of [
      ["generator", 8],
      ["critic", 2],
      ["judge", 2],
    ] as const)
      // prettier-ignore
      expect(err).toContain(`${network} starts with ${count} of ${count} weights`);
    expect(exported(inside("second"), "judge")).toEqual(exported(inside("first"), "judge"));
  });

  it.each([
    ["nothing fits", "none.safetensors", 1, /error weights-none: generator: None of the 2 weights/, "generator="],
    ["the network is not said", "none.safetensors", 1, /error weights-which: .*critic, generator, judge/, ""],
    ["there is no such network", "none.safetensors", 1, /error network-unknown: .*"generatr"/, "generatr="],
    ["there is no file", "nowhere.safetensors", 1, /error weights-unreadable: .*there is no such file/, "generator="],
  ])("says where %s, and starts no run", (_, file, wanted, words, network) => {
    save("none.safetensors", { a: [1], b: [2] });
    const { code, err } = train(write("warm.gan.json"), "never", "--weights", `${network}${inside(file)}`);
    expect([code, err]).toEqual([wanted, expect.stringMatching(words)]);
    expect(ganvas(["sample", inside("never"), "-o", inside("x.png")]).err).toMatch(/run-missing/);
  });

  it("is no way to go on with a run", () =>
    expect(train(write("warm.gan.json"), "never", "--weights", "x", "--resume").code).toBe(2));
});

describe("averaged weights", () => {
  const ema = { decay: 0.5, start: 0 };

  it("are sampled from and exported, unless --raw asks for the trained ones, also after a resume", () => {
    const document = write("ema.gan.json", { ema });
    expect(train(document, "ema", "--steps", "3").code).toBe(0);
    expect(train(document, "ema", "--steps", "6", "--resume").code).toBe(0);
    expect(train(document, "whole", "--steps", "6").code).toBe(0);
    const [averaged, raw] = [[], ["--raw"]].map((more) => exported(inside("ema"), "generator", ...more));
    expect(averaged).not.toEqual(raw);
    expect(exported(inside("whole"), "generator")).toEqual(averaged);
    expect(exported(inside("whole"), "generator", "--raw")).toEqual(raw);
    // what a checkpoint says of both
    const state = weightsIn(inside("ema/checkpoint/state.safetensors"));
    expect(state.get("averages/g_opt/generator/out.weight")).toEqual(averaged.get("out.weight"));
    expect(state.get("weights/generator/out.weight")).toEqual(raw.get("out.weight"));
    const feed = inside("z.npy");
    writeFileSync(feed, writeNpy(draw(3, "z", { iteration: 0 }).normal(14), [2, 7]));
    const run = (...more: string[]) => {
      expect(ganvas(["run", inside("ema"), "--network", "generator", "--input", `z=${feed}`, "--backend", "wasm", "--out", inside("ran"), ...more]).code).toBe(0); // prettier-ignore
      return readNpy(readFileSync(inside("ran/x.npy")), "x.npy").data;
    };
    expect(run()).not.toEqual(run("--raw"));
  });

  it("are all that samples depend on", () => {
    expect(train(write("ema.gan.json", { ema }), "drawn").code).toBe(0);
    const file = inside("drawn/checkpoint/state.safetensors");
    const picture = () => {
      expect(ganvas(["sample", inside("drawn"), "--count", "8", "--backend", "wasm", "-o", inside("drawn.png")]).code).toBe(0); // prettier-ignore
      return readFileSync(inside("drawn.png"));
    };
    /** All that is trained; statistics are not averaged. */
    const without = (part: string) => {
      const saved = decodeCheckpoint(readFileSync(file), file);
      const emptied = ([name, { shape, data }]: [string, { shape: readonly number[]; data: Float32Array }]) =>
        [
          name,
          { shape, data: name.startsWith(`${part}/`) && !name.includes(".running_") ? data.map(() => 0) : data },
        ] as const;
      writeFileSync(file, encodeCheckpoint({ ...saved, tensors: new Map([...saved.tensors].map(emptied)) }));
    };
    const averaged = picture();
    without("weights");
    expect(picture().equals(averaged)).toBe(true);
    without("averages");
    expect(picture().equals(averaged)).toBe(false);
  });
});

describe("a sampler", () => {
  it("is the whole way in one ONNX file: what it gives is what the generator gives, fed by hand", async () => {
    expect(train(write("sampler.gan.json", { ema: { decay: 0.5 } }), "sampler").code).toBe(0);
    const file = inside("sampler.onnx");
    const { code, out } = ganvas(["export", inside("sampler"), "--sampler", "--format", "onnx", "-o", file, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ network: "sampler", proof: { samples: expect.any(Number) } });

    const count = 5;
    const z = draw(8, "z", { iteration: 0 }).uniform(4 * count).map((u) => 2 * u - 1); // prettier-ignore
    const labels = Array.from({ length: count }, (_, at) => (at * 2) % 3);
    const runtime = await openRuntime(readFileSync(file));
    expect([...runtime.inputs].sort()).toEqual(["digit", "z"]);
    const given = await runtime.run({
      z: { dims: [count, 4], data: z },
      digit: { dims: [count], data: BigInt64Array.from(labels, BigInt) },
    });
    await runtime.release();

    const joined = Float32Array.from({ length: 7 * count }, (_, at) => {
      const [row, column] = [Math.floor(at / 7), at % 7];
      return column < 4 ? z[4 * row + column] : Number(labels[row] === column - 4);
    });
    writeFileSync(inside("joined.npy"), writeNpy(joined, [count, 7]));
    expect(ganvas(["run", inside("sampler"), "--network", "generator", "--input", `z=${inside("joined.npy")}`, "--backend", "wasm", "--out", inside("by-hand")]).code).toBe(0); // prettier-ignore
    const { shape, data } = readNpy(readFileSync(inside("by-hand/x.npy")), "x.npy");
    const [output] = Object.values(given);
    expect(output.dims).toEqual(shape);
    const largest = Math.max(...Array.from(output.data as Float32Array, (value, at) => Math.abs(value - Number(data[at])))); // prettier-ignore
    expect(largest).toBeLessThan(1e-5);
    expect(new Set(Array.from(data as Float32Array, (value) => value.toFixed(4))).size).toBeGreaterThan(20);

    // by label: another class is another image
    const { metadataProps } = decodeModel(readFileSync(file));
    const says = new Map(metadataProps.map(({ key, value }) => [key, value]));
    expect(Object.fromEntries([...says].filter(([key]) => !key.startsWith("ganvas.document")))).toEqual({
      "Image.NominalPixelRange": "Normalized_0_1",
      "ganvas.network": "sampler",
      "ganvas.seed": "2",
      "ganvas.iterations": "4",
      "ganvas.latent.distribution": "uniform",
      "ganvas.latent.size": "4",
      "ganvas.classes": "3",
      "ganvas.data.range": "0,1",
    });
    rmSync(file);
  });
});
