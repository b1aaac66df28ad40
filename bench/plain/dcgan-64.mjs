// The paper's DCGAN on 64×64 colour images in plain tfjs: tf.layers for the networks, tf.train.adam for the steps.
import { createBatches, crossEntropy, variablesOf } from "./data.mjs";

export function createTraining(tf, batch) {
  const up = (filters, options) =>
    tf.layers.conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: "same", useBias: false, ...options });
  const down = (filters, options) =>
    tf.layers.conv2d({ filters, kernelSize: 4, strides: 2, padding: "same", useBias: false, ...options });
  const normalized = (layer) => [layer, tf.layers.batchNormalization()];
  const leaky = () => tf.layers.leakyReLU({ alpha: 0.2 });
  const generator = tf.sequential({
    layers: [
      ...normalized(up(512, { inputShape: [1, 1, 100], strides: 1, padding: "valid" })),
      tf.layers.reLU(),
      ...[256, 128, 64].flatMap((filters) => [...normalized(up(filters)), tf.layers.reLU()]),
      up(3, { activation: "tanh" }),
    ],
  });
  const discriminator = tf.sequential({
    layers: [
      down(64, { inputShape: [64, 64, 3] }),
      leaky(),
      ...[128, 256, 512].flatMap((filters) => [...normalized(down(filters)), leaky()]),
      down(1, { strides: 1, padding: "valid" }),
    ],
  });
  const [gVariables, dVariables] = [variablesOf(generator), variablesOf(discriminator)];
  const [gOptimizer, dOptimizer] = [tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5)];
  const nextImages = createBatches(tf, [64, 64, 3], batch);

  const judge = (images) => discriminator.apply(images, { training: true });

  return {
    variables: [...gVariables, ...dVariables],
    step() {
      const real = nextImages();
      const noise = tf.randomNormal([batch, 1, 1, 100]);
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
