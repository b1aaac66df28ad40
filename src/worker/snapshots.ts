/**
 * Snapshots of a run: samples from fixed latents with their scores, how widely they spread beside the data, and for points in
 * one or two dimensions the discriminator over the plane.
 */
import type { Program } from "../core/program/types.ts";
import { gather, gatherTargets } from "../datasets/gather.ts";
import { isImageSet, type DataSet } from "../datasets/types.ts";
import type { Field, Snapshot } from "../session/protocol.ts";
import type { Session } from "../session/session.ts";
import { rangeOf } from "../session/showing.ts";
import { meanPairwiseDistance } from "../session/spread.ts";
import { sheetOf, spreadRows } from "./pictures.ts";

export interface Camera {
  /** Null where the document marks no sample. */
  take(session: Session): Promise<Snapshot | null>;
}

/** Images in a snapshot, and points: a cloud of few tells little. */
const images = 64;
/** Fewer where each stands in a row with others: as much to see, in as much memory. */
const rowsOfImages = 12;
const points = 512;
/** Values of the discriminator along the line, and along each side of the plane. */
const fieldSizes: Readonly<Record<number, number>> = { 1: 200, 2: 64 };

export function createCamera(program: Program, dataSets: ReadonlyMap<string, DataSet>): Camera {
  const sampling = program.training?.sampling ?? null;
  const range = rangeOf(program);
  const type = sampling?.sample.type;
  const alone = sampling ? sampling.beside.before.length === 0 : true;
  const count = type?.type !== "image" ? points : alone ? images : rowsOfImages;
  const size = type?.shape.reduce((product, extent) => product * extent, 1) ?? 0;
  const data = comparable(program, dataSets, count, size);
  const dataSpread = data && meanPairwiseDistance(data, size);
  const plane = type?.type !== "image" && fieldSizes[size] && data ? planeAround(data, size) : null;

  return {
    async take(session) {
      if (!sampling) return null;
      const { iteration } = session;
      const samples = await session.sample({ count, seed: session.seed });
      return {
        iteration,
        sheet: sheetOf(samples, range, sampling.network),
        field: plane && (await fieldOf(session, plane)),
        spread: dataSpread === null ? null : { samples: meanPairwiseDistance(samples.data, size), data: dataSpread },
      };
    },
  };
}

/** Rows of the first data set whose rows (or targets, where samples have some) are like the samples, as the networks see them. */
function comparable(
  { training }: Program,
  dataSets: ReadonlyMap<string, DataSet>,
  count: number,
  size: number,
): Float32Array | null {
  const sampling = training?.sampling;
  for (const source of training?.sources ?? []) {
    const set = dataSets.get(source.id);
    const becomesTarget =
      (sampling?.beside.after.length ?? 0) > 0 && set !== undefined && isImageSet(set) && set.target;
    const output = source.outputs[0]?.type.shape;
    if (!set || !output || output.reduce((product, extent) => product * extent, 1) !== size) continue;
    const channels = isImageSet(set) ? output[0] : null;
    const range = (source.params.range as [number, number] | undefined) ?? [0, 1];
    return (becomesTarget ? gatherTargets : gather)(set, spreadRows(set, count), { range, channels });
  }
  return null;
}

type Plane = Omit<Field, "scores"> & { readonly grid: Float32Array };

/** The data with a quarter of its width around it: samples stray, and the discriminator is interesting there. */
function planeAround(data: Float32Array, dimensions: number): Plane {
  const extent: number[] = [];
  for (let dimension = 0; dimension < dimensions; dimension++) {
    let [least, most] = [Infinity, -Infinity];
    for (let at = dimension; at < data.length; at += dimensions) {
      least = Math.min(least, data[at]);
      most = Math.max(most, data[at]);
    }
    const margin = Math.max((most - least) / 4, 1e-3);
    extent.push(least - margin, most + margin);
  }
  const size = fieldSizes[dimensions];
  const along = (dimension: number, step: number) =>
    extent[2 * dimension] + ((extent[2 * dimension + 1] - extent[2 * dimension]) * step) / (size - 1);
  const grid =
    dimensions === 1
      ? Float32Array.from({ length: size }, (_, step) => along(0, step))
      : Float32Array.from({ length: size * size * 2 }, (_, value) =>
          value % 2 === 0 ? along(0, (value >> 1) % size) : along(1, Math.floor((value >> 1) / size)),
        );
  return { data, extent, size, grid };
}

async function fieldOf(session: Session, { grid, data, extent, size }: Plane): Promise<Field> {
  const score = session.program.training?.sampling?.score;
  if (!score) return { data, extent, size, scores: null };
  const dimensions = extent.length / 2;
  const dims = [grid.length / dimensions, dimensions];
  const outputs = await session.evaluate(score.network, { [score.input]: { dims, data: grid } });
  return { data, extent, size, scores: outputs[score.output].data };
}
