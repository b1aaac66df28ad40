/// <reference types="node" />
/** The training worker in a real browser: trained, reloaded, crashed, exported from, and fed with images. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStudio, type Studio, type Tab } from "./browser.ts";
import type { TestPage } from "./page.ts";

let studio: Studio;
beforeAll(async () => {
  studio = await startStudio();
});
afterAll(() => studio?.close());

const template = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, `../../templates/${name}.gan.json`), "utf8");

/** A template with parts of its training graph changed. */
function changed(name: string, change: (training: TemplateTraining) => void): string {
  const document = JSON.parse(template(name)) as { training: TemplateTraining };
  change(document.training);
  return JSON.stringify(document);
}
interface TemplateTraining {
  batch: number;
  nodes: Record<string, { params: Record<string, unknown> }>;
}

const open = (tab: Tab, document: string, run: string) => tab.ask("open", { document, run, backend: "wasm" });

describe("training in the browser", () => {
  it.each(["toy-1d", "toy-ring"])("goes on after a reload as if %s had never stopped", async (name) => {
    const tab = await studio.openTab();
    const document = template(name);
    const fresh = await open(tab, document, `${name}/whole`);
    expect(fresh).toMatchObject({ iteration: 0, backend: "wasm", notices: [], saved: null });
    expect(fresh.snapshots.map(({ iteration }) => iteration)).toEqual([0]);
    await tab.ask("train", { until: 100 });
    const whole = await open(tab, document, `${name}/whole`);
    expect(whole.history.iterations).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));

    await open(tab, document, `${name}/halves`);
    expect(await tab.ask("train", { until: 50 })).toEqual({ iteration: 50 });
    await tab.reload();
    expect(await open(tab, document, `${name}/halves`)).toMatchObject({ iteration: 50, saved: 50, notices: [] });
    await tab.ask("train", { until: 100 });
    const halves = await open(tab, document, `${name}/halves`);
    expect(halves.history).toEqual(whole.history);
    await tab.page.close();
  });

  it("tells losses, gradients, speed and snapshots as it goes", async () => {
    const tab = await studio.openTab();
    const { slices } = await open(tab, template("toy-ring"), "news");
    expect(slices.map(({ trains }) => trains)).toEqual([["discriminator"], ["generator"]]);
    await tab.ask("train", { until: 30 });
    const news = await tab.news();
    const progress = news.flatMap((each) => (each.kind === "progress" ? [each.progress] : []));
    expect(progress.flatMap(({ iterations }) => iterations)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(Object.keys(progress[0].losses).sort()).toEqual(["d_loss", "g_loss"]);
    expect(Math.min(...progress.flatMap(({ gradients }) => Object.values(gradients).flat()))).toBeGreaterThan(0);
    expect(progress.at(-1)!.imagesPerSecond).toBeGreaterThan(0);
    expect(news.filter(({ kind }) => kind === "saved")).toEqual([{ kind: "saved", iteration: 30 }]);
    await tab.page.close();
  });

  it("photographs samples, their scores, their spread and the discriminator's field", async () => {
    const tab = await studio.openTab();
    const { snapshots } = await open(tab, template("toy-ring"), "field");
    const [{ sheet, field, spread }] = snapshots;
    expect(sheet).toMatchObject({ count: 512, type: "vector", shape: [2], pixels: null });
    expect([sheet.points!.length, sheet.scores!.length]).toEqual([1024, 512]);
    expect(field).toMatchObject({ size: 64 });
    expect([field!.data.length, field!.scores!.length, field!.extent.length]).toEqual([1024, 4096, 4]);
    expect(spread!.data).toBeGreaterThan(1); // eight modes on a circle of radius 2
    await tab.page.close();
  });

  it("loses at most the seconds since the last save when the page dies in the middle", async () => {
    const tab = await studio.openTab();
    await open(tab, template("toy-1d"), "crash");
    await tab.page.evaluate(() => {
      const { client } = (window as unknown as { page: TestPage }).page;
      client.request("train", { until: 1e9 }).catch(() => {});
    });
    const saved = await tab.page.waitForFunction(
      () => (window as unknown as { page: TestPage }).page.news.find(({ kind }) => kind === "saved"),
      undefined,
      { timeout: 20_000 },
    );
    const { iteration } = (await saved.jsonValue()) as { iteration: number };
    expect(iteration).toBeGreaterThan(10);
    await tab.reload();
    const opened = await open(tab, template("toy-1d"), "crash");
    expect(opened.iteration).toBeGreaterThanOrEqual(iteration);
    expect(opened.history.iterations.length).toBe(opened.iteration);
    expect(opened.snapshots.every((snapshot) => snapshot.iteration <= opened.iteration)).toBe(true);
    expect(opened.snapshots.length).toBeGreaterThan(1);
    await tab.page.close();
  });

  it("stops at a pause after the iteration that runs", async () => {
    const tab = await studio.openTab();
    await open(tab, template("toy-1d"), "pause");
    const [trained, paused] = await tab.page.evaluate(async () => {
      const { client, news } = (window as unknown as { page: TestPage }).page;
      const train = client.request("train", { until: 1e9 });
      while (!news.some(({ kind }) => kind === "progress")) await new Promise((resolve) => setTimeout(resolve, 10));
      return Promise.all([train, client.request("pause", {})]);
    });
    expect(trained.iteration).toBeGreaterThan(0);
    expect(paused).toEqual(trained);
    await tab.page.close();
  });

  it("goes on with live changes, and anew with others", async () => {
    const tab = await studio.openTab();
    await open(tab, template("toy-1d"), "edited");
    await tab.ask("train", { until: 20 });
    const faster = changed("toy-1d", ({ nodes }) => void (nodes.g_opt.params.lr = 0.2));
    expect(await open(tab, faster, "edited")).toMatchObject({ iteration: 20, notices: [] });
    const other = changed("toy-1d", (training) => void (training.batch = 64));
    const anew = await open(tab, other, "edited");
    expect(anew.iteration).toBe(0);
    expect(anew.notices.join()).toMatch(/begins anew/);
    await tab.page.close();
  });

  it("adopts an edited document with the weights that fit", async () => {
    const tab = await studio.openTab();
    await open(tab, template("toy-1d"), "adopted");
    await tab.ask("train", { until: 5 });
    const faster = changed("toy-1d", ({ nodes }) => void (nodes.g_opt.params.lr = 0.2));
    expect(await tab.ask("adopt", { document: faster })).toEqual({ iteration: 5, kept: 3, fresh: [] });
    expect(await tab.ask("train", { until: 6 })).toEqual({ iteration: 6 });
    await expect(tab.ask("adopt", { document: "{}" })).rejects.toThrow(/format/);
    await tab.page.close();
  });

  it("does one optimizer step at a time", async () => {
    const tab = await studio.openTab();
    await open(tab, template("toy-1d"), "steps");
    const first = await tab.ask("optimizerStep", {});
    expect(first).toMatchObject({
      iteration: 0,
      step: { optimizer: "d_opt", updated: ["discriminator"], last: false },
    });
    expect(await tab.ask("optimizerStep", {})).toMatchObject({ iteration: 1, step: { last: true } });
    const progress = (await tab.news()).flatMap((each) => (each.kind === "progress" ? [each.progress] : []));
    expect(progress).toMatchObject([{ iterations: [1] }]);
    expect(Object.keys(progress[0].losses).sort()).toEqual(["d_loss", "g_loss"]);
    await tab.page.close();
  });

  it("lets one tab alone write a run", async () => {
    const [tab, other] = [await studio.openTab(), await studio.openTab()];
    await open(tab, template("toy-1d"), "shared");
    await open(other, template("toy-1d"), "shared");
    expect((await other.news()).flatMap((each) => (each.kind === "notice" ? [each.text] : []))).toEqual([
      expect.stringContaining("another tab"),
    ]);
    await other.ask("train", { until: 5 });
    expect((await other.news()).filter(({ kind }) => kind === "saved")).toEqual([]);
    await Promise.all([tab.page.close(), other.page.close()]);
  });

  it("refuses a document with mistakes, and says what is wrong", async () => {
    const tab = await studio.openTab();
    const wrong = changed("toy-1d", ({ nodes }) => void (nodes.data.params.name = "own/nothing"));
    await expect(open(tab, wrong, "wrong")).rejects.toThrow(/There is no data set "own\/nothing"/);
    await expect(tab.ask("train", { until: 5 })).rejects.toThrow(/Nothing is open/);
    await tab.page.close();
  });
});

