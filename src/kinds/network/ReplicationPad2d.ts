import type { Tensor4D } from "@tensorflow/tfjs";
import { layer } from "../lowering.ts";
import { borderTaps, ofOnnx, padded, padding, paddingArithmetic, pythonSides, readSides } from "./padding.ts";

export const ReplicationPad2d = layer({
  name: "ReplicationPad2d",
  title: "ReplicationPad2d",
  shelf: "Shape",
  summary: "Continues an image beyond its border with the border's own pixels",
  equation: "y_{-i} = x_0, \\quad y_{H-1+i} = x_{H-1}",
  lesson:
    "The outermost row or column is repeated as often as it is asked for, so a convolution sees neither an edge of zeros nor a mirror image. Unlike ReflectionPad2d it may be wider than the image. Translators such as UNIT and MUNIT offer it beside reflection.",
  fields: { padding },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "The image with its border" }],
  infer: (params, [input]) => [padded(params.padding, input)],
  arithmetic: (params, [input]) => paddingArithmetic(params.padding, input),
  brief: (params) => pythonSides(params.padding),
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, ops, inputs: [input] }, { padding }, [x]) {
      const [left, right, top, bottom] = padding;
      const along = (y: Tensor4D, axis: 1 | 2, before: number, after: number): Tensor4D => {
        // a product with ones repeats, and its gradient sums
        const border = (place: number, times: number): Tensor4D[] => {
          const at = (value: number, others: readonly number[]) => others.map((each, i) => (i === axis ? value : each));
          const line = tf.slice(y, at(place, [0, 0, 0, 0]), at(1, y.shape));
          return times === 0 ? [] : [tf.mul(line, tf.ones(at(times, [1, 1, 1, 1])))];
        };
        return tf.concat([...border(0, before), y, ...border(y.shape[axis] - 1, after)], axis);
      };
      const [tall, wide] = borderTaps(padding, input, (place, size) => Math.min(size - 1, Math.max(0, place)));
      return ops.separable(x as Tensor4D, tall, wide, () =>
        along(along(x as Tensor4D, 1, top, bottom), 2, left, right),
      );
    },
    onnx: {
      write: (onnx, params, [x]) => onnx.node("Pad", [x, onnx.ints("pads", ofOnnx(params.padding))], { mode: "edge" }),
      operators: ["Pad"],
      read(node) {
        if (node.text("mode", "constant") !== "edge") return `mode ${node.text("mode", "constant")}`;
        const sides = readSides(node);
        return typeof sides === "string" ? sides : { params: { padding: sides }, inputs: [0] };
      },
    },
    pytorch: {
      module: (params) => `nn.ReplicationPad2d(${pythonSides(params.padding)})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
