import { axes, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer, optional } from "../../core/kind/fields.ts";
import { printType, type PortType } from "../../core/kind/ports.ts";
import { layer, type OnnxNode } from "../lowering.ts";

/** Python's x[:, start:end:step] along one dimension. A part of no values is a mistake here. */
export const Slice = layer({
  name: "Slice",
  title: "Slice",
  shelf: "Shape",
  summary: "Takes a part along one dimension",
  equation: "y = x_{a : b : s}",
  lesson:
    "Takes some of the channels or features, or rows or columns of an image, counted as in Python: from start up to, not including, end, every step-th; negative numbers count from the end. With it a part of the noise is kept for later layers, a border is cut off or an image made smaller by leaving out pixels.",
  fields: {
    dim: integer({
      default: 1,
      min: 1,
      max: 3,
      help: "PyTorch's dimension: 1 is channels, features or tokens, 2 the height or the embedding, 3 the width",
      brief: "named",
    }),
    start: integer({ default: 0, help: "The first that is taken; negative counts from the end", brief: "named" }),
    end: optional(
      integer({ default: 1, help: "The first that is not taken any more; left out, all are", brief: "named" }),
    ),
    step: integer({ default: 1, min: 1, help: "1 takes each, 2 every other" }),
  },
  inputs: [{ name: "in", types: ["image", "vector", "embedded"], help: "Any numbers" }],
  outputs: [{ name: "out", types: ["image", "vector", "embedded"], help: "Shorter in one dimension" }],
  infer(params, [input]) {
    const { dim, start } = params;
    if (dim > input.shape.length)
      return {
        misfit: "param-value",
        param: "dim",
        facts: { param: "dim", found: String(dim), wanted: `at most ${input.shape.length} for ${printType(input)}` },
        mend: { param: "dim", value: input.shape.length },
      };
    const { count } = taken(params, input);
    if (count > 0)
      return [{ type: input.type, shape: input.shape.map((extent, axis) => (axis === dim - 1 ? count : extent)) }];
    const facts = {
      param: "start",
      found: String(start),
      wanted: `below end and below ${input.shape[dim - 1]}, the extent that it counts, so that something is left`,
    };
    return { misfit: "param-value", param: "start", facts };
  },
  arithmetic(params, [input]) {
    const { begin, end, count } = taken(params, input);
    const name = axes[input.type][params.dim - 1];
    const numbers =
      params.step === 1
        ? `${grouped(end)} − ${grouped(begin)}`
        : `⌊(${grouped(end)} − ${grouped(begin)} − 1) / ${params.step}⌋ + 1`;
    return [line(name, params.step === 1 ? "end − start" : "⌊(end − start − 1) / step⌋ + 1", numbers, grouped(count))];
  },
  keepsBounds: true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, inputs: [input] }, params, [x]) {
      const { begin, end, count } = taken(params, input);
      const axis = axisIn(input, params.dim);
      const along = (value: number, others: (extent: number) => number) =>
        x.shape.map((extent, each) => (each === axis ? value : others(extent)));
      const zeros = along(begin, () => 0);
      if (params.step === 1) return tf.slice(x, zeros, along(count, (extent) => extent)); // prettier-ignore
      return tf.stridedSlice(x, zeros, along(end, (extent) => extent), along(params.step, () => 1)); // prettier-ignore
    },
    onnx: {
      write(onnx, params, [x]) {
        const { begin, end } = taken(params, onnx.inputs[0]);
        const [starts, ends] = [onnx.ints("starts", [begin]), onnx.ints("ends", [end])];
        return onnx.node("Slice", [
          x,
          starts,
          ends,
          onnx.ints("axes", [params.dim]),
          onnx.ints("steps", [params.step]),
        ]);
      },
      operators: ["Slice"],
      read: readSlice,
    },
    pytorch: {
      forward(_, [x], { dim, start, end, step }) {
        const range = `${start === 0 ? "" : start}:${end ?? ""}${step === 1 ? "" : `:${step}`}`;
        return `${x}[${":, ".repeat(dim)}${range}]`;
      },
    },
  },
});

interface Range {
  readonly dim: number;
  readonly start: number;
  readonly end: number | null;
  readonly step: number;
}

/** The places that are taken, counted from 0, and how many they are; Python cuts off what lies beyond the ends. */
function taken({ dim, start, end, step }: Range, { shape }: PortType) {
  const extent = shape[dim - 1];
  const place = (at: number) => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  const [begin, stop] = [place(start), place(end ?? extent)];
  return { begin, end: stop, count: Math.max(0, Math.ceil((stop - begin) / step)) };
}

/** Images are [N, H, W, C] in tfjs. */
const axisIn = ({ type }: PortType, dim: number): number => (type === "image" ? [3, 1, 2][dim - 1] : dim);

function readSlice(node: OnnxNode) {
  const [starts, ends] = [node.ints(1), node.ints(2)];
  const [input] = node.inputs;
  if (!input || starts?.length !== 1 || ends?.length !== 1 || node.inputs[3] || node.inputs[4])
    return "places that are not constant, or several dimensions at once";
  const [axis] = node.ints(3) ?? [0];
  const [step] = node.ints(4) ?? [1];
  const dim = axis < 0 ? axis + 1 + input.shape.length : axis;
  if (dim === 0 || step < 1) return "a part of the batch, or steps backwards";
  const end = ends[0] >= input.shape[dim - 1] ? null : ends[0];
  return { params: { dim, start: starts[0], end, step }, inputs: [0] };
}