describe("images in the browser", () => {
  it("trains dcgan-mnist, and proves its export", async () => {
    const tab = await studio.openTab();
    const document = changed("dcgan-mnist", (training) => void (training.batch = 8));
    const opened = await open(tab, document, "mnist");
    expect(opened.snapshots[0].sheet).toMatchObject({ count: 64, type: "image", shape: [1, 28, 28], points: null });
    expect(opened.snapshots[0].sheet.pixels!.length).toBe(64 * 28 * 28 * 4);
    expect((await tab.news()).filter(({ kind }) => kind === "preparing").length).toBeGreaterThan(3);
    expect(await tab.ask("train", { until: 2 })).toEqual({ iteration: 2 });
    const { proof, model, back } = await tab.page.evaluate(async (document) => {
      const { client } = (window as unknown as { page: TestPage }).page;
      const given = { network: "generator", opset: 17, weights: "float32", keepDropout: false, document } as const;
      const { bytes, proof } = await client.request("exportOnnx", given);
      const { weights, ...model } = await client.request("importOnnx", { name: "g.onnx", bytes });
      return { proof, model, back: await client.request("importWeights", { network: model.network, bytes: weights }) };
    }, document);
    expect(proof).toMatchObject({ samples: 72, tolerance: 1e-4 });
    expect(proof.largest).toBeGreaterThan(0);
    expect(proof.largest).toBeLessThan(1e-4);
    expect(model).toEqual({ document, network: "generator" });
    expect(back.fits).toMatchObject([{ network: "generator", misfits: [], missing: [], unused: [] }]);
    expect(back.fits[0].taken).toBeGreaterThan(5);
    await tab.page.close();
  });

  it("keeps a folder of images as a data set, without the files that are none", async () => {
    const tab = await studio.openTab();
    const added = await tab.page.evaluate(async () => {
      const { client, openStorage } = (window as unknown as { page: TestPage }).page;
      const png = async (colour: string, width: number, height: number) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d")!;
        context.fillStyle = colour;
        context.fillRect(0, 0, width, height);
        return canvas.convertToBlob();
      };
      const files = [
        { path: "set/cats/a.png", bytes: await png("#ff0000", 40, 20) },
        { path: "set/cats/b.png", bytes: await png("#808080", 16, 16) },
        { path: "set/dogs/c.png", bytes: await png("#0000ff", 30, 60) },
        { path: "set/dogs/d.png", bytes: new Blob(["this is no picture"]) },
        { path: "set/read me.txt", bytes: new Blob(["neither is this"]) },
      ];
      const answer = await client.request("addDataSet", { name: "pets", files, resize: [16, 16], grayscale: false });
      const facts = await (await openStorage()).dataSets.facts("own/pets");
      return { answer, facts };
    });
    expect(added.answer).toEqual({ name: "own/pets", count: 3, skipped: 1 });
    expect(added.facts).toMatchObject({
      item: { type: "image", shape: [3, 16, 16] },
      classes: 2,
      count: 3,
      classNames: ["cats", "dogs"],
    });
    const { pixels, count } = await tab.ask("peek", { dataSet: "own/pets", count: 8 });
    expect(count).toBe(3);
    const pixel = (row: number) => pixels!.slice(row * 16 * 16 * 4, row * 16 * 16 * 4 + 4);
    expect([0, 1, 2].map(pixel)).toEqual([
      [255, 0, 0, 255],
      [128, 128, 128, 255],
      [0, 0, 255, 255],
    ]);

    const document = changed("dcgan-mnist", (training) => {
      training.batch = 2;
      const [data] = Object.values(training.nodes).filter(({ params }) => params.name === "mnist");
      Object.assign(data.params, { name: "own/pets", resize: [28, 28], channels: 1 });
    });
    await open(tab, document, "pets");
    expect(await tab.ask("train", { until: 1 })).toEqual({ iteration: 1 });
    await tab.page.close();
  });
});

