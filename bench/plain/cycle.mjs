// CycleGAN with ResNets of six blocks on 64×64 images in plain tfjs: tf.model with two layers of our own, for reflection
// padding and instance norm, which tf.layers lacks. The gradient that tfjs 4.22 gives mirrorPad is wrong; written as the
// documentation teaches, a program has it all the same, and the time is what is compared here.
import { createBatches, variablesOf } from "./data.mjs";

const poolSize = 50;

/** @param size of the images, height and width: a multiple of 4. */
export function createTraining(tf, batch, size = 64) {
  const only = (inputs) => (Array.isArray(inputs) ? inputs[0] : inputs);

  class ReflectionPad extends tf.layers.Layer {
    static className = "ReflectionPad";
    constructor({ pad }) {
      super({});
      this.pad = pad;
    }
    call(inputs) {
      const sides = [this.pad, this.pad];
      return tf.mirrorPad(only(inputs), [[0, 0], sides, sides, [0, 0]], "reflect");
    }
    computeOutputShape([rows, height, width, channels]) {
      return [rows, height + 2 * this.pad, width + 2 * this.pad, channels];
    }
  }

  class InstanceNorm extends tf.layers.Layer {
    static className = "InstanceNorm";
    call(inputs) {
      return tf.tidy(() => {
        const { mean, variance } = tf.moments(only(inputs), [1, 2], true);
        return tf.div(tf.sub(only(inputs), mean), tf.sqrt(tf.add(variance, 1e-5)));
      });
    }
    computeOutputShape(shape) {
      return shape;
    }
  }

  const pad = (by, image) => new ReflectionPad({ pad: by }).apply(image);
  const conv = (filters, kernelSize, strides, image, padding = "valid") =>
    tf.layers.conv2d({ filters, kernelSize, strides, padding }).apply(image);
  const padded = (image) => tf.layers.zeroPadding2d({ padding: 1 }).apply(image);
  const normalized = (image) => new InstanceNorm({}).apply(image);
  const relu = (image) => tf.layers.reLU().apply(normalized(image));
  const leaky = (image) => tf.layers.leakyReLU({ alpha: 0.2 }).apply(image);

  function createGenerator() {
    const input = tf.input({ shape: [size, size, 3] });
    let image = relu(conv(32, 7, 1, pad(3, input)));
    // one row and column of zeros on each side, of which the last window leaves out the lower and the right one
    for (const filters of [64, 128]) image = relu(conv(filters, 3, 2, padded(image)));
    for (let block = 0; block < 6; block++) {
      const inside = relu(conv(128, 3, 1, pad(1, image)));
      image = tf.layers.add().apply([image, normalized(conv(128, 3, 1, pad(1, inside)))]);
    }
    for (const filters of [64, 32]) {
      const layer = tf.layers.conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: "same" });
      image = relu(layer.apply(image));
    }
    const last = tf.layers.conv2d({ filters: 3, kernelSize: 7, activation: "tanh" });
    return tf.model({ inputs: input, outputs: last.apply(pad(3, image)) });
  }

  function createJudge() {
    const input = tf.input({ shape: [size, size, 3] });
    let image = leaky(conv(32, 4, 2, input, "same"));
    image = leaky(normalized(conv(64, 4, 2, image, "same")));
    image = leaky(normalized(conv(128, 4, 1, padded(image))));
    return tf.model({ inputs: input, outputs: conv(1, 4, 1, padded(image)) });
  }

  /** Remembers images; once it is full, half of those that come are exchanged for one of them. */
  function createPool() {
    const kept = [];
    return (images) => {
      const given = tf.unstack(images).map((image) => {
        if (kept.length < poolSize) {
          kept.push(tf.keep(image.clone()));
          return image;
        }
        if (Math.random() < 0.5) return image;
        const place = Math.floor(Math.random() * poolSize);
        const earlier = kept[place];
        kept[place] = tf.keep(image.clone());
        return earlier.clone();
      });
      return tf.stack(given);
    };
  }

  const [toB, toA, judgeA, judgeB] = [createGenerator(), createGenerator(), createJudge(), createJudge()];
  const gVariables = variablesOf(toB, toA);
  const optimizers = [tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5), tf.train.adam(2e-4, 0.5)];
  const [nextA, nextB] = [0, 1].map(() => createBatches(tf, [size, size, 3], batch));
  const [poolA, poolB] = [createPool(), createPool()];

  const run = (model, image) => model.apply(image, { training: true });
  const squared = (target, scores) => tf.mean(tf.square(tf.sub(scores, target)));
  const distance = (a, b) => tf.losses.absoluteDifference(a, b);

  function generatorLoss(a, b) {
    const [fakeB, fakeA] = [run(toB, a), run(toA, b)];
    const fooled = tf.add(squared(1, run(judgeB, fakeB)), squared(1, run(judgeA, fakeA)));
    const returned = tf.add(distance(a, run(toA, fakeB)), distance(b, run(toB, fakeA)));
    const kept = tf.add(distance(b, run(toB, b)), distance(a, run(toA, a)));
    return tf.addN([fooled, tf.mul(returned, 10), tf.mul(kept, 5)]);
  }

  function trainJudge(judge, optimizer, real, fake) {
    const loss = () => tf.mul(tf.add(squared(1, run(judge, real)), squared(0, run(judge, fake))), 0.5);
    return optimizer.minimize(loss, true, variablesOf(judge));
  }

  return {
    variables: [...gVariables, ...variablesOf(judgeA, judgeB)],
    step() {
      const [a, b] = [nextA(), nextB()];
      const [fakeB, fakeA] = [run(toB, a), run(toA, b)];
      const gLoss = optimizers[0].minimize(() => generatorLoss(a, b), true, gVariables);
      return [
        gLoss,
        trainJudge(judgeB, optimizers[1], b, poolB(fakeB)),
        trainJudge(judgeA, optimizers[2], a, poolA(fakeA)),
      ];
    },
  };
}
