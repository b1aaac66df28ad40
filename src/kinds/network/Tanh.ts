import { activation } from "./activation.ts";

export const Tanh = activation({
  name: "Tanh",
  summary: "Squeezes values into −1 … 1",
  equation: "y = \\tanh x",
  lesson: "The usual end of a generator: images come out in −1 … 1, so the data should be scaled to the same range.",
  fields: {},
  range: () => [-1, 1],
  formula: "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
  at: (x) => Math.tanh(x),
  tfjs: ({ ops }, x) => ops.tanh(x),
  operator: "Tanh",
  python: () => "nn.Tanh()",
});
