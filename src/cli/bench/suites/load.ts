/** What a first visit loads, and how long it takes from a cold start to the first sample: the page, the command, PyTorch. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { packageRoot } from "../../files.ts";
import { figureOf, interleave, spreadOf, type Contestant } from "../measure.ts";
import { serveStudio, startPage } from "../page.ts";
import type { BenchContext, Figure, Row, Section, Suite } from "../suite.ts";

export const load: Suite = { name: "load", title: "First load and first sample", run };

/** Times in ms since 1970. */
interface Visit {
  readonly begun: number;
  readonly painted: number;
  readonly graph: number;
  readonly trained: number;
  readonly sampled: number;
}

/** A file as it left the server. */
interface Delivered {
  readonly at: number;
  readonly file: string;
  readonly body: Buffer;
}

const page = "the page, Chromium";
const command = "ganvas train, Node";
const pytorch = "PyTorch, a script";

async function run({ options, note }: BenchContext): Promise<readonly Section[]> {
  const site = await serveStudio();
  const counted = await countingServer(site.address);
  const started = await startPage<Visit>("load");
  const visits: { readonly visit: Visit; readonly delivered: readonly Delivered[] }[] = [];
  const contestants: Contestant[] = [];
  const absent = new Map<string, string>();
  const python = path.join(packageRoot, "bench/first_sample.py");
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const withPyTorch = timed("/usr/bin/python3", [python], one);
  if (typeof withPyTorch === "number")
    contestants.push({
      name: pytorch,
      measure: async () => ({ value: secondsOf(timed("/usr/bin/python3", [python], one)) }),
    });
  else absent.set(pytorch, withPyTorch);
  contestants.push({ name: command, measure: async () => ({ value: secondsOf(trainOnce()) }) });
  if (started.status === "running")
    contestants.push({
      name: page,
      async measure() {
        counted.delivered.length = 0;
        const visit = await started.contestant.ask({ do: "visit", address: counted.address });
        visits.push({ visit, delivered: [...counted.delivered] });
        return {
          value: (visit.sampled - visit.begun) / 1000,
          extra: {
            "first paint s": (visit.painted - visit.begun) / 1000,
            "a graph stands s": (visit.graph - visit.begun) / 1000,
          },
        };
      },
    });
  else absent.set(page, started.why);
  try {
    note("load: first samples from a cold start");
    const rounds = await interleave(contestants, { rounds: options.rounds ?? 5, warmup: 1 });
    const first = figureOf(rounds, { case: "first sample", unit: "s", reference: pytorch, absent });
    return [...(visits.length > 0 ? [sizesOf(visits)] : []), coldStart(first)];
  } finally {
    if (started.status === "running") started.contestant.stop();
    counted.close();
    await site.close();
  }
}

const coldStart = (figure: Figure): Section => ({
  title: "From a cold start to the first sample",
  text: "DCGAN on MNIST at batch 64: start, one iteration, 64 images. The page is visited with nothing cached, its template and then Train are pressed at once, and its first picture is there; the command trains one step and writes its pictures; the script in PyTorch imports torch, reads MNIST, trains one step on one thread and evaluates the generator.",
  figures: [figure],
});

/** What had left the server by then, in kB as it lies there and as gzip makes it. */
function sizesOf(visits: readonly { readonly visit: Visit; readonly delivered: readonly Delivered[] }[]): Section {
  const moments = {
    "first paint": "painted",
    "a graph": "graph",
    "first training step": "trained",
    "first sample": "sampled",
  } as const;
  const compressed = new Map<string, number>(); // once the visits are over: it would keep the server from answering
  const sizeOf = {
    plain: ({ body }: Delivered) => body.length,
    gzip({ file, body }: Delivered) {
      if (!compressed.has(file)) compressed.set(file, gzipSync(body).length);
      return compressed.get(file)!;
    },
  };
  const before = (moment: keyof Visit, size: keyof typeof sizeOf) =>
    visits.map(({ visit, delivered }) =>
      delivered.filter(({ at }) => at <= visit[moment]).reduce((sum, file) => sum + sizeOf[size](file) / 1000, 0),
    );
  const paint = spreadOf(before("painted", "plain")).median;
  const rows = Object.entries(moments).map(([name, moment]): Row => {
    const sizes = before(moment, "plain");
    return {
      contestant: `before ${name}`,
      spread: spreadOf(sizes),
      ratio: moment === "painted" ? null : spreadOf(sizes.map((size) => size / paint)),
      extra: { "kB, gzip": spreadOf(before(moment, "gzip")).median },
    };
  });
  return {
    title: "What is loaded",
    text: "Everything that the server gave a first visit before that moment: page, scripts, styles, fonts, pictures, WebAssembly, data. `ganvas serve` sends files as they are; a host that compresses sends what stands under gzip.",
    figures: [{ case: "loaded", unit: "kB", reference: "before first paint", rows }],
  };
}

/** Passes each request on and notes what went back, and when. */
async function countingServer(upstream: string) {
  const delivered: Delivered[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(new URL(request.url ?? "/", upstream));
      const body = Buffer.from(await answer.arrayBuffer());
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(body, () => delivered.push({ at: Date.now(), file: request.url ?? "/", body }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { delivered, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

function trainOnce(): number | string {
  const out = mkdtempSync(path.join(os.tmpdir(), "ganvas-bench-"));
  try {
    const main = path.join(packageRoot, "dist/cli/main.js");
    return timed(process.execPath, [
      main,
      "train",
      "dcgan-mnist",
      "--steps",
      "1",
      "--backend",
      "wasm",
      "--out",
      path.join(out, "run"),
    ]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Seconds that a program takes, or its last words where it fails. */
function timed(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number | string {
  const started = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  if (error) return error.message;
  return status === 0
    ? (performance.now() - started) / 1000
    : (stderr.trim().split("\n").at(-1) ?? `exit code ${status}`);
}

function secondsOf(seconds: number | string): number {
  if (typeof seconds === "string") throw new Error(seconds);
  return seconds;
}
