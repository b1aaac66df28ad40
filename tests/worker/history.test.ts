/** What a run remembers of its course: series of numbers, and when snapshots are taken and dropped. */
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/session/protocol.ts";
import { createAlbum } from "../../src/worker/album.ts";
import { createHistory } from "../../src/worker/history.ts";

describe("the history", () => {
  it("gives the rows since the last time, by name", () => {
    const history = createHistory();
    for (let iteration = 1; iteration <= 600; iteration++)
      history.append({ iteration, losses: { d: iteration / 2 }, gradients: { opt: 1 } });
    const { iterations, losses, gradients, imagesPerSecond } = history.since(598, 12);
    expect([...iterations]).toEqual([599, 600]);
    expect([...losses.d]).toEqual([299.5, 300]);
    expect([...gradients.opt]).toEqual([1, 1]);
    expect(imagesPerSecond).toBe(12);
  });

  it("goes on from a kept one, and takes a loss that is new or gone", () => {
    const first = createHistory();
    first.append({ iteration: 1, losses: { old: 1 }, gradients: {} });
    const second = createHistory(first.since(0, 0));
    second.append({ iteration: 2, losses: { fresh: 2 }, gradients: {} });
    const { losses } = second.since(0, 0);
    expect({ old: [...losses.old], fresh: [...losses.fresh] }).toEqual({ old: [1, NaN], fresh: [NaN, 2] });
  });

  it("forgets what a session went back from", () => {
    const history = createHistory();
    for (const iteration of [1, 2, 3]) history.append({ iteration, losses: { d: iteration }, gradients: {} });
    history.trim(1);
    history.append({ iteration: 2, losses: { d: 9 }, gradients: {} });
    expect([...history.since(0, 0).losses.d]).toEqual([1, 9]);
  });
});

describe("the album", () => {
  const snapshot = (iteration: number, bytes = 10): Snapshot => ({
    iteration,
    sheet: {
      ...{ count: 1, type: "image", shape: [1, 1, 1], points: null, scores: null },
      pixels: new Uint8ClampedArray(bytes),
    },
    field: null,
    spread: null,
  });

  it("wants snapshots at growing distances", () => {
    const album = createAlbum([]);
    const taken: number[] = [];
    for (let iteration = 0; iteration <= 700; iteration++) {
      if (!album.due(iteration, iteration * 2000)) continue;
      album.add(snapshot(iteration), iteration * 2000);
      taken.push(iteration);
    }
    expect(taken.slice(0, 13)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 125, 150]);
    expect(taken.slice(-4)).toEqual([550, 600, 650, 700]);
  });

  it("waits two seconds between two, and longer where they are dear", () => {
    const album = createAlbum([]);
    album.add(snapshot(0), 0);
    expect([album.due(500, 1999), album.due(500, 2000)]).toEqual([false, true]);
    album.add(snapshot(500), 10_000, 300);
    expect([album.due(900, 15_999), album.due(900, 16_000)]).toEqual([false, true]);
  });

  it("keeps 240 from the whole run, more of the early ones", () => {
    const album = createAlbum([]);
    const dropped: number[] = [];
    for (let iteration = 0; iteration <= 50_000; iteration += 50) dropped.push(...album.add(snapshot(iteration), 0));
    const { iterations } = album;
    expect([iterations.length, iterations[0], iterations.at(-1)]).toEqual([240, 0, 50_000]);
    expect(dropped.length).toBe(1001 - 240);
    expect(iterations.filter((each) => each < 5000).length).toBeGreaterThan(60);
    const gaps = iterations.slice(1).map((each, index) => each - iterations[index]);
    expect(Math.max(...gaps)).toBeLessThan(2500);
  });

  it("keeps fewer of large ones, and forgets what comes after an iteration", () => {
    const album = createAlbum([]);
    for (let iteration = 0; iteration < 40; iteration++) album.add(snapshot(iteration, 8 * 2 ** 20), 0);
    expect(album.iterations).toHaveLength(12);
    const last = album.iterations.at(-1)!;
    expect(album.trim(last - 1)).toEqual([last]);
    expect(album.iterations).toHaveLength(11);
  });
});
