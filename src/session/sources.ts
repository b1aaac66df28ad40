/**
 * What sources draw: noise from the seed's streams, and rows of data sets in an order that is a pure function of seed, node
 * and draw. Nothing here has a state to save: any iteration can be drawn again.
 */
import type { Draw, SourceDeclaration, TrainingProgram } from "../core/program/types.ts";
import { drawsPerEpoch, rememberPermutations, rowsOfDraw } from "../datasets/batches.ts";
import { changed } from "../datasets/augment.ts";
import { gather, gatherLabels, gatherTargets } from "../datasets/gather.ts";
import { isImageSet, type DataSet } from "../datasets/types.ts";
import { kindOf, sources as sourceKinds } from "../kinds/index.ts";
import type { DataReader, Drawn, ReadingOptions } from "../kinds/lowering.ts";
import { draw } from "../runtime/philox.ts";

export interface Sources {
  draw(instruction: Draw, iteration: number): readonly Drawn[];
  /** Epochs of the first data set that have passed when the iteration begins, fractional; 0 without a data set. */
  epoch(iteration: number): number;
  /** Images that have been shown when the iteration begins: rows drawn of the first data set, a batch an iteration without one. */
  shown(iteration: number): number;
}

export interface SourceOptions {
  readonly seed: number;
  readonly batch: number;
  /** The prepared data set of each source that names one, by source id: already resized. */
  readonly dataSets: ReadonlyMap<string, DataSet>;
}

/** The sources of a program; the same seed, batch and data give the same draws. */
export function createSources(program: TrainingProgram, { seed, batch, dataSets }: SourceOptions): Sources {
  const declared = new Map(program.sources.map((source) => [source.id, source]));
  const orders = new Map(
    [...dataSets].map(([id, dataSet]) => [
      id,
      rememberPermutations((epoch) => draw(seed, `order/${id}`, { iteration: epoch }).permutation(dataSet.count)),
    ]),
  );
  const places = placesOf(program);
  const latest = new Map<Draw, { readonly iteration: number; readonly drawn: readonly Drawn[] }>();
  const first = program.sources.find((source) => dataSets.has(source.id));

  return {
    draw(instruction, iteration) {
      const known = latest.get(instruction);
      if (known?.iteration === iteration) return known.drawn; // each output asks
      const { source: id, step, micro, outputs } = instruction;
      const source = declared.get(id)!;
      const { lowering } = kindOf(sourceKinds, source.kind);
      const dataSet = dataSets.get(id);
      const rows = ({ shuffle, dropLast }: ReadingOptions) => {
        const { name, count } = dataSet!;
        const plan = { name, count, batch, shuffle, dropLast };
        return rowsOfDraw(plan, iteration * source.draws + places.get(placeOf(id, step, micro))!, orders.get(id)!).rows;
      };
      const data = dataSet ? createReader(dataSet, rows) : null;
      const types = outputs.map((output) => output.type);
      const drawn = lowering.draw(
        {
          batch,
          outputs: types,
          random: draw(seed, id, { iteration, step, micro }),
          data,
          sampling: false,
          truncation: null,
        },
        source.params,
      );
      latest.set(instruction, { iteration, drawn });
      return drawn;
    },
    shown: (iteration) => iteration * batch * (first?.draws ?? 1),
    epoch: (iteration) => (first ? (iteration * first.draws) / epochLength(first, dataSets.get(first.id)!, batch) : 0),
  };
}

const placeOf = (source: string, step: number, micro: number): string => JSON.stringify([source, step, micro]);

/** Which of its source's draws in an iteration each one is: by step, then by micro-batch. */
function placesOf({ iteration }: TrainingProgram): ReadonlyMap<string, number> {
  const draws = iteration.flatMap(({ instructions }) =>
    instructions.filter((each): each is Draw => each.op === "draw"),
  );
  const ordered = draws.sort((a, b) => a.step - b.step || a.micro - b.micro);
  const counts = new Map<string, number>();
  return new Map(
    ordered.map(({ source, step, micro }) => {
      const place = counts.get(source) ?? 0;
      counts.set(source, place + 1);
      return [placeOf(source, step, micro), place];
    }),
  );
}

/** Draws in an epoch of a source's data set. */
export const epochLength = (source: SourceDeclaration, dataSet: DataSet, batch: number): number =>
  drawsPerEpoch({ name: dataSet.name, count: dataSet.count, batch, dropLast: source.params.drop_last === true });

/** Reads the rows that these options choose. */
export function createReader(dataSet: DataSet, rowsFor: (options: ReadingOptions) => Uint32Array): DataReader {
  const images = (
    item: DataSet["item"],
    fetch: typeof gather,
    options: ReadingOptions,
  ): { shape: number[]; data: Float32Array } => {
    const rows = rowsFor(options);
    const data = fetch(dataSet, rows, options);
    const [features, height, width] = item.shape;
    if (item.type === "vector") return { shape: [rows.length, features], data };
    const image = [height!, width!, options.channels ?? features];
    return { shape: [rows.length, ...image], data: changed(data, image, options) };
  };
  return {
    items: (options) => images(dataSet.item, gather, options),
    targets(options) {
      if (!isImageSet(dataSet) || !dataSet.target) throw new Error(`${dataSet.name} has no targets`);
      return images(dataSet.target.item, gatherTargets, options);
    },
    labels(options) {
      const rows = rowsFor(options);
      return { shape: [rows.length], data: gatherLabels(dataSet, rows) };
    },
  };
}
