// node bench/studio.mjs [--rounds 5] [--only drag,typing,training,load] [--json]: what a person waits for in the page, in a real
// Chromium against the built studio (npm run build first):
//   drag      frames while a node of 1,000 is dragged, beside a plain React Flow of 1,000 nodes, taking turns
//   typing    from the key to the new shapes on the screen, in that graph
//   training  the longest tasks of the page's main thread while DCGAN trains on WebAssembly
//   load      compressed JavaScript before the start page and before a graph stands, without worker, tfjs and ONNX Runtime
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync, cpSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { build } from "vite";
import { requireBrowser } from "../scripts/browser.mjs";
import { startServer } from "../dist/cli/site.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "drag,typing,training,load" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const wanted = options.only.split(",");
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const scratch = mkdtempSync(path.join(os.tmpdir(), "ganvas-bench-"));
const site = await startServer({
  folder: path.join(root, "dist/studio"),
  data: path.join(root, "data"),
  port: 0,
  from: 0,
});
const browser = await chromium.launch({ executablePath: requireBrowser().browser, args: ["--no-sandbox"] });
const say = (text) => process.stderr.write(`${text}\n`);
const results = { machine: `${os.cpus()[0].model}, ${os.cpus().length} cores`, browser: browser.version() };
try {
  const graph = await largeGraph();
  if (wanted.includes("drag")) results.drag = await drag(graph);
  if (wanted.includes("typing")) results.typing = await typing(graph);
  if (wanted.includes("training")) results.training = await training();
  if (wanted.includes("load")) results.load = await load();
  process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : `${printed(results)}\n`);
} finally {
  await browser.close();
  await site.close();
  rmSync(scratch, { recursive: true, force: true });
}

/** A chain of 1,000 layers in 25 columns: the first one's out_channels is every wire's. */
async function largeGraph() {
  const nodes = {};
  const layout = {};
  const edges = [];
  const kinds = [
    ["conv", { kind: "Conv2d", params: { out_channels: 16, kernel_size: 3, stride: 1, padding: 1, groups: 1 } }],
    ["act", { kind: "LeakyReLU" }],
  ];
  const ids = ["x"];
  nodes.x = { kind: "Input", params: { type: "image", shape: [3, 28, 28] } };
  for (let index = 0; index < 998; index++) {
    const [name, node] = index === 0 ? kinds[0] : kinds[1];
    ids.push(`${name}${index}`);
    nodes[`${name}${index}`] = node;
  }
  ids.push("y");
  nodes.y = { kind: "Output" };
  ids.slice(1).forEach((id, index) => edges.push({ from: `${ids[index]}.out`, to: `${id}.in` }));
  ids.forEach((id, index) => (layout[id] = { x: Math.floor(index / 40) * 480, y: (index % 40) * 72 }));
  const document = {
    format: "ganvas/1",
    name: "A thousand layers",
    networks: { large: { nodes, edges } },
    blocks: {},
    training: { nodes: {}, edges: [] },
    layout: { "networks.large": layout },
  };
  const file = path.join(scratch, "large.gan.json");
  writeFileSync(file, JSON.stringify(document));
  const places = {
    nodes: ids.map((id) => ({ id, ...layout[id] })),
    edges: ids.slice(1).map((target, index) => ({ source: ids[index], target })),
  };
  return { file, places };
}

async function openLarge({ file }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(site.address);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a file" }).click();
  await (await chooser).setFiles(file);
  await page.locator('.react-flow__node[data-id="conv0"]').waitFor();
  await page.waitForTimeout(1000);
  return page;
}

