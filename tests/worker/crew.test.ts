/// <reference types="node" />
/** Several workers train in a real browser, under the headers of `ganvas serve`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStudio, type Studio, type Tab } from "./browser.ts";

let studio: Studio;
beforeAll(async () => {
  studio = await startStudio();
});
afterAll(() => studio?.close());

const dcgan = (() => {
  const file = path.resolve(import.meta.dirname, "../../templates/dcgan-mnist.gan.json");
  const document = JSON.parse(readFileSync(file, "utf8")) as { training: { batch: number } };
  document.training.batch = 16;
  return JSON.stringify(document);
})();

const open = (tab: Tab, run: string) => tab.ask("open", { document: dcgan, run, backend: "wasm" });

describe("in an isolated page", () => {
  it(
    "several workers compute a batch, always to the same bits, also after a reload",
    { timeout: 240_000 },
    async () => {
      const tab = await studio.openTab();
      const opened = await open(tab, "crew/whole");
      expect(opened.device).toMatch(/^WebAssembly, (relaxed )?SIMD, [2-4] workers$/);
      expect(opened.notices).toEqual([]);
      await tab.ask("train", { until: 4 });
      const whole = await open(tab, "crew/whole");

      await open(tab, "crew/halves");
      await tab.ask("train", { until: 2 });
      await tab.reload();
      expect(await open(tab, "crew/halves")).toMatchObject({ iteration: 2, notices: [] });
      await tab.ask("optimizerStep", {});
      await tab.ask("train", { until: 4 });
      const halves = await open(tab, "crew/halves");
      expect(halves.history.iterations).toEqual([1, 2, 3, 4]);
      expect(halves.history).toEqual(whole.history);
      expect(studio.complaints).toEqual([]);
      await tab.page.close();
    },
  );
});

describe("in a page whose host does not isolate it", () => {
  it("one worker trains, and the page is told why", { timeout: 240_000 }, async () => {
    const tab = await studio.openTab("bare");
    await tab.page.route("**/*", async (route) => {
      const response = await route.fetch();
      const isolating = /^cross-origin-(opener|embedder)-policy$/;
      const headers = Object.entries(response.headers()).filter(([name]) => !isolating.test(name));
      await route.fulfill({ response, headers: Object.fromEntries(headers) });
    });
    await tab.reload();
    const { device, notices } = await open(tab, "crew/bare");
    expect(device).toMatch(/^WebAssembly, (relaxed )?SIMD, one thread$/);
    expect(notices).toEqual([expect.stringMatching(/^One worker trains: this page's host does not isolate it/)]);
    expect(await tab.ask("train", { until: 1 })).toEqual({ iteration: 1 });
    await tab.page.close();
  });
});
