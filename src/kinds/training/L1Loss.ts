import { regression } from "./regression.ts";

export const L1Loss = regression({
  name: "L1Loss",
  summary: "The mean absolute difference",
  equation: "\\ell = \\frac{1}{n} \\sum_i |x_i - t_i|",
  lesson:
    "How far two values of one shape lie apart. Pix2Pix adds it a hundredfold to the game, CycleGAN takes it to come back to where one started: it keeps edges sharper than squares do, for it settles for the median. Where both are equal its slope is 0, as in PyTorch.",
  python: "l1_loss",
  formula: "|input − target|",
  at: Math.abs,
  term: "distance",
  tfjs: (tf, difference) => tf.abs(difference),
});