async function openPlain({ places }) {
  const source = path.join(scratch, "plain");
  cpSync(path.join(root, "bench/plain-flow"), source, { recursive: true });
  writeFileSync(path.join(source, "graph.json"), JSON.stringify(places));
  const outDir = path.join(scratch, "plain-built");
  await build({
    configFile: false,
    root: source,
    logLevel: "error",
    build: { outDir },
    resolve: { alias: moduleAliases(["@xyflow/react", "react-dom", "react"]) },
    esbuild: { jsx: "automatic" },
  });
  const server = createServer((request, response) => {
    const file = path.join(outDir, new URL(request.url, "http://x").pathname.replace(/\/$/, "/index.html"));
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    const type = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" }[path.extname(file)];
    response.writeHead(200, { "Content-Type": type ?? "application/octet-stream" }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.locator('.react-flow__node[data-id="conv0"]').waitFor();
  await page.waitForTimeout(1000);
  server.close();
  return page;
}

/** The copy lies outside of the project, where no packages are found. */
function moduleAliases(names) {
  return names.map((name) => ({
    find: new RegExp(`^${name}(/.*)?$`),
    replacement: `${path.join(root, "node_modules", name)}$1`,
  }));
}

async function drag(graph) {
  const pages = { studio: await openLarge(graph), plain: await openPlain(graph) };
  const frames = { studio: [], plain: [] };
  for (let round = -1; round < rounds; round++) {
    for (const [name, page] of Object.entries(pages)) {
      await page.bringToFront();
      const measured = await dragOnce(page);
      if (round >= 0) frames[name].push(...measured);
    }
    say(`drag: round ${round + 1} of ${rounds}`);
  }
  for (const page of Object.values(pages)) await page.close();
  const of = (name) => ({
    p50: quantile(frames[name], 0.5),
    p95: quantile(frames[name], 0.95),
    frames: frames[name].length,
  });
  const [studio, plain] = [of("studio"), of("plain")];
  return { studio, plain, framesMore: (studio.p95 - plain.p95) / (1000 / 60) };
}

/** The times between frames, in ms, while one node goes back and forth. */
async function dragOnce(page) {
  const box = await page.locator('.react-flow__node[data-id="act3"]').boundingBox();
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
  for (let step = 0; step < 90; step++)
    await page.mouse.move(x + 12 + 120 * Math.sin(step / 9), y + 8 + 60 * Math.sin(step / 7));
  const times = await page.evaluate(() => {
    globalThis.frameTimes.going = false;
    return globalThis.frameTimes.times;
  });
  await page.mouse.move(x, y, { steps: 3 });
  await page.mouse.up();
  await page.waitForTimeout(200);
  return times.slice(1).map((time, index) => time - times[index]);
}

async function typing(graph) {
  const page = await openLarge(graph);
  await page.locator('.react-flow__node[data-id="conv0"]').click();
  const field = page.getByRole("spinbutton", { name: "out_channels" });
  await field.click();
  const times = [];
  for (let round = -2; round < rounds * 4; round++) {
    const value = String(20 + round + 2);
    await field.fill("");
    await field.pressSequentially(value[0]);
    await page.waitForTimeout(150);
    await page.evaluate((shape) => {
      globalThis.shapesShown = new Promise((resolve) => {
        addEventListener(
          "keydown",
          ({ timeStamp }) => {
            const painted = new MessageChannel(); // its message comes after the frame has been painted
            painted.port1.onmessage = () => resolve(performance.now() - timeStamp);
            const look = () => {
              const isShown = document.querySelector(".react-flow").textContent.includes(shape);
              if (isShown) painted.port2.postMessage(null);
              else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
          },
          { once: true, capture: true },
        );
      });
    }, `${value}×28×28`);
    await field.press(value[1]);
    const took = await page.evaluate(() => globalThis.shapesShown);
    if (round >= 0) times.push(took);
  }
  await page.close();
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), most: Math.max(...times), keys: times.length };
}

/** Tasks of the page's main thread over ten seconds of a steady run, from the browser's own trace. */
async function training() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(site.address);
  await page.getByText("DCGAN on MNIST").first().click();
  await page
    .getByRole("button", { name: /^Train/ })
    .first()
    .click();
  await page.waitForFunction(
    () => Number(/iteration ([\d,]+)\s*of/.exec(document.body.innerText)?.[1].replace(",", "")) >= 30,
    null,
    {
      timeout: 120_000,
      polling: 500,
    },
  );
  const file = path.join(scratch, "trace.json");
  await browser.startTracing(page, { path: file, categories: ["toplevel", "devtools.timeline", "v8"] });
  await page.waitForTimeout(10_000);
  await browser.stopTracing();
  await page.close();
  const { traceEvents } = JSON.parse(readFileSync(file, "utf8"));
  const named = traceEvents.filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain");
  const busiest = named
    .map(({ pid, tid }) => traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X"))
    .sort((a, b) => b.length - a.length)[0];
  const tasks = busiest.filter(({ name }) => name === "ThreadControllerImpl::RunTask" || name === "RunTask");
  const ours = new Set([
    "FunctionCall",
    "EvaluateScript",
    "FireAnimationFrame",
    "TimerFire",
    "EventDispatch",
    "HandlePostMessage",
  ]);
  const mine = tasks.filter((task) =>
    busiest.some(({ name, ts, dur }) => ours.has(name) && ts >= task.ts && ts + (dur ?? 0) <= task.ts + task.dur + 1),
  );
  const of = (times) => {
    const sorted = times.map((time) => time / 1000).sort((a, b) => b - a);
    return { most: sorted[0] ?? 0, p99: quantile(sorted, 0.99), over8: sorted.filter((ms) => ms > 8).length };
  };
  return {
    tasks: mine.length,
    wall: of(mine.map(({ dur }) => dur)),
    processor: of(mine.map(({ tdur, dur }) => tdur ?? dur)),
  };
}

async function load() {
  const page = await browser.newPage();
  const scripts = new Set();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith(".js")) scripts.add(pathname);
  });
  const compressed = () =>
    [...scripts].reduce(
      (sum, file) => sum + gzipSync(readFileSync(path.join(root, "dist/studio", file)), { level: 9 }).length,
      0,
    ) / 1000;
  await page.goto(site.address);
  await page.getByText("DCGAN on MNIST").first().waitFor();
  const first = compressed();
  await page.getByText("DCGAN on MNIST").first().click();
  await page.locator(".react-flow__node").first().waitFor();
  await page.waitForLoadState("networkidle");
  const whole = compressed();
  await page.close();
  return { startPage: first, graph: whole };
}

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function printed({ machine, browser: version, drag: d, typing: t, training: w, load: l }) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  const lines = [`${machine}; Chromium ${version}`];
  if (d)
    lines.push(
      `dragging, 1,000 nodes: p95 ${ms(d.studio.p95)} between frames (median ${ms(d.studio.p50)}); plain React Flow ${ms(d.plain.p95)} (${ms(d.plain.p50)}): ${d.framesMore.toFixed(2)} frames more`,
    );
  if (t)
    lines.push(
      `typing, 1,000 nodes: new shapes on the screen after ${ms(t.p50)}, p95 ${ms(t.p95)}, most ${ms(t.most)}`,
    );
  if (w)
    lines.push(
      `training on WebAssembly: ${w.tasks} tasks of ours in 10 s, longest ${ms(w.wall.most)}, p99 ${ms(w.wall.p99)}, ${w.wall.over8} over 8 ms; processor time alone: ${ms(w.processor.most)}, ${ms(w.processor.p99)}, ${w.processor.over8}`,
    );
  if (l)
    lines.push(
      `JavaScript, gzip: ${l.startPage.toFixed(0)} kB before the start page, ${l.graph.toFixed(0)} kB before a graph stands`,
    );
  return lines.join("\n");
}
