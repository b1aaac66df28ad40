// Batches for the programs beside this file, as tfjs's MNIST tutorial takes them: rows of bytes in memory, chosen at random,
// copied out as numbers and made a tensor. The rows are noise: nothing here is judged by what it learns.

const rows = 1024;

/** Gives tensors [batch, ...shape] with values from -1 to 1. */
export function createBatches(tf, shape, batch) {
  const size = shape.reduce((all, each) => all * each, 1);
  const bytes = Uint8Array.from({ length: rows * size }, () => Math.random() * 256);
  return () => {
    const values = new Float32Array(batch * size);
    for (let row = 0; row < batch; row++) {
      const from = Math.floor(Math.random() * rows) * size;
      for (let at = 0; at < size; at++) values[row * size + at] = bytes[from + at] / 127.5 - 1;
    }
    return tf.tensor(values, [batch, ...shape]);
  };
}

/** The variables that training a model changes. */
export const variablesOf = (...models) => models.flatMap((model) => model.trainableWeights.map((weight) => weight.val));

/** How far scores are from a target of 0 or 1, as logits. */
export const crossEntropy = (tf, target, scores) =>
  tf.losses.sigmoidCrossEntropy(tf.fill(scores.shape, target), scores);
