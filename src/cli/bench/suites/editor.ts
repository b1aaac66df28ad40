/**
 * The studio's canvas in Chromium, with graphs of 1,000 and 5,000 nodes: dragging beside plain React Flow, typing, opening and
 * undoing beside each other; and the page's own work while it trains.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Running } from "../contestant.ts";
import { chainDocument } from "../graphs.ts";
import { figureOf, interleave, type Contestant, type Measured } from "../measure.ts";
import { serveStudio, startPage, type PageVersions } from "../page.ts";
import { barsOf } from "../plot-data.ts";
import type { BenchContext, Figure, Section, Suite } from "../suite.ts";

export const editor: Suite = { name: "editor", title: "The page: large graphs, and training", run };

const sizes = [1000, 5000] as const;
const studio = (nodes: number) => `studio, ${nodes.toLocaleString("en")} nodes`;
const plain = (nodes: number) => `plain React Flow, ${nodes.toLocaleString("en")} nodes`;
/** In ms: what a screen of 60 Hz shows for so long. */
const frame = 1000 / 60;

interface Answer {
  readonly ms: number;
  readonly median: number;
  readonly p99: number;
  readonly over8: number;
}
type Page = Running<PageVersions, Answer>;

async function run(context: BenchContext): Promise<readonly Section[]> {
  const wanted = context.options.cases ?? ["drag", "type", "undo", "open", "train"];
  const title = "Large graphs";
  const text =
    "Chains of 1,000 and 5,000 nodes in the built studio, in a window of 1440×900. Dragging: between two frames, the 95th percentile of a round. Typing: from the key in a field of the first node to the new shapes on the screen, those of all nodes after it being others. Undoing: from Control+Z to the shapes before. Opening: from the file to its nodes.";
  const started = await startPage<Answer>("editor");
  if (started.status === "absent") return [{ title, text, figures: [], notes: [`Not measured: ${started.why}`] }];
  const page = started.contestant;
  const site = await serveStudio();
  const folder = mkdtempSync(path.join(os.tmpdir(), "ganvas-bench-"));
  const files = new Map(sizes.map((nodes) => [nodes, path.join(folder, `${nodes}.gan.json`)]));
  for (const [nodes, file] of files) writeFileSync(file, JSON.stringify(chainDocument(nodes - 2)));
  const sections: Section[] = [];
  try {
    if (wanted.some((name) => name !== "train")) {
      const figures = await largeGraphs(page, site.address, files, wanted, context);
      const plots = [barsOf("5,000 nodes", figures.filter(({ reference }) => reference === studio(sizes[0])), "× 1,000 nodes")]; // prettier-ignore
      sections.push({ title, text, figures, plots });
    }
    if (wanted.includes("train")) sections.push(await whileTraining(page, site.address, context));
    return sections.map((section) => ({ ...section, notes: [`Chromium ${page.ready.versions.chromium}.`] }));
  } finally {
    page.stop();
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function largeGraphs(
  page: Page,
  address: string,
  files: ReadonlyMap<number, string>,
  wanted: readonly string[],
  { options, note }: BenchContext,
): Promise<readonly Figure[]> {
  const open = (nodes: number) => page.ask({ do: "open", page: studio(nodes), address, file: files.get(nodes) });
  const each = (action: string): Contestant[] =>
    sizes.map((nodes) => ({
      name: studio(nodes),
      measure: async () => inFrames(await page.ask({ do: action, page: studio(nodes) })),
    }));
  for (const nodes of sizes) await open(nodes);
  const figures: Figure[] = [];
  const against = async (name: string, contestants: readonly Contestant[], rounds: number, reference: string) => {
    if (!wanted.includes(name)) return;
    note(`editor: ${name}`);
    const found = await interleave(contestants, { rounds: options.rounds ?? rounds, warmup: 1 });
    figures.push(figureOf(found, { case: name, unit: "ms", reference }));
  };

  if (wanted.includes("type") || wanted.includes("undo")) {
    // what is undone must have been typed
    const undone = each("undo").map(({ name, measure }) => ({
      name,
      async measure() {
        await page.ask({ do: "type", page: name });
        return measure();
      },
    }));
    await against("type", each("type"), 7, studio(sizes[0]));
    await against("undo", undone, 7, studio(sizes[0]));
  }
  if (wanted.includes("drag")) {
    for (const nodes of sizes) await page.ask({ do: "plain", page: plain(nodes), file: files.get(nodes) });
    const flows = sizes.map((nodes) => ({
      name: plain(nodes),
      measure: async () => inFrames(await page.ask({ do: "drag", page: plain(nodes) })),
    }));
    const [few, many] = each("drag"); // after typing: dragging may move the view
    await against("drag", [flows[0], few, flows[1], many], 3, plain(sizes[0]));
  }
  const opening = sizes.map((nodes) => ({ name: studio(nodes), measure: async () => inFrames(await open(nodes)) }));
  await against("open", opening, 3, studio(sizes[0]));
  return figures;
}

const inFrames = ({ ms, median }: Answer): Measured => ({
  value: ms,
  extra: { "frames of 16.7 ms": ms / frame, ...(median === undefined ? {} : { "median ms": median }) },
});

async function whileTraining(page: Page, address: string, { options, note }: BenchContext): Promise<Section> {
  note("editor: the page while it trains");
  const measure = async (): Promise<Measured> => {
    const { ms, p99, over8 } = await page.ask({ do: "train", address });
    return {
      value: ms,
      extra: { "frames of 16.7 ms": ms / frame, "99th percentile ms": p99, "tasks over 8 ms": over8 },
    };
  };
  const rounds = await interleave([{ name: "the page's thread", measure }], { rounds: options.rounds ?? 2, warmup: 0 });
  return {
    title: "The page while it trains",
    text: "Ten seconds of DCGAN on MNIST on WebAssembly, in the worker, in the browser's own trace: processor time of the tasks of the page's thread in which its scripts ran, the longest of them.",
    figures: [figureOf(rounds, { case: "longest task", unit: "ms of processor time", reference: null })],
  };
}
