/** The page of the worker's tests: the training client at work, and all news it heard, for a test to call from outside. */
import { createTrainingClient, Refused, type TrainingClient } from "../../src/editor/training/client.ts";
import type { News } from "../../src/session/protocol.ts";

export interface TestPage {
  readonly client: TrainingClient;
  readonly news: News[];
  readonly Refused: typeof Refused;
}

const client = createTrainingClient(
  () => new Worker(new URL("../../src/worker/main.ts", import.meta.url), { type: "module" }),
);
const news: News[] = [];
client.onNews((each) => void news.push(each));
Object.assign(window, { page: { client, news, Refused } satisfies TestPage });
