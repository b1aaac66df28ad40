/**
 * Batch normalization over all axes but the channels, shared by its one- and two-dimensional kinds. Where a batch holds a
 * single value of each channel PyTorch raises an error in training; here that value is its own mean, so β comes out.
 */
import type { Tensor1D } from "@tensorflow/tfjs";
import { example, firstAxis, line, product, sameShape } from "../../core/kind/arithmetic.ts";
import { exact, grouped } from "../../core/kind/display.ts";
import { number } from "../../core/kind/fields.ts";
import type { PortKind } from "../../core/kind/ports.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant, normal } from "../../core/kind/weights.ts";
import { layer } from "../lowering.ts";

export const batchNorm = (kind: {
  readonly name: string;
  readonly type: PortKind;
  readonly shape: string;
  readonly lesson: string;
}) =>
  layer({
    name: kind.name,
    title: kind.name,
    shelf: "Normalization",
    summary: "Brings every channel to mean 0 and variance 1 over the batch",
    equation: "y = \\gamma \\, \\frac{x - \\mu_B}{\\sqrt{\\sigma_B^2 + \\epsilon}} + \\beta",
    lesson: kind.lesson,
    fields: {
      eps: number({ default: 1e-5, min: 0, open: true, help: "Keeps the division finite" }),
      momentum: number({ default: 0.1, min: 0, max: 1, help: "How much of each batch enters the running statistics" }),
    },
    inputs: [{ name: "in", types: [kind.type], help: `What to normalize, ${kind.shape}` }],
    outputs: [{ name: "out", types: [kind.type], help: "The same shape" }],
    infer: (_, [input]) => [input],
    weights(_, [input]) {
      const each = { shape: [input.shape[0]] };
      return [
        { ...each, name: "weight", trainable: true, init: { pytorch: constant(1), dcgan: normal(1, 0.02) } },
        { ...each, name: "bias", trainable: true, init: always(constant(0)) },
        { ...each, name: "running_mean", trainable: false, init: always(constant(0)) },
        { ...each, name: "running_var", trainable: false, init: always(constant(1)) },
      ];
    },
    flops: (_, [input]) => 2 * sizeOf(input),
    arithmetic({ eps, momentum }, [input]) {
      const [channels, ...pixels] = input.shape;
      const each = pixels.reduce((area, extent) => area * extent, 1);
      const names = pixels.length > 0 ? ["N", "H", "W"] : ["N"];
      const given = { x: 3, μ: 1, "σ²": 4, γ: 1, β: 0, eps };
      return [
        line("values per mean", product(...names), product("N", ...pixels), each === 1 ? "N" : product(each, "N")),
        example("y", "γ·(x − μ) / √(σ² + eps) + β", given, 2 / Math.sqrt(4 + eps)),
        line(
          "running mean",
          "(1 − momentum)·old + momentum·batch",
          `(1 − ${exact(momentum)})·0 + ${exact(momentum)}·1`,
          exact(momentum),
        ),
        sameShape(input),
        line("parameters", `2·${firstAxis(input)} (γ and β)`, product(2, channels), grouped(2 * channels)),
      ];
    },
    mixesSamples: true,
    samplewise: "LayerNorm",
    twiceDifferentiable: true,
    lowering: {
      takesLeak: (_, training) => training,
      tfjs({ ops, training, leak, setBuffer }, { eps, momentum }, [x], weights) {
        const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
          (name) => weights[name] as Tensor1D,
        );
        if (!training) return ops.batchNormInference(x, weight, bias, mean, variance, eps);
        const batch = ops.batchNormTrain(x, weight, bias, eps, leak);
        const moved = ops.moveStatistics({ mean, variance }, batch, momentum);
        setBuffer("running_mean", moved.mean);
        setBuffer("running_var", moved.variance);
        return batch.y;
      },
      affine({ tf }, { eps }, { weight, bias, running_mean, running_var }) {
        const scale: Tensor1D = tf.div(weight, tf.sqrt(tf.add(running_var, eps)));
        return { scale, shift: tf.sub(bias, tf.mul(running_mean, scale)) };
      },
      onnx: {
        write: (onnx, { eps, momentum }, [x]) =>
          onnx.node(
            "BatchNormalization",
            [x, ...["weight", "bias", "running_mean", "running_var"].map((name) => onnx.weight(name))],
            {
              epsilon: { float: eps },
              momentum: { float: 1 - momentum },
            },
          ),
        operators: ["BatchNormalization"],
        read(node) {
          if (node.inputs[0]?.type !== kind.type) return `an input that is no ${kind.type}`;
          if (node.int("training_mode", 0) !== 0) return "training mode";
          const constants = [1, 2, 3, 4].map((input) => node.constant(input));
          if (constants.includes(null)) return "statistics that are not constant";
          const [weight, bias, running_mean, running_var] = constants.map((value) => ({
            shape: value!.dims,
            data: value!.data,
          }));
          // ONNX stores float32; the shortest decimal that rounds to it is what the person wrote
          const params = {
            eps: decimal(node.float("epsilon", 1e-5)),
            momentum: decimal(1 - node.float("momentum", 0.9)),
          };
          return { params, inputs: [0], weights: { weight, bias, running_mean, running_var } };
        },
      },
      pytorch: {
        module: ({ eps, momentum }, [{ shape }]) =>
          `nn.${kind.name}(${shape[0]}${eps === 1e-5 ? "" : `, eps=${eps}`}${momentum === 0.1 ? "" : `, momentum=${momentum}`})`,
        forward: (self, [x]) => `${self}(${x})`,
      },
    },
  });

const decimal = (value: number): number => Number(value.toPrecision(6));