describe("WebGPU in the browser", () => {
  it("trains a toy on the software adapter when it is asked for by name", async () => {
    const tab = await studio.openTab();
    const document = template("toy-1d");
    const opened = await tab.ask("open", { document, run: "gpu", backend: "webgpu" });
    expect(opened.backend).toBe("webgpu");
    expect(opened.device).toMatch(/WebGPU on/);
    expect(await tab.ask("train", { until: 2 })).toEqual({ iteration: 2 });

    // proven on WebAssembly, and back
    const given = { network: "generator", opset: 17, weights: "float32", keepDropout: false, document } as const;
    expect((await tab.ask("exportOnnx", given)).proof.largest).toBeLessThan(1e-4);
    expect(await tab.ask("train", { until: 3 })).toEqual({ iteration: 3 });
    expect((await tab.ask("sample", { count: 2, seed: 1 })).points).toHaveLength(2);
    await tab.page.close();
  });
});

describe("the browser's storage", () => {
  it("keeps documents over reloads, and says when it is full", async () => {
    const tab = await studio.openTab("storage");
    const devtools = await tab.page.context().newCDPSession(tab.page);
    const origin = new URL(tab.page.url()).origin;
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100_000 });
    await tab.page.evaluate(async () => {
      const storage = await (window as unknown as { page: TestPage }).page.openStorage();
      await storage.documents.put({ id: "a", name: "Digits", text: "{}", modified: 5, preview: new Blob(["x"]) });
      await storage.settings.set("theme", "dark");
    });
    await tab.reload();
    const kept = await tab.page.evaluate(async () => {
      const { documents, settings, notice } = await (window as unknown as { page: TestPage }).page.openStorage();
      const preview = await documents.preview("a");
      return [await documents.list(), await settings.get("theme"), preview?.size, notice];
    });
    expect(kept).toEqual([[{ id: "a", name: "Digits", modified: 5 }], "dark", 1, null]);

    const full = await tab.page.evaluate(async () => {
      const { documents } = await (window as unknown as { page: TestPage }).page.openStorage();
      const text = "x".repeat(3_000_000);
      const failed = await documents.put({ id: "b", name: "Large", text, modified: 6 }).catch((error: Error) => error);
      return [failed && failed.name, failed && failed.message, (await documents.list()).length];
    });
    expect(full).toEqual(["StorageFull", expect.stringMatching(/full/), 1]);
    await tab.page.close();
  });
});

it("logs no error and asks nothing of another origin", () => {
  expect(studio.complaints).toEqual([]);
});
