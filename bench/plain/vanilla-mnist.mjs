// A GAN of two perceptrons on 28×28 images in plain tfjs: tf.layers for the networks, tf.train.adam for the steps.
import { createBatches, variablesOf } from "./data.mjs";

export function createTraining(tf, batch) {
  const generator = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [100], units: 128 }),
      tf.layers.leakyReLU({ alpha: 0.01 }),
      tf.layers.dense({ units: 784, activation: "tanh" }),
      tf.layers.reshape({ targetShape: [28, 28, 1] }),
    ],
  });
  const discriminator = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [28, 28, 1] }),
      tf.layers.dense({ units: 128 }),
      tf.layers.leakyReLU({ alpha: 0.01 }),
      tf.layers.dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  const [gVariables, dVariables] = [variablesOf(generator), variablesOf(discriminator)];
  const [gOptimizer, dOptimizer] = [tf.train.adam(1e-3), tf.train.adam(1e-3)];
  const nextImages = createBatches(tf, [28, 28, 1], batch);

  const judge = (images) => discriminator.apply(images, { training: true });
  const distance = (target, probability) => tf.losses.logLoss(tf.fill(probability.shape, target), probability);

  return {
    variables: [...gVariables, ...dVariables],
    step() {
      const real = nextImages();
      const noise = tf.randomNormal([batch, 100]);
      const fake = generator.apply(noise, { training: true });
      const dLoss = dOptimizer.minimize(
        () => tf.add(distance(1, judge(real)), distance(0, judge(fake))),
        true,
        dVariables,
      );
      const gLoss = gOptimizer.minimize(
        () => distance(1, judge(generator.apply(noise, { training: true }))),
        true,
        gVariables,
      );
      return [dLoss, gLoss];
    },
  };
}
