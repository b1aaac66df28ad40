/**
 * A batch computed in parts, each by a rank with a backend and weights of its own: the few computations in which a part meets
 * the others, so that all together do what one alone would. On the wasm backend, with the project's kernels.
 */
import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs";
import type { Collective } from "./collective.ts";
import { runKernel, runKernels } from "./fused.ts";
import type { BatchNormalized } from "./normalization.ts";
import { unrecorded } from "./tape.ts";
import type { Tf } from "./tf.ts";
import { unfilled, valuesAt } from "./wasm/heap.ts";

/** Rows start … start + rows − 1 of a batch of `batch`. */
export interface Part {
  readonly start: number;
  readonly rows: number;
  readonly batch: number;
}

/** The part of a rank: equal ones, the first of them a row longer where it does not come out even. */
export function partOf(batch: number, ranks: number, rank: number): Part {
  const [least, longer] = [Math.floor(batch / ranks), batch % ranks];
  return { start: rank * least + Math.min(rank, longer), rows: least + (rank < longer ? 1 : 0), batch };
}

/** The values of a part's rows among those of a whole batch, row after row; no copy. */
export function rowsOfPart<T extends Float32Array | Int32Array>({ start, rows, batch }: Part, values: T): T {
  const each = values.length / batch;
  return values.subarray(start * each, (start + rows) * each) as T;
}

export interface Parts extends Part {
  /** Batch normalization by the statistics of all parts, in the meaning of Ops; differentiable once. */
  batchNormTrain<T extends Tensor>(
    x: T,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    leak?: number,
  ): BatchNormalized<T>;
  /**
   * Of what each part gives as a mean over its rows (losses, and gradients of such), the means over the batch. Null says that
   * there is nothing, in every part alike. The caller owns the results.
   */
  means(tensors: readonly (Tensor | null)[]): (Tensor | null)[];
  /** As `means`, of a scalar. */
  mean(scalar: Scalar): Scalar;
}

export function createParts(tf: Tf, collective: Collective, batch: number): Parts {
  const { rank, ranks } = collective;
  const parts = Array.from({ length: ranks }, (_, each) => partOf(batch, ranks, each));
  const own = parts[rank];
  const shares = parts.map(({ rows }) => rows / batch);

  function batchNormTrain<T extends Tensor>(
    x: T,
    gamma: Tensor1D,
    beta: Tensor1D,
    epsilon: number,
    leak = 1,
  ): BatchNormalized<T> {
    const channels = gamma.size;
    const each = x.size / channels / own.rows; // values of a channel in a row
    const count = batch * each;
    const [localMean, localVariance] = unrecorded(tf, () => runKernels(tf, "BatchMoments", { x }));
    const local = both(localMean, localVariance);
    const [mean, variance, rstd] = [0, 1, 2].map(() => new Float32Array(channels));
    collective.exchange(local, (all) => {
      for (let c = 0; c < channels; c++) {
        // Chan, Golub and LeVeque 1979: means and squared distances of parts become those of the whole
        let sum = 0;
        for (let r = 0; r < ranks; r++) sum += parts[r].rows * all[r][c];
        mean[c] = sum / batch;
        let squares = 0;
        for (let r = 0; r < ranks; r++)
          squares += parts[r].rows * (all[r][channels + c] + (all[r][c] - sum / batch) ** 2);
        variance[c] = squares / batch;
        rstd[c] = 1 / Math.sqrt(Math.fround(variance[c] + epsilon));
      }
    });
    const means = tf.tensor1d(mean);
    const scales = tf.tensor1d(rstd);
    const normalize = tf.customGrad<T>((...given) => {
      const [input, weight, bias, save] = given as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
      save([input, weight, bias, means, scales]);
      const by = { gamma: weight, beta: bias, mean: means, rstd: scales };
      return {
        value: runKernel<T>(tf, "BatchNormBy", { x: input, ...by }, { leak }),
        gradFunc: (dy, saved) => backward(dy, saved, count, leak),
      };
    });
    return { y: normalize(x, gamma, beta), mean: means, variance: tf.tensor1d(variance), count };
  }

  /**
   * Each part's loss is a mean over its own rows and counts by their share of the batch. So do its sums over dy; seen from this
   * part they are as much more or less as its own share is smaller or larger.
   */
  function backward(dy: Tensor, saved: readonly Tensor[], count: number, leak: number): Tensor[] {
    const [x, gamma, beta, mean, rstd] = saved;
    const given = { x, dy, gamma, beta, mean, rstd };
    const [dgamma, dbeta] = runKernels(tf, "BatchNormSums", given, { leak });
    const channels = gamma.size;
    const total = new Float32Array(2 * channels);
    collective.exchange(both(dgamma, dbeta), (all) => {
      for (let c = 0; c < total.length; c++) {
        let sum = 0;
        for (let r = 0; r < ranks; r++) sum += (parts[r].rows / own.rows) * all[r][c];
        total[c] = sum;
      }
    });
    const [allGamma, allBeta] = [total.subarray(0, channels), total.subarray(channels)].map((each) =>
      tf.tensor1d(each),
    );
    const sums = { dgamma: allGamma, dbeta: allBeta };
    const dx = runKernel(tf, "BatchNormGradBy", { ...given, ...sums }, { rows: count, leak });
    return [dx, dgamma, dbeta];
  }

  /** The values of two tensors in a row. */
  function both(first: Tensor, second: Tensor): Float32Array {
    const values = new Float32Array(first.size + second.size);
    values.set(valuesAt(tf, first));
    values.set(valuesAt(tf, second), first.size);
    return values;
  }

  function means(tensors: readonly (Tensor | null)[]): (Tensor | null)[] {
    const given = tensors.filter((tensor) => tensor !== null);
    const made = given.map(({ shape }) => unfilled(tf, shape)); // all of them before any is looked at: memory may move
    try {
      const valuesOf = (each: readonly Tensor[]) => each.map((tensor) => valuesAt(tf, tensor));
      collective.sum(valuesOf(given), shares, valuesOf(made));
      let next = 0;
      return tensors.map((tensor) => tensor && made[next++]);
    } catch (error) {
      tf.dispose(made);
      throw error;
    }
  }

  return { ...own, batchNormTrain, means, mean: (scalar) => means([scalar])[0] as Scalar };
}
