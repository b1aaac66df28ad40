import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/datasets/npy.ts";
import { readSafetensors } from "../../src/targets/safetensors/safetensors.ts";
import { ganvas, root, scratch, startGanvas } from "./ganvas.ts";

const { folder, remove } = scratch("commands");
afterAll(remove);
const inside = (name: string) => path.join(folder, name);

describe("lists", () => {
  it("lists templates, data sets and kinds", () => {
    const names = (command: string) =>
      (JSON.parse(ganvas([command, "--json"]).out) as { name: string }[]).map(({ name }) => name);
    expect(names("templates")).toEqual(expect.arrayContaining(["dcgan-64", "dcgan-mnist", "toy-1d", "vanilla-mnist"]));
    expect(names("datasets")).toContain("mnist");
    expect(names("kinds")).toEqual(expect.arrayContaining(["ConvTranspose2d", "Optimizer"]));
    expect(ganvas(["kinds"]).out).toMatch(/^Linear +network +Dense +Every output/m);
  });
});

describe("summary", () => {
  it("counts what the papers count", () => {
    const { networks } = JSON.parse(ganvas(["summary", "dcgan-64", "--json"]).out) as {
      networks: Record<string, { parameters: number; layers: { kind: string; parameters: number }[] }>;
    };
    expect(networks.generator.parameters).toBe(3_576_704);
    expect(networks.discriminator.parameters).toBe(2_765_568);
    const of = (kind: string) =>
      networks.generator.layers.filter((layer) => layer.kind === kind).map((layer) => layer.parameters);
    expect(of("ConvTranspose2d")).toEqual([819_200, 2_097_152, 524_288, 131_072, 3_072]);
    expect(of("BatchNorm2d")).toEqual([1_024, 512, 256, 128]);
  });
});

describe("bad usage and bad input", () => {
  const broken = (name: string, text: string) => {
    writeFileSync(inside(name), text);
    return inside(name);
  };
  /** dcgan-mnist with one thing changed. */
  const changed = (
    name: string,
    change: (
      document: Record<string, never> & { training: { nodes: Record<string, { params: Record<string, unknown> }> } },
    ) => void,
  ) => {
    const document = JSON.parse(readFileSync(path.join(root, "templates/dcgan-mnist.gan.json"), "utf8"));
    change(document);
    return broken(name, JSON.stringify(document));
  };
  const refusal = (...args: string[]) => {
    const { code, err } = ganvas(args);
    expect(err).not.toMatch(/^\s+at /m); // no stack trace
    return `${code} ${err}`;
  };

  it.each([
    ["no command is called that", ["paint"], /^2 error: unknown command/],
    [
      "an option has no such value",
      ["train", "toy-1d", "--steps", "many"],
      /^2 error: option '--steps <n>' argument 'many' is invalid\. It must be a whole number/,
    ],
    ["a document is missing", ["summary", "dcgan-mnits"], /^1 error file-missing: .*Did you mean dcgan-mnist\?/],
    [
      "the output lies below a file",
      ["export", "toy-1d", "--network", "generator", "--format", "json", "-o", "package.json/x/y.json"],
      /^1 error file-unusable: package\.json\/x cannot be used: a part of the path is no folder/,
    ],
    ["there is no run", ["sample", "nowhere", "-o", "x.png"], /^1 error run-missing/],
  ])("%s", (_, args, expected) => expect(refusal(...args)).toMatch(expected));

  it("not JSON", () => expect(refusal("check", broken("a.gan.json", "{"))).toMatch(/^1/));
  it("wrong version", () =>
    expect(refusal("summary", broken("b.gan.json", '{"format": "ganvas/99"}'))).toMatch(
      /^1 error document-version: .*ganvas\/99/,
    ));
  it("a data set that isn't there, with what was meant", () =>
    expect(
      refusal(
        "train",
        changed("c.gan.json", ({ training }) => (training.nodes.data.params.name = "mnits")),
        "--out",
        inside("c"),
      ),
    ).toMatch(/^1 error dataset-unknown: training \/ data\.name: .*Did you mean mnist\?/));
  it("a batch larger than the data", async () => {
    mkdirSync(inside("few"));
    for (const name of ["a", "b", "c"])
      await sharp({ create: { width: 28, height: 28, channels: 3, background: "#808080" } })
        .grayscale()
        .png()
        .toFile(inside(`few/${name}.png`));
    const channels = changed("e.gan.json", ({ training }) => (training.nodes.data.params.channels = 1));
    expect(refusal("train", channels, "--data", inside("few"), "--out", inside("e"))).toMatch(
      /^1 [^]*error batch-too-large: training \/ data: The batch is 64, and .* has only 3 rows/,
    );
  });
  it("images of mixed sizes, with the fix that sets resize", async () => {
    mkdirSync(inside("mixed"));
    for (const size of [28, 32])
      await sharp({ create: { width: size, height: size, channels: 3, background: "red" } })
        .png()
        .toFile(inside(`mixed/${size}.png`));
    expect(refusal("train", "dcgan-mnist", "--data", inside("mixed"), "--out", inside("m"))).toMatch(
      /^1 error images-mixed-sizes: training \/ data\.resize: .*28×28.*32×32.*Set resize/,
    );
    const document = changed("m.gan.json", ({ training }) =>
      Object.assign(training.nodes.data.params, { name: inside("mixed"), resize: 28, channels: 1, drop_last: false }),
    );
    expect(ganvas(["train", document, "--steps", "1", "--out", inside("m")]).code).toBe(0);
  });
  it("a truncated IDX", () => {
    writeFileSync(
      inside("train-images-idx3-ubyte"),
      Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]),
    );
    expect(refusal("train", "dcgan-mnist", "--data", inside("train-images-idx3-ubyte"), "--out", inside("t"))).toMatch(
      /^1 error idx-truncated: .*19 bytes.*7,072/,
    );
  });
  it("images too small for the network", async () => {
    mkdirSync(inside("tiny"));
    await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
      .png()
      .toFile(inside("tiny/a.png"));
    const document = changed("tiny.gan.json", ({ training }) =>
      Object.assign(training.nodes.data.params, { name: inside("tiny"), channels: 1 }),
    );
    expect(refusal("train", document, "--out", inside("tiny-run"))).toMatch(/^1 error/);
  });
});

