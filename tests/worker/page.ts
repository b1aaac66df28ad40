/** The page of the worker's tests: the training client at work with all news it heard, and the storage, for a test to call. */
import { createTrainingClient, type TrainingClient } from "../../src/editor/training/client.ts";
import type { News } from "../../src/session/protocol.ts";
import { openStorage } from "../../src/storage/storage.ts";

export interface TestPage {
  readonly client: TrainingClient;
  readonly news: News[];
  readonly openStorage: typeof openStorage;
  /** Typed arrays as lists of numbers; of large ones, which take long to hand over, the length alone. */
  plain(value: unknown): unknown;
}

const largest = 5000;

function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const { length } = value as Uint8Array;
    return length > largest ? { length } : Array.from(value as Uint8Array);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

const client = createTrainingClient(
  () => new Worker(new URL("../../src/worker/main.ts", import.meta.url), { type: "module" }),
);
const news: News[] = [];
client.onNews((each) => void news.push(each));
Object.assign(window, { page: { client, news, openStorage, plain } satisfies TestPage });
