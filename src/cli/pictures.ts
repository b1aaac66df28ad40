/** The pictures that a run leaves: samples as a grid, toys among their data, losses as lines. */
import type { Program } from "../core/program/types.ts";
import type { DataSet } from "../datasets/types.ts";
import type { Samples } from "../session/sampling.ts";
import type { Session } from "../session/session.ts";
import { firstOf, picturesOf, rangeOf, sortedByScore, type Pictures } from "../session/showing.ts";
import { histogramPlot, imageGrid, lossPlot, scatterPlot, writePng, type Picture } from "./images.ts";
import type { Metrics } from "./run-folder.ts";

export interface Scene {
  readonly program: Program;
  /** Rows to show samples of vectors among. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
}

/** Toys show more points than a grid has images: a cloud of fifty tells little. */
const toyPoints = 1000;

/** Samples of the session as it is now, always from the same latents. */
export async function drawSampleGrid(
  file: string,
  session: Session,
  scene: Scene,
  count: number,
  columns: number,
): Promise<void> {
  const isImage = scene.program.training?.sampling?.sample.type.type === "image";
  await drawSamples(
    file,
    await session.sample({ count: isImage ? count : toyPoints, seed: session.seed }),
    scene,
    columnsOf(scene, columns),
  );
}

/** So many columns of images: fewer where samples stand in rows with the images that they are made of. */
export function columnsOf({ program }: Pick<Scene, "program">, columns: number): number {
  const { before, after } = program.training?.sampling?.beside ?? { before: [], after: [] };
  return Math.max(1, Math.round(columns / (1 + before.length + after.length)));
}

/** The best `count` of `drawn` samples by the discriminator's score; false where nothing scores samples. */
export async function drawBest(
  file: string,
  session: Session,
  scene: Scene,
  count: number,
  drawn: number,
): Promise<boolean> {
  if (!scene.program.training?.sampling?.score) return false;
  const best = firstOf(sortedByScore(await session.sample({ count: drawn, seed: session.seed })), count);
  await drawSamples(file, best, scene, columnsOf(scene, 10));
  return true;
}

export async function drawSamples(
  file: string,
  samples: Samples,
  { program, dataSets }: Scene,
  columns: number,
): Promise<void> {
  const { shape, data, type } = samples;
  const [first] = shape;
  if (type === "image") {
    const pictures = picturesOf(samples, rangeOf(program), program.training!.sampling!.network);
    return writePng(file, gridOf(pictures, columns));
  }
  const rows =
    [...dataSets.values()].find((set) => set.item.type === "vector" && set.item.shape[0] === first)?.data ?? [];
  const among = { title: program.name, data: rows, samples: data };
  if (first === 1) return writePng(file, histogramPlot(among));
  if (first === 2) return writePng(file, scatterPlot(among));
  // a vector of more numbers is shown as one row of a picture
  return writePng(
    file,
    imageGrid(data, { count: data.length / first, height: 1, width: first, channels: 1, columns: 1, range: [-1, 1] }),
  );
}

/** Pixels around a row of images: more than lies between its images, so that one sees what belongs together. */
const rowPadding = 12;

function gridOf({ width, height, pixels, columns: images }: Pictures, columns: number): Picture {
  const isRow = images.length > 1;
  const count = pixels.length / (width * height * 4);
  const colours = new Float32Array(count * width * height * 3);
  for (let pixel = 0; pixel < count * width * height; pixel++) {
    const opacity = pixels[4 * pixel + 3] / 255;
    for (let channel = 0; channel < 3; channel++)
      colours[3 * pixel + channel] = pixels[4 * pixel + channel] * opacity + 255 * (1 - opacity);
  }
  const options = { count, height, width, channels: 3, columns, range: [0, 255] } as const;
  return imageGrid(colours, isRow ? { ...options, padding: rowPadding } : options);
}

/** The players' losses, those that optimizers take, as lines over the iterations. */
export async function drawLosses(file: string, program: Program, metrics: readonly Metrics[]): Promise<void> {
  const x = metrics.map(({ iteration }) => iteration);
  const series = playersLosses(program).map((name) => ({ name, x, y: metrics.map(({ losses }) => losses[name]) }));
  await writePng(file, lossPlot(series, { title: program.name }));
}

function playersLosses({ training }: Program): string[] {
  const instructions = (training?.iteration ?? []).flatMap((slice) => slice.instructions);
  const taken = new Set(
    instructions.flatMap((each) => (each.op === "update" || each.op === "accumulate" ? [each.loss] : [])),
  );
  return [...new Set(instructions.flatMap((each) => (each.op === "compute" && taken.has(each.id) ? [each.node] : [])))];
}