describe("train, sample, export, run", () => {
  const run = inside("ring");
  beforeAll(() => {
    const { code, err } = ganvas([
      "train",
      "toy-ring",
      "--steps",
      "30",
      "--seed",
      "3",
      "--out",
      run,
      "--backend",
      "wasm",
    ]);
    expect(code, err).toBe(0);
  });

  it("leaves metrics, pictures, a checkpoint and the document", () => {
    for (const file of [
      "metrics.jsonl",
      "losses.png",
      "losses.csv",
      "samples.png",
      "best.png",
      "samples/000030.png",
      "checkpoint/state.safetensors",
      "document.gan.json",
    ])
      expect(existsSync(path.join(run, file)), file).toBe(true);
    const lines = readFileSync(path.join(run, "metrics.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { iteration: number; losses: object; imagesPerSecond: number }); // prettier-ignore
    expect(lines.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(Object.keys(lines[0].losses)).toEqual(["d_loss", "g_loss"]);
    expect(lines[29].imagesPerSecond).toBeGreaterThan(0);
  });

  it("ends with a checkpoint after its iteration when it is interrupted", async () => {
    const folder = inside("interrupted");
    const child = startGanvas(["train", "toy-ring", "--steps", "1000000", "--sample-every", "1000000", "--out", folder, "--backend", "wasm"]); // prettier-ignore
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (!existsSync(path.join(folder, "metrics.jsonl"))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(existsSync(path.join(folder, "checkpoint/state.safetensors"))).toBe(true);
    expect(ganvas(["sample", folder, "-o", inside("i.png")]).code).toBe(0);
  });

  it("resumes a folder that has no checkpoint yet as a new run, with new settings", () => {
    const folder = inside("begun");
    mkdirSync(folder);
    writeFileSync(path.join(folder, "run.json"), JSON.stringify({ seed: 4, batch: 9 }));
    const again = (...more: string[]) => ganvas(["train", "toy-1d", "--out", folder, "--resume", "--backend", "wasm", ...more]); // prettier-ignore
    expect(again("--batch", "8", "--steps", "2").code).toBe(0);
    expect(again("--steps", "4").code).toBe(0);
    expect(ganvas(["sample", folder, "-o", inside("b.png")]).code).toBe(0);
  });

  it("exports no weights that are not there", () => {
    const exported = ganvas(["export", "dcgan-mnist", "--run", run, "--format", "safetensors", "-o", inside("e.st")]);
    expect(exported.code).toBe(1);
    expect(exported.err).toMatch(/error weights-(missing|shape)/);
    expect(existsSync(inside("e.st"))).toBe(false);
  });

  it("does not write over a run", () => {
    const { code, err } = ganvas(["train", "toy-ring", "--out", run]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error run-exists: .*--resume/m);
  });

  it("samples, sorted and truncated", () => {
    const { code, out } = ganvas([
      "sample",
      run,
      "--count",
      "20",
      "--sort",
      "score",
      "--truncation",
      "1",
      "-o",
      inside("s.png"),
      "--json",
    ]);
    expect(code).toBe(0);
    const { scores } = JSON.parse(out) as { scores: number[] };
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it("exports ONNX that runs here and gives what the network gives", () => {
    const exported = ganvas(["export", run, "--format", "onnx", "-o", inside("g.onnx"), "--json"]);
    expect(exported.code, exported.err).toBe(0);
    const { proof, network } = JSON.parse(exported.out) as { proof: { largest: number }; network: string };
    expect(network).toBe("generator");
    expect(proof.largest).toBeLessThan(1e-4);
    const z = Float32Array.from({ length: 5 * 16 }, (_, index) => Math.sin(index));
    writeFileSync(inside("z.npy"), writeNpy(z, [5, 16]));
    for (const [target, out] of [
      [inside("g.onnx"), "from-onnx"],
      [run, "from-run"],
    ]) {
      // prettier-ignore
      const ran = ganvas(["run", target, "--input", `z=${inside("z.npy")}`, "--out", inside(out)]);
      expect(ran.code, ran.err).toBe(0);
    }
    const [a, b] = ["from-onnx", "from-run"].map((out) => readNpy(readFileSync(inside(`${out}/x.npy`)), out));
    expect(a.shape).toEqual([5, 2]);
    expect(a.data).toEqual(b.data);
  });

  it("says what is wrong with an input", () => {
    const { code, err } = ganvas([
      "run",
      run,
      "--input",
      `z=${inside("z.npy")}`,
      "--network",
      "discriminator",
      "--out",
      inside("o"),
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /error input-file: discriminator: The input z cannot be used: discriminator has no such input, but x/,
    );
  });

  it("takes classes and tokens that there are, and says which are not", () => {
    const document = {
      format: "ganvas/1",
      name: "classes",
      networks: {
        net: {
          nodes: {
            y: { kind: "Input", params: { type: "label", shape: [3] } },
            hot: { kind: "OneHot" },
            x: { kind: "Output" },
          },
          edges: [
            { from: "y.out", to: "hot.in" },
            { from: "hot.out", to: "x.in" },
          ],
        },
        words: {
          nodes: {
            y: { kind: "Input", params: { type: "tokens", shape: [2] } },
            rows: { kind: "Embedding", params: { num_embeddings: 7, embedding_dim: 1 } },
            x: { kind: "Output" },
          },
          edges: [
            { from: "y.out", to: "rows.in" },
            { from: "rows.out", to: "x.in" },
          ],
        },
      },
    };
    writeFileSync(inside("classes.gan.json"), JSON.stringify(document));
    const fed = (network: string, shape: number[], ...indices: number[]) => {
      writeFileSync(inside("y.npy"), writeNpy(Float32Array.from(indices), shape));
      const from = ["run", inside("classes.gan.json"), "--network", network, "--input", `y=${inside("y.npy")}`];
      return ganvas([...from, "--backend", "wasm", "--out", inside("hot")]);
    };
    expect(fed("net", [2], 2, 0).code).toBe(0);
    expect([...readNpy(readFileSync(inside("hot/x.npy")), "x").data]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(fed("net", [2], 2, 3).err).toMatch(
      /The input y cannot be used: .*y\.npy holds 3, and whole numbers from 0 to 2 are wanted/,
    );
    expect(fed("words", [2, 2], 0, 6, 3, 3).code).toBe(0);
    expect(readNpy(readFileSync(inside("hot/x.npy")), "x").shape).toEqual([2, 2, 1]);
    expect(fed("words", [1, 2], 0, 7).err).toMatch(/y\.npy holds 7, and whole numbers from 0 to 6 are wanted/);
  });

  it("exports safetensors under state_dict names, and the document", () => {
    expect(
      ganvas(["export", run, "--network", "discriminator", "--format", "safetensors", "-o", inside("d.safetensors")])
        .code,
    ).toBe(0);
    expect([...readSafetensors(readFileSync(inside("d.safetensors"))).tensors.keys()].sort()).toEqual([
      "fc1.bias",
      "fc1.weight",
      "fc2.bias",
      "fc2.weight",
      "fc3.bias",
      "fc3.weight",
    ]);
    expect(ganvas(["export", run, "--format", "json", "-o", inside("d.gan.json")]).code).toBe(0);
    expect(ganvas(["check", inside("d.gan.json")]).out).toBe("No mistakes found.\n");
  });

  it("repeats with several seeds", () => {
    const { code, out } = ganvas([
      "train",
      "toy-1d",
      "--steps",
      "5",
      "--seeds",
      "2",
      "--out",
      inside("seeds"),
      "--backend",
      "wasm",
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/Over 2 seeds\n {2}d_loss [\d.]+ ± [\d.]+/);
    expect(existsSync(inside("seeds/seed-2/checkpoint/state.safetensors"))).toBe(true);
  });
});
