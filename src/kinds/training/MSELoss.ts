import { regression } from "./regression.ts";

export const MSELoss = regression({
  name: "MSELoss",
  summary: "The mean squared difference",
  equation: "\\ell = \\frac{1}{n} \\sum_i (x_i - t_i)^2",
  lesson:
    "How far two values of one shape lie apart, squared: the reconstruction loss of an autoencoder, and the content loss on pixels. Large errors count most, so where several answers are possible it settles for their blurred mean.",
  python: "mse_loss",
  formula: "(input − target)²",
  at: (difference) => difference ** 2,
  term: "square",
  tfjs: (tf, difference) => tf.square(difference),
});
