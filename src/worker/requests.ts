/** What the worker does at each request. */
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { weightsOf } from "../core/program/weights.ts";
import { histogramOf } from "../session/histogram.ts";
import type { Answers, News } from "../session/protocol.ts";
import { rangeOf, firstOf, sortedByScore } from "../session/showing.ts";
import type { Storage } from "../storage/storage.ts";
import { openBackend } from "./backend.ts";
import { at, createData } from "./data.ts";
import { exportOnnx, exportSafetensors, importOnnx, importWeights } from "./export.ts";
import { openKeeper } from "./keeper.ts";
import { readOwnData } from "./own-data.ts";
import { channelsFirst, sheetOf, sheetOfRows, spreadRows } from "./pictures.ts";
import { openRun, type Run } from "./run.ts";
import type { Handlers } from "./serve.ts";

export interface Workplace {
  readonly storage: Storage;
  /** The address of the built-in data sets' folder. */
  readonly base: URL;
  tell(news: News): void;
}

/** Samples that a histogram of a layer's outputs is made of. */
const histogramSamples = 64;

export function createHandlers({ storage, base, tell }: Workplace): Handlers {
  const preparing = (what: string, part: number | null) => tell({ kind: "preparing", what, part });
  const notice = (text: string) => tell({ kind: "notice", text });
  const data = createData({ own: storage.dataSets, base, preparing });
  let run: Run | null = null;
  if (storage.notice) notice(storage.notice);

  function open(): Run {
    if (!run) throw new Error("Nothing is open for training.");
    return run;
  }

  async function close(): Promise<void> {
    const closing = run;
    run = null;
    await closing?.close();
  }

  return {
    async open(given) {
      await close();
      preparing("Starting the backend", null);
      const backend = await openBackend(given.backend);
      const keeper = await openKeeper(storage.runs, given.run, notice);
      try {
        run = await openRun({ given, backend, data, weightFiles: storage.weights, keeper, tell });
      } catch (error) {
        keeper.release();
        throw error;
      }
      return run.opened();
    },
    train: ({ until }, signal) => open().train(until, signal),
    pause: async () => ({ iteration: open().session.iteration }),
    iteration: (_, signal) => open().iterate(signal),
    optimizerStep: () => open().optimizerStep(),
    adopt: ({ document }) => open().adopt(document),
    async sample({ count, of = count, seed, truncation, numbers }) {
      const { session, lowered } = open();
      const drawn = await session.sample({
        count: Math.max(count, of),
        seed,
        ...(truncation === undefined ? {} : { truncation }),
      });
      const chosen = of > count ? firstOf(sortedByScore(drawn), count) : drawn;
      const { program } = lowered;
      const sheet = sheetOf(chosen, rangeOf(program), program.training!.sampling!.network);
      return numbers && chosen.type === "image" ? { ...sheet, numbers: channelsFirst(chosen) } : sheet;
    },
    histogram: ({ network, layer }) => histograms(open(), network, layer),
    exportOnnx: (given) => exportOnnx(open(), given, preparing),
    exportSafetensors: ({ network }) => exportSafetensors(open(), network),
    async importWeights(given) {
      const transplant = await importWeights(open(), given);
      await open().save();
      return transplant;
    },
    importOnnx: async (given) => importOnnx(given),
    addDataSet: (given) =>
      at({}, async () => {
        const { set, skipped } = await readOwnData(given, (done, of) => preparing("Reading images", done / of));
        await storage.dataSets.put(set);
        data.forget(set.name);
        return { name: set.name, count: set.count, skipped };
      }),
    async peek({ dataSet, count }) {
      const set = await data.rows(dataSet);
      return sheetOfRows(set, spreadRows(set, count));
    },
    async close() {
      await close();
      return {};
    },
  };
}

async function histograms({ session, lowered }: Run, name: string, layer: string): Promise<Answers["histogram"]> {
  const network = lowered.program.networks.find((each) => each.name === name);
  const instruction = network?.instructions.find(({ id }) => id === layer);
  if (!network || !instruction) {
    const networks = lowered.program.networks.map((each) => each.name);
    throw new UserError(diagnose("network-unknown", {}, { network: `${name}/${layer}`, networks }));
  }
  const weights = await session.weights(name, { raw: true });
  const own = new Set(instruction.weights.map(({ path }) => path));
  const outputs = await session.layerOutputs(name, layer, { count: histogramSamples, seed: session.seed });
  return {
    iteration: session.iteration,
    weights: weightsOf(network)
      .filter(({ path }) => own.has(path))
      .map(({ name: weight, path, shape }) => histogramOf(weight, shape, weights.get(path)!.data)),
    outputs: (outputs ?? []).map(({ port, shape, data }) => histogramOf(port, shape, data)),
  };
}
