import { line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { vector } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";

export const OneHot = layer({
  name: "OneHot",
  title: "OneHot",
  shelf: "Shape",
  summary: "A label as a vector: 1 at its class, 0 elsewhere",
  equation: "y_i = [x = i]",
  lesson:
    "Gives each class a feature of its own, so that layers which take numbers can take a label: beside the noise of a conditional generator, beside the features of its discriminator (Mirza and Osindero, 2014). Nothing is learned here; with many classes an Embedding is smaller and learns which are alike.",
  fields: {},
  inputs: [{ name: "in", types: ["label"], help: "A class of each sample" }],
  outputs: [{ name: "out", types: ["vector"], help: "Features [classes]" }],
  infer: (_, [{ classes }]) =>
    classes === undefined
      ? { misfit: "type-mismatch", port: "in", facts: { port: "in", found: "label[?]", wanted: ["label of a known number of classes"], from: "its wire" } } // prettier-ignore
      : [vector(classes)],
  arithmetic: (_, __, [{ shape }]) => [line("F", "classes", grouped(shape[0]), grouped(shape[0]))],
  range: () => [0, 1],
  twiceDifferentiable: true,
  lowering: {
    // not tf.oneHot: it refuses a single class, and on wasm it writes integers whatever data type it is asked for
    tfjs: ({ tf, outputs: [{ shape }] }, _, [x]) =>
      tf.cast(tf.equal(tf.reshape(tf.cast(x, "int32"), [-1, 1]), tf.range(0, shape[0], 1, "int32")), "float32"),
    onnx: {
      write: (onnx, _, [x]) =>
        onnx.node("OneHot", [x, onnx.ints("classes", onnx.outputs[0].shape[0]), onnx.floats("values", [0, 1])]),
    },
    pytorch: { forward: (_, [x], __, [output]) => `F.one_hot(${x}, ${output.shape[0]}).to(torch.get_default_dtype())` },
  },
});
