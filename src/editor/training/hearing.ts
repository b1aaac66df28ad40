/** What the worker tells unasked, taken into the store and the series. */
import type { StoreApi } from "zustand/vanilla";
import type { News } from "../../session/protocol.ts";
import type { Workbench } from "../model/workbench.ts";
import type { TrainingClient } from "./client.ts";
import type { GrowingSeries } from "./series.ts";
import { withSnapshot } from "./snapshots.ts";
import { rates } from "./state.ts";
import type { TrainingState } from "./training.ts";

/** Milliseconds between two changes of the numbers on screen. */
const showEvery = 100;

export interface Hearing {
  readonly client: TrainingClient;
  readonly store: StoreApi<TrainingState>;
  readonly series: GrowingSeries;
  readonly workbench: Workbench;
}

/** @returns what ends it */
export function listen({ client, store, series, workbench }: Hearing): () => void {
  let showing: ReturnType<typeof setTimeout> | undefined;
  let shownAt = 0;
  const off = client.onNews(hear);
  return () => {
    off();
    clearTimeout(showing);
  };

  function hear(news: News): void {
    switch (news.kind) {
      case "progress":
        series.append(news.progress);
        return showSoon(news.progress.imagesPerSecond);
      case "snapshot":
        return store.setState(withSnapshot(store.getState(), news.snapshot, news.dropped));
      case "saved":
        return store.setState({ saved: news.iteration });
      case "preparing":
        if (store.getState().now.status === "preparing")
          store.setState({ now: { status: "preparing", what: news.what, part: news.part } });
        return;
      case "device":
        return store.setState({ device: news.device, backend: news.backend });
      case "notice":
        return workbench.say(news.text);
    }
  }

  /** Numbers on screen change at most ten times a second, and the last of them is always shown. */
  function showSoon(imagesPerSecond: number): void {
    const show = () => {
      showing = undefined;
      shownAt = performance.now();
      const { version, batch } = store.getState();
      const iteration = series.iterations[series.length - 1] ?? 0;
      store.setState({ version: version + 1, iteration, ...rates(imagesPerSecond, batch) });
    };
    clearTimeout(showing);
    const rest = shownAt + showEvery - performance.now();
    if (rest <= 0) show();
    else showing = setTimeout(show, rest);
  }
}
