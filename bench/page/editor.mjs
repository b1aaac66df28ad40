// The built studio in Chromium, as a contestant of `ganvas bench --suite editor`. Lines of JSON; pages are told apart by a name:
//   {"do": "open", "page": "a", "address": …, "file": …}  → {"ms": …}: from the file that is chosen to its nodes on the screen
//   {"do": "plain", "page": "b", "file": …}               → {}: plain React Flow with the nodes and wires of that document
//   {"do": "drag", "page": "a"}                           → {"ms": …, …}: between two frames while a node is dragged, 95th percentile
//   {"do": "type", "page": "a"}                           → {"ms": …}: from a key in a field to the new shapes on the screen
//   {"do": "undo", "page": "a"}                           → {"ms": …}: from Control+Z to the shapes before
//   {"do": "train", "address": …}                         → {"ms": …, …}: the longest task of the page's thread in ten seconds of training
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "vite";
import { answerLines, openChromium, quantile, serveFolder } from "./chromium.mjs";
import { tasksOf } from "./trace.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(path.join(os.tmpdir(), "ganvas-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const viewport = { width: 1440, height: 900 };
const dragged = '.react-flow__node[data-id="layer4"]';
const typedInto = '.react-flow__node[data-id="layer0"]';

const browser = await openChromium();
const pages = new Map();
let typed = 20;
await answerLines(browser, { open, plain, drag, type, undo, train });

async function open({ page: name, address, file }) {
  await pages.get(name)?.close();
  const page = await browser.newPage({ viewport });
  pages.set(name, page);
  await page.goto(address);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a file" }).click();
  const started = performance.now();
  await (await chooser).setFiles(file);
  await page.locator(typedInto).waitFor();
  const ms = performance.now() - started;
  await page.waitForTimeout(1000); // what it still does when its nodes stand is no part of what is measured next
  return { ms };
}

async function plain({ page: name, file }) {
  const { networks, layout } = JSON.parse(readFileSync(file, "utf8"));
  const [[network, { edges }]] = Object.entries(networks);
  const end = (text) => text.split(".")[0];
  const graph = {
    nodes: Object.entries(layout[`networks.${network}`]).map(([id, place]) => ({ id, ...place })),
    edges: edges.map(({ from, to }) => ({ source: end(from), target: end(to) })),
  };
  const source = path.join(scratch, name);
  cpSync(path.join(root, "bench/plain-flow"), source, { recursive: true });
  writeFileSync(path.join(source, "graph.json"), JSON.stringify(graph));
  const outDir = path.join(scratch, `${name}-built`);
  await build({
    configFile: false,
    root: source,
    logLevel: "error",
    build: { outDir },
    resolve: { alias: ["@xyflow/react", "react-dom", "react"].map(fromHere) },
  });
  const { server, address } = await serveFolder(outDir);
  const page = await browser.newPage({ viewport });
  pages.set(name, page);
  await page.goto(address);
  await page.locator(typedInto).waitFor();
  await page.waitForTimeout(1000);
  server.close();
  return {};
}

/** The copy lies outside of the project, where no packages are found. */
function fromHere(name) {
  return { find: new RegExp(`^${name}(/.*)?$`), replacement: `${path.join(root, "node_modules", name)}$1` };
}

/** One node goes back and forth. */
async function drag({ page: name }) {
  const page = pages.get(name);
  await page.bringToFront();
  const box = await page.locator(dragged).boundingBox();
  const [x, y] = [box.x + box.width / 4, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 12, y + 8, { steps: 3 });
  await page.evaluate(() => {
    const seen = { times: [], going: true };
    globalThis.frameTimes = seen;
    const tick = (time) => {
      seen.times.push(time);
      if (seen.going) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  for (let step = 0; step < 40; step++)
    await page.mouse.move(x + 12 + 120 * Math.sin(step / 9), y + 8 + 60 * Math.sin(step / 7));
  const times = await page.evaluate(() => {
    globalThis.frameTimes.going = false;
    return globalThis.frameTimes.times;
  });
  await page.mouse.move(x, y, { steps: 3 });
  await page.mouse.up();
  await page.waitForTimeout(200);
  const between = times.slice(1).map((time, index) => time - times[index]);
  return { ms: quantile(between, 0.95), median: quantile(between, 0.5), frames: between.length };
}

async function type({ page: name }) {
  const page = pages.get(name);
  await page.bringToFront();
  await page.locator(typedInto).click();
  const field = page.getByRole("spinbutton", { name: "out_channels" });
  const value = String((typed = typed === 98 ? 20 : typed + 1));
  await field.click();
  await field.fill("");
  await field.pressSequentially(value[0]);
  await page.waitForTimeout(300);
  await watchFor(page, `${value}×28×28`, true);
  await field.press(value[1]);
  return { ms: await page.evaluate(() => globalThis.shapesShown) };
}

/** Of what `type` did last. */
async function undo({ page: name }) {
  const page = pages.get(name);
  await page.bringToFront();
  await page.locator(typedInto).click();
  await page.waitForTimeout(300);
  await watchFor(page, `${typed}×28×28`, false);
  await page.keyboard.press("Control+z");
  return { ms: await page.evaluate(() => globalThis.shapesShown) };
}

/** From the next key to the frame, painted, in which the canvas shows the text, or no longer does. */
function watchFor(page, text, wanted) {
  return page.evaluate(
    ([text, wanted]) => {
      globalThis.shapesShown = new Promise((resolve) => {
        const begin = ({ key, timeStamp }) => {
          if (key === "Control") return; // what it goes with is still to come
          removeEventListener("keydown", begin, { capture: true });
          const painted = new MessageChannel(); // its message comes after the frame has been painted
          painted.port1.onmessage = () => resolve(performance.now() - timeStamp);
          const look = () => {
            const shown = document.querySelector(".react-flow").textContent.includes(text);
            if (shown === wanted) painted.port2.postMessage(null);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        addEventListener("keydown", begin, { capture: true });
      });
    },
    [text, wanted],
  );
}

async function train({ address }) {
  const page = await browser.newPage({ viewport });
  await page.goto(address);
  await page.getByText("DCGAN on MNIST").first().click();
  await page
    .getByRole("button", { name: /^Train/ })
    .first()
    .click();
  await page.waitForFunction(
    () => Number(/iteration ([\d,]+)\s*of/.exec(document.body.innerText)?.[1].replace(",", "")) >= 20,
    null,
    { timeout: 120_000, polling: 500 },
  );
  const file = path.join(scratch, "trace.json");
  await browser.startTracing(page, { path: file, categories: ["toplevel", "devtools.timeline", "v8"] });
  await page.waitForTimeout(10_000);
  await browser.stopTracing();
  await page.close();
  const tasks = tasksOf(JSON.parse(readFileSync(file, "utf8")).traceEvents).sort((a, b) => b - a);
  return {
    ms: tasks[0] ?? 0,
    p99: quantile(tasks, 0.99),
    over8: tasks.filter((ms) => ms > 8).length,
    tasks: tasks.length,
  };
}
