/** What an iteration measured, on its way from the device: losses and lengths of gradients that somebody reads, or nobody. */
import type { Scalar } from "@tensorflow/tfjs";
import type { Readback } from "../runtime/capture/readbacks.ts";
import type { Tf } from "../runtime/tf.ts";

export interface Numbers {
  readonly losses: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, number>>;
}

export interface Measured {
  /** Iterations done then. */
  readonly iteration: number;
  /** May be called again. */
  read(): Promise<Numbers>;
  dispose(): void;
}

type Scalars = ReadonlyMap<string, Scalar>;

/** Of an iteration whose values are about to go: holds copies. */
export function measuredTensors(tf: Tf, iteration: number, losses: Scalars, gradients: Scalars): Measured {
  const copied = (scalars: Scalars) =>
    new Map([...scalars].map(([name, scalar]) => [name, tf.keep(tf.clone<Scalar>(scalar))]));
  const kept = { losses: copied(losses), gradients: copied(gradients) };
  return {
    iteration,
    async read() {
      const [ofLosses, ofGradients] = await Promise.all([readAsNumbers(kept.losses), readAsNumbers(kept.gradients)]);
      return { losses: ofLosses, gradients: ofGradients };
    },
    dispose: () => tf.dispose([...kept.losses.values(), ...kept.gradients.values()]),
  };
}

export async function readAsNumbers(scalars: Scalars): Promise<Record<string, number>> {
  const read = [...scalars].map(async ([name, scalar]) => [name, (await scalar.data())[0]] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** Losses and gradients under one name each, as a replay tells them in a row. */
export const inARow = (losses: Scalars, gradients: Scalars): Scalars =>
  new Map([
    ...[...losses].map(([name, scalar]) => [`${lossMark}${name}`, scalar] as const),
    ...[...gradients].map(([name, scalar]) => [`${gradientMark}${name}`, scalar] as const),
  ]);

/** Of a replayed iteration. */
export function measuredInARow(iteration: number, names: readonly string[], readback: Readback | null): Measured {
  let numbers: Promise<Float32Array> | null = null;
  const read = () => (numbers ??= readback?.read() ?? Promise.resolve(new Float32Array()));
  return {
    iteration,
    async read() {
      const row = await read();
      const those = (mark: string) =>
        names.flatMap((name, index) => (name.startsWith(mark) ? [[name.slice(mark.length), row[index]] as const] : []));
      return { losses: Object.fromEntries(those(lossMark)), gradients: Object.fromEntries(those(gradientMark)) };
    },
    dispose: () => readback?.dispose(),
  };
}

const lossMark = "loss/";
const gradientMark = "gradient/";
