import { line } from "../../core/kind/arithmetic.ts";
import { exact, grouped } from "../../core/kind/display.ts";
import { choice, integer, number } from "../../core/kind/fields.ts";
import { label, vector } from "../../core/kind/ports.ts";
import { source } from "../lowering.ts";

export const Constant = source({
  name: "Constant",
  title: "Constant",
  shelf: "Sources",
  summary: "The same number, or the same class, for every sample",
  equation: "y = c",
  lesson:
    "Gives what never changes: a target for a loss that takes one on a wire, or one class for a conditional generator to be asked for. As a vector every feature has the value; as a label the value is the class.",
  fields: {
    type: choice(["vector", "label"], { default: "vector", help: "Numbers, or a class", brief: "value" }),
    value: number({ default: 0, help: "Of each feature; of a label, the class: 0 … classes − 1", brief: "named" }),
    features: integer({ default: 1, min: 1, max: 65536, help: "Length of a vector" }),
    classes: integer({ default: 10, min: 1, max: 65536, help: "How many classes a label has" }),
  },
  inputs: [],
  outputs: [{ name: "out", types: ["vector", "label"], help: "The value, once for each sample" }],
  infer({ type, value, features, classes }) {
    if (type === "vector") return [vector(features)];
    if (Number.isInteger(value) && value >= 0 && value < classes) return [label(classes)];
    return {
      misfit: "param-value",
      param: "value",
      facts: { param: "value", found: String(value), wanted: `a class, an integer of 0 … ${classes - 1}` },
    };
  },
  arithmetic: ({ type, value, features, classes }) => [
    type === "vector"
      ? line("F", "features", grouped(features), grouped(features))
      : line("one of", "classes", grouped(classes), grouped(classes)),
    line("y", "value", exact(value), exact(value)),
  ],
  lowering: {
    draw({ batch }, { type, value, features }) {
      return type === "vector"
        ? [{ shape: [batch, features], data: new Float32Array(batch * features).fill(value) }]
        : [{ shape: [batch], data: new Int32Array(batch).fill(value) }];
    },
  },
});
