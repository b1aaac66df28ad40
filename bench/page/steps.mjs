// Training on WebGPU in a page of Chromium, as a contestant of `ganvas bench --suite train`. Lines of JSON; pages are told apart
// by a name:
//   {"do": "open", "page": "a", "ours": {"program": …, "dataSets": [["real", "generated/1x28x28"]], "batch": 1, "capture": true}}  → {}
//   {"do": "open", "page": "b", "plain": {"name": "dcgan-mnist", "batch": 1}}                                                      → {}
//   {"do": "train", "page": "a", "steps": 10}  → what a step took of the page's thread, in ms of processor time:
//        {"thread": all of it, "issuing": from its command encoder to the end of its submission, "dispatches": …, "submits": …, "mode": …}
//   {"do": "close", "page": "a"}               → {}
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "vite";
import { answerLines, openChromium, serveFolder } from "./chromium.mjs";
import { stepTimes } from "./trace.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(path.join(os.tmpdir(), "ganvas-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

// a software adapter will do: what the page's thread does is the same on any
const browser = await openChromium(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
const site = path.join(scratch, "site");
await build({
  configFile: false,
  root: path.join(root, "bench/page/steps"),
  logLevel: "error",
  build: { outDir: site, minify: false, target: "esnext", chunkSizeWarningLimit: Infinity },
});
const { address } = await serveFolder(site);
const pages = new Map();
await answerLines(browser, { open, train, close });

async function open({ page: name, ours, plain }) {
  const page = await browser.newPage();
  pages.set(name, page);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.steps !== undefined);
  await page.evaluate(
    ([ours, plain]) => (ours ? globalThis.steps.openOurs(ours) : globalThis.steps.openPlain(plain)),
    [ours, plain],
  );
  return {};
}

async function train({ page: name, steps }) {
  const page = pages.get(name);
  const file = path.join(scratch, "trace.json");
  await browser.startTracing(page, { path: file, categories: ["toplevel", "blink.user_timing"] });
  const counted = await page.evaluate((count) => globalThis.steps.run(count), steps);
  await browser.stopTracing();
  const { thread, issuing } = stepTimes(JSON.parse(readFileSync(file, "utf8")).traceEvents);
  return { ...counted, thread: thread / steps, issuing: issuing / steps };
}

async function close({ page: name }) {
  await pages.get(name).close();
  return {};
}
