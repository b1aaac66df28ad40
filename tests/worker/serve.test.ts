/** The order of requests, and the client's end of it, over a worker that is a pair of functions. */
import { describe, expect, it } from "vitest";
import { diagnose, UserError } from "../../src/core/analysis/diagnostics.ts";
import { createTrainingClient, Refused, WorkerBroke } from "../../src/editor/training/client.ts";
import type { FromWorker, ToWorker } from "../../src/session/protocol.ts";
import { createServer, type Handlers } from "../../src/worker/serve.ts";

const unasked = () => Promise.reject(new Error("not asked for here"));
const nothing: Handlers = {
  ...{ open: unasked, train: unasked, pause: unasked, iteration: unasked, optimizerStep: unasked, adopt: unasked },
  ...{ sample: unasked, histogram: unasked, exportOnnx: unasked, exportSafetensors: unasked, importWeights: unasked },
  ...{ importOnnx: unasked, addDataSet: unasked, peek: unasked, close: unasked },
};

/** Trains until it is stopped, and writes down what is done. */
function slowTraining(log: string[]): Handlers {
  let iteration = 0;
  return {
    ...nothing,
    async train({ until }, signal) {
      log.push("train");
      while (iteration < until && !signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        iteration++;
      }
      log.push(`stopped ${signal.aborted ? "early" : "at the end"}`);
      return { iteration };
    },
    pause: async () => {
      log.push("pause");
      return { iteration };
    },
    exportSafetensors: async ({ network }) => {
      log.push(network);
      return { bytes: new Uint8Array(0) };
    },
  };
}

describe("a worker's requests", () => {
  it("are done one after another, and answered in that order", async () => {
    const { messages, log, take } = serving();
    take({ id: 1, request: "train", given: { until: 3 } });
    take({ id: 2, request: "exportSafetensors", given: { network: "generator" } });
    await until(() => messages.length === 2);
    expect(log).toEqual(["train", "stopped at the end", "generator"]);
    expect(messages).toEqual([
      { id: 1, answer: { iteration: 3 } },
      { id: 2, answer: { bytes: new Uint8Array(0) } },
    ]);
  });

  it("are interrupted by a pause while they train, also when they still wait", async () => {
    const { messages, log, take } = serving();
    take({ id: 1, request: "train", given: { until: 1e9 } });
    await until(() => log.length === 1);
    take({ id: 2, request: "train", given: { until: 1e9 } });
    take({ id: 3, request: "pause", given: {} });
    await until(() => messages.length === 3);
    expect(log).toEqual(["train", "stopped early", "train", "stopped early", "pause"]);
  });

  it("are refused for a person's mistake, and broken by ours", async () => {
    const mistake = diagnose("nothing-to-train", {}, {});
    const { messages, take } = serving({
      ...nothing,
      train: () => Promise.reject(new UserError(mistake)),
      pause: () => Promise.reject(new TypeError("x is undefined")),
    });
    take({ id: 1, request: "train", given: { until: 1 } });
    take({ id: 2, request: "pause", given: {} });
    await until(() => messages.length === 2);
    expect(messages).toEqual([
      { id: 1, refused: { diagnostics: [mistake] } },
      { id: 2, broke: "x is undefined" },
    ]);
  });
});

describe("the page's client", () => {
  it("starts the worker at the first request and gives each answer to who asked", async () => {
    const { client, workers } = connected({ ...nothing, pause: async () => ({ iteration: 7 }) });
    expect(workers).toHaveLength(0);
    const asked = [client.request("pause", {}), client.request("pause", {})];
    expect(await Promise.all(asked)).toEqual([{ iteration: 7 }, { iteration: 7 }]);
    expect(workers).toHaveLength(1);
  });

  it("rejects with what was refused, in sentences, and with what broke", async () => {
    const mistake = diagnose("nothing-to-train", {}, {});
    const { client } = connected({ ...nothing, train: () => Promise.reject(new UserError(mistake)) });
    const refused = await client.request("train", { until: 1 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ diagnostics: [mistake], message: expect.stringMatching(/no Optimizer/) as string });
    await expect(client.request("pause", {})).rejects.toBeInstanceOf(WorkerBroke);
  });

  it("rejects what is pending when the worker dies, and starts another for what comes", async () => {
    const { client, workers } = connected({
      ...nothing,
      train: () => new Promise(() => {}),
      pause: async () => ({ iteration: 1 }),
    });
    const pending = client.request("train", { until: 5 });
    workers[0].dispatchEvent(Object.assign(new Event("error", { cancelable: true }), { message: "out of memory" }));
    await expect(pending).rejects.toThrow(/stopped working \(out of memory\).*Start it again/);
    expect(await client.request("pause", {})).toEqual({ iteration: 1 });
    expect(workers).toHaveLength(2);
  });

  it("hands news to all listeners until they leave", async () => {
    const { client, workers } = connected({ ...nothing, pause: async () => ({ iteration: 1 }) });
    const heard: string[] = [];
    const leave = client.onNews(({ kind }) => void heard.push(kind));
    await client.request("pause", {});
    workers[0].tell({ news: { kind: "saved", iteration: 1 } });
    leave();
    workers[0].tell({ news: { kind: "notice", text: "" } });
    expect(heard).toEqual(["saved"]);
  });
});

function serving(handlers?: Handlers) {
  const [messages, log]: [FromWorker[], string[]] = [[], []];
  const take = createServer(handlers ?? slowTraining(log), (message) => void messages.push(message));
  return { messages, log, take };
}

/** A worker's outside, with the server behind it in the same thread. */
class Threadless extends EventTarget {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  private readonly take: (message: ToWorker) => void;
  constructor(handlers: Handlers) {
    super();
    this.take = createServer(handlers, (message) => this.tell(message));
  }
  set onerror(listener: (event: Event) => void) {
    this.addEventListener("error", listener);
  }
  postMessage(message: ToWorker): void {
    this.take(structuredClone(message));
  }
  tell(message: FromWorker): void {
    this.onmessage?.(new MessageEvent("message", { data: structuredClone(message) }));
  }
  terminate(): void {
    this.onmessage = null;
  }
}

function connected(handlers: Handlers) {
  const workers: Threadless[] = [];
  const client = createTrainingClient(() => {
    workers.push(new Threadless(handlers));
    return workers[workers.length - 1] as unknown as Worker;
  });
  return { client, workers };
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
}
