// WGAN-GP on 28×28 images in plain tfjs: tf.layers for the networks, tf.grad inside tf.train.adam's loss for the penalty.
// tfjs cannot differentiate leakyRelu's gradient, so the critic's is made of relu, whose gradient can be.
import { createBatches, variablesOf } from "./data.mjs";

const criticSteps = 5;

export function createTraining(tf, batch) {
  class Leaky extends tf.layers.Layer {
    static className = "Leaky";
    call(inputs) {
      return tf.tidy(() => tf.add(tf.mul(tf.relu(inputs[0] ?? inputs), 0.8), tf.mul(inputs[0] ?? inputs, 0.2)));
    }
    computeOutputShape(shape) {
      return shape;
    }
  }

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
  const critic = tf.sequential({
    layers: [
      down(64, { inputShape: [28, 28, 1] }),
      new Leaky({}),
      down(128),
      new Leaky({}),
      tf.layers.flatten(),
      tf.layers.dense({ units: 1 }),
    ],
  });
  const [gVariables, dVariables] = [variablesOf(generator), variablesOf(critic)];
  const [gOptimizer, dOptimizer] = [tf.train.adam(1e-4, 0, 0.9), tf.train.adam(1e-4, 0, 0.9)];
  const nextImages = createBatches(tf, [28, 28, 1], batch);

  const judge = (images) => critic.apply(images, { training: true });
  const generate = (noise) => generator.apply(noise, { training: true });

  /** (‖∇D‖ − 1)² between real and generated images. */
  function penalty(real, fake) {
    const part = tf.randomUniform([batch, 1, 1, 1]);
    const between = tf.add(fake, tf.mul(part, tf.sub(real, fake)));
    const slopes = tf
      .grad((images) => tf.sum(judge(images)))(between)
      .reshape([batch, -1]);
    const lengths = tf.sqrt(tf.add(tf.sum(tf.square(slopes), 1), 1e-12));
    return tf.mean(tf.square(tf.sub(lengths, 1)));
  }

  return {
    variables: [...gVariables, ...dVariables],
    step() {
      let dLoss;
      for (let step = 0; step < criticSteps; step++) {
        const real = nextImages();
        const fake = generate(tf.randomNormal([batch, 100]));
        dLoss = dOptimizer.minimize(
          () => tf.add(tf.sub(tf.mean(judge(fake)), tf.mean(judge(real))), tf.mul(penalty(real, fake), 10)),
          true,
          dVariables,
        );
      }
      const noise = tf.randomNormal([batch, 100]);
      const gLoss = gOptimizer.minimize(() => tf.neg(tf.mean(judge(generate(noise)))), true, gVariables);
      return [dLoss, gLoss];
    },
  };
}
