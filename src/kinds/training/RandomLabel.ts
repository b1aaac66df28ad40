import { line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { label } from "../../core/kind/ports.ts";
import { source } from "../lowering.ts";

export const RandomLabel = source({
  name: "RandomLabel",
  title: "RandomLabel",
  shelf: "Sources",
  summary: "Random classes, fresh for every step",
  equation: "y \\sim \\mathrm{Uniform}\\{0, \\dots, K - 1\\}",
  lesson:
    "The class that a conditional generator is asked for, each as likely as any other; through OneHot it is InfoGAN's categorical code as well. Where samples are drawn the classes take turns instead, 0, 1, 2 and so on, so that in a grid of K columns each column shows one class.",
  fields: {
    classes: integer({ default: 10, min: 1, max: 65536, help: "How many classes there are", brief: "value" }),
  },
  inputs: [],
  outputs: [{ name: "out", types: ["label"], help: "A class index, 0 … classes − 1" }],
  infer: ({ classes }) => [label(classes)],
  arithmetic: ({ classes }) => [
    line("chance of a class", "1 / K", `1 / ${grouped(classes)}`, `one of ${grouped(classes)}`),
    line("class of sample 12", "12 mod K", `12 mod ${grouped(classes)}`, String(12 % classes)),
  ],
  lowering: {
    draw({ batch, random, sampling }, { classes }) {
      const data = sampling
        ? Int32Array.from({ length: batch }, (_, row) => row % classes)
        : Int32Array.from(random.integers(batch, classes));
      return [{ shape: [batch], data }];
    },
  },
});
