import { line, pointwise } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

export const PReLU = layer({
  name: "PReLU",
  title: "PReLU",
  shelf: "Activation",
  summary: "A LeakyReLU that learns its slope",
  equation: "y = \\begin{cases} x & x > 0 \\\\ a x & \\text{else} \\end{cases}",
  lesson:
    "The factor of negative values is a weight, one for all or one for each channel (He et al., 2015). SRGAN's generator uses it. Keep weight decay off it, for that pulls it towards ReLU.",
  fields: {
    num_parameters: integer({ default: 1, min: 1, max: 65536, help: "1, or one for each channel or feature" }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "An image [C, H, W] or features [F]" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "The same shape" }],
  infer({ num_parameters }, [input]) {
    const [channels] = input.shape;
    if (num_parameters === 1 || num_parameters === channels) return [input];
    return {
      misfit: "param-value",
      param: "num_parameters",
      facts: {
        param: "num_parameters",
        found: String(num_parameters),
        wanted: `1 or ${channels}, the number of ${input.type === "image" ? "channels" : "features"}`,
      },
      mend: { param: "num_parameters", value: channels },
    };
  },
  weights: ({ num_parameters }) => [
    { name: "weight", shape: [num_parameters], trainable: true, init: always(constant(0.25)) },
  ],
  flops: (_, [input]) => sizeOf(input),
  arithmetic: ({ num_parameters }, [input]) => [
    ...pointwise("x if x > 0, else a·x, with a = 0.25 at the start", { x: -1, a: 0.25 }, -0.25, input),
    line("parameters", "num_parameters", grouped(num_parameters), grouped(num_parameters)),
  ],
  twiceDifferentiable: true,
  lowering: {
    tfjs: ({ ops }, _, [x], { weight }) => ops.prelu(x, weight),
    onnx: {
      write(onnx, { num_parameters }, [x]) {
        const dims = onnx.inputs[0].type === "image" ? [num_parameters, 1, 1] : [num_parameters];
        return onnx.node("PRelu", [x, onnx.weight("weight", { dims })]);
      },
      operators: ["PRelu"],
      read(node) {
        const [input, slope] = [node.inputs[0], node.constant(1)];
        if (!input || !slope) return "a slope that is not constant";
        const count = slope.data.length;
        const dims = input.type === "image" ? [count, 1, 1] : [count];
        const fits = [String(dims), String([1, ...dims])].includes(String(slope.dims));
        if (!(fits || count === 1) || (count !== 1 && count !== input.shape[0]))
          return "a slope that is neither one value nor one for each channel or feature";
        return {
          params: { num_parameters: count },
          inputs: [0],
          weights: { weight: { shape: [count], data: slope.data } },
        };
      },
    },
    pytorch: {
      module: ({ num_parameters }) => (num_parameters === 1 ? "nn.PReLU()" : `nn.PReLU(${num_parameters})`),
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});
