// DCGAN on 28×28 images in plain tfjs: tf.layers for the networks, tf.train.adam for the steps.
import { createBatches, crossEntropy, variablesOf } from "./data.mjs";

export function createTraining(tf, batch) {
  const up = (filters, options) =>
    tf.layers.conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: "same", ...options });
  const down = (filters, options) =>
    tf.layers.conv2d({ filters, kernelSize: 4, strides: 2, padding: "same", ...options });
  const generator = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [100], units: 6272, useBias: false }),
      tf.layers.reshape({ targetShape: [7, 7, 128] }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      up(64, { useBias: false }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      up(1, { activation: "tanh" }),
    ],
  });
  const discriminator = tf.sequential({
    layers: [
      down(64, { inputShape: [28, 28, 1] }),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      down(128, { useBias: false }),
      tf.layers.batchNormalization(),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1 }),
    ],
  });
  const [gVariables, dVariables] = [variablesOf(generator), variablesOf(discriminator)];
  const [gOptimizer, dOptimizer] = [tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5)];
  const nextImages = createBatches(tf, [28, 28, 1], batch);

  const judge = (images) => discriminator.apply(images, { training: true });

  return {
    variables: [...gVariables, ...dVariables],
    step() {
      const real = nextImages();
      const noise = tf.randomNormal([batch, 100]);
      const fake = generator.apply(noise, { training: true });
      const dLoss = dOptimizer.minimize(
        () => tf.add(crossEntropy(tf, 1, judge(real)), crossEntropy(tf, 0, judge(fake))),
        true,
        dVariables,
      );
      const gLoss = gOptimizer.minimize(
        () => crossEntropy(tf, 1, judge(generator.apply(noise, { training: true }))),
        true,
        gVariables,
      );
      return [dLoss, gLoss];
    },
  };
}
