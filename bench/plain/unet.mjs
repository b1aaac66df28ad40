// Pix2Pix without its Dropout on pairs of 64×64 images in plain tfjs: a U-Net by tf.model and tf.train.adam for the steps.
import { createBatches, crossEntropy, variablesOf } from "./data.mjs";

const widths = [32, 64, 128, 256, 256, 256];

export function createTraining(tf, batch) {
  const options = { kernelSize: 4, strides: 2, padding: "same", useBias: false };
  const down = (filters, image) => tf.layers.conv2d({ filters, ...options }).apply(image);
  const up = (filters, image) => tf.layers.conv2dTranspose({ filters, ...options }).apply(image);
  const normalized = (image) => tf.layers.batchNormalization().apply(image);
  const leaky = (image) => tf.layers.leakyReLU({ alpha: 0.2 }).apply(image);
  const relu = (image) => tf.layers.reLU().apply(image);

  function createGenerator() {
    const input = tf.input({ shape: [64, 64, 3] });
    const levels = [down(widths[0], input)];
    for (const [level, width] of widths.entries()) {
      if (level === 0) continue;
      const image = down(width, leaky(levels[level - 1]));
      levels.push(level < widths.length - 1 ? normalized(image) : image);
    }
    let image = levels.at(-1);
    for (let level = widths.length - 2; level >= 0; level--) {
      image = normalized(up(widths[level], relu(image)));
      image = tf.layers.concatenate().apply([levels[level], image]);
    }
    const last = tf.layers.conv2dTranspose({ filters: 3, ...options, useBias: true, activation: "tanh" });
    return tf.model({ inputs: input, outputs: last.apply(relu(image)) });
  }

  function createDiscriminator() {
    const [condition, image] = [tf.input({ shape: [64, 64, 3] }), tf.input({ shape: [64, 64, 3] })];
    const patch = { kernelSize: 4, strides: 1 };
    const padded = (image) => tf.layers.zeroPadding2d({ padding: 1 }).apply(image);
    let scores = tf.layers.concatenate().apply([condition, image]);
    scores = leaky(tf.layers.conv2d({ filters: 32, ...options, useBias: true }).apply(scores));
    scores = leaky(normalized(down(64, scores)));
    scores = leaky(normalized(tf.layers.conv2d({ filters: 128, useBias: false, ...patch }).apply(padded(scores))));
    scores = tf.layers.conv2d({ filters: 1, ...patch }).apply(padded(scores));
    return tf.model({ inputs: [condition, image], outputs: scores });
  }

  const [generator, discriminator] = [createGenerator(), createDiscriminator()];
  const [gVariables, dVariables] = [variablesOf(generator), variablesOf(discriminator)];
  const [gOptimizer, dOptimizer] = [tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5)];
  const [nextInputs, nextTargets] = [0, 1].map(() => createBatches(tf, [64, 64, 3], batch));

  const judge = (...pair) => discriminator.apply(pair, { training: true });
  const generate = (input) => generator.apply(input, { training: true });

  return {
    variables: [...gVariables, ...dVariables],
    step() {
      const [input, target] = [nextInputs(), nextTargets()];
      const fake = generate(input);
      const dLoss = dOptimizer.minimize(
        () => tf.mul(tf.add(crossEntropy(tf, 1, judge(input, target)), crossEntropy(tf, 0, judge(input, fake))), 0.5),
        true,
        dVariables,
      );
      const gLoss = gOptimizer.minimize(
        () => {
          const image = generate(input);
          const distance = tf.losses.absoluteDifference(target, image);
          return tf.add(crossEntropy(tf, 1, judge(input, image)), tf.mul(distance, 100));
        },
        true,
        gVariables,
      );
      return [dLoss, gLoss];
    },
  };
}
