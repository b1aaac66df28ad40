import type { Rank, Tensor } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { image, sizeOf } from "../../core/kind/ports.ts";
import { layer } from "../lowering.ts";
import { writeReduce } from "./reducing.ts";

/**
 * As in StyleGAN2's discriminator: sample n of a batch of N belongs to group n mod (N / G). Where group_size does not divide
 * the batch, G is the largest number up to it that does; in a batch of 1, and in one of 7 with groups of 4, every sample is
 * alone and its channel holds √ε. The ONNX file works G out of the batch that it is given, so it equals tfjs for any.
 */
export const MinibatchStdDev = layer({
  name: "MinibatchStdDev",
  title: "MinibatchStdDev",
  shelf: "Regularization",
  summary: "Adds a channel that tells how much the images of a batch differ",
  equation:
    "s_f = \\operatorname{mean}_{c \\in f, h, w} \\sqrt{\\operatorname{var}_{n \\in \\text{group}} x_{n,c,h,w} + 10^{-8}}",
  lesson:
    "The standard deviation of every value over a group of images, averaged to one number, is put beside the channels of all images of the group. A generator that has collapsed to few images gives itself away by a small one (Karras et al., ProGAN, 2018). It stands near the end of the discriminator. Since images see each other, the gradient that a penalty takes is that of a group and not of one image: ProGAN and StyleGAN2 accept that, a critic that is to be exact leaves it out.",
  fields: {
    group_size: integer({
      default: 4,
      min: 1,
      max: 1024,
      help: "How many images are compared; fewer where the batch is not a multiple",
      brief: "value",
    }),
    num_new_features: integer({
      default: 1,
      min: 1,
      max: 1024,
      help: "Into how many parts the channels are split, each with a channel of its own",
    }),
  },
  inputs: [{ name: "in", types: ["image"], help: "An image [C, H, W]" }],
  outputs: [{ name: "out", types: ["image"], help: "An image [C + num_new_features, H, W]" }],
  infer(
    { num_new_features },
    [
      {
        shape: [channels, height, width],
      },
    ],
  ) {
    if (channels % num_new_features === 0) return [image(channels + num_new_features, height, width)];
    return {
      misfit: "param-value",
      param: "num_new_features",
      facts: {
        param: "num_new_features",
        found: String(num_new_features),
        wanted: `a divisor of the ${grouped(channels)} channels`,
      },
      mend: { param: "num_new_features", value: 1 },
    };
  },
  flops: (_, [input]) => 5 * sizeOf(input),
  arithmetic: ({ group_size, num_new_features }, [{ shape }], [output]) => [
    line(
      "images in a group",
      "the largest divisor of the batch up to group_size",
      `with a batch of ${grouped(4 * group_size)}`,
      grouped(group_size),
    ),
    line("C", "C_in + num_new_features", `${shape[0]} + ${num_new_features}`, grouped(output.shape[0])),
  ],
  mixesSamples: true,
  needsWholeBatch: () => true,
  twiceDifferentiable: true,
  lowering: {
    tfjs({ tf, inputs: [input] }, { group_size, num_new_features: parts }, [x]) {
      const [channels, height, width] = input.shape;
      const batch = x.shape[0];
      const group = divisors(group_size).findLast((size) => batch % size === 0)!;
      const groups = batch / group;
      const members = tf.reshape<Rank.R3>(x, [group, groups, sizeOf(input)]);
      const centred = tf.sub(members, tf.mean(members, 0, true));
      const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), 0), eps));
      const ofChannels = tf.mean(tf.reshape<Rank.R3>(deviation, [groups, height * width, channels]), 1);
      const ofParts = tf.mean(tf.reshape<Rank.R3>(ofChannels, [groups, parts, channels / parts]), 2);
      // a product with ones repeats, and its gradient sums
      const repeated = tf.mul(tf.reshape(ofParts, [1, groups, 1, parts]), tf.ones([group, 1, height * width, 1]));
      return tf.concat([x, tf.reshape(repeated, [batch, height, width, parts]) as Tensor], 3);
    },
    onnx: {
      write(onnx, { group_size, num_new_features: parts }, [x]) {
        const [channels, height, width] = onnx.inputs[0].shape;
        const say = (operator: string, inputs: readonly string[], attributes = {}) =>
          onnx.node(operator, inputs, attributes, { whole: null });
        const sizes = onnx.ints("sizes", divisors(group_size));
        const batch = say("Gather", [say("Shape", [x]), onnx.ints("first", [0])]);
        const rest = say("Sub", [batch, say("Mul", [say("Div", [batch, sizes]), sizes])]);
        const fitting = say("Where", [say("Equal", [rest, onnx.ints("zero", [0])]), sizes, onnx.ints("one", [1])]);
        const group = say("ReduceMax", [fitting], { keepdims: 1 });
        const shaped = (name: string, others: readonly number[]) =>
          say("Concat", [group, onnx.ints(name, others)], { axis: 0 });
        const members = say("Reshape", [x, shaped("members", [-1, parts, (channels / parts) * height * width])]);
        const centred = say("Sub", [members, mean(members, 0)]);
        const variance = mean(say("Mul", [centred, centred]), 0);
        const deviation = mean(say("Sqrt", [say("Add", [variance, onnx.floats("eps", eps)])]), 3);
        const repeated = say("Expand", [deviation, shaped("repeated", [1, 1, 1])]);
        const pixel = onnx.node("Reshape", [repeated, onnx.ints("pixel", [-1, parts, 1, 1])], {}, [parts, 1, 1]);
        const added = onnx.node("Expand", [pixel, onnx.ints("image", [1, 1, height, width])], {}, [
          parts,
          height,
          width,
        ]);
        return onnx.node("Concat", [x, added], { axis: 1 });

        function mean(y: string, axis: number): string {
          return writeReduce(onnx, "mean", y, [axis], 1, { whole: null });
        }
      },
    },
    pytorch: {
      definition: `class MinibatchStdDev(nn.Module):
    def __init__(self, group_size=4, num_new_features=1):
        super().__init__()
        self.group_size = group_size
        self.num_new_features = num_new_features

    def forward(self, x):
        batch, channels, height, width = x.shape
        group = max(size for size in range(1, self.group_size + 1) if batch % size == 0)
        y = x.reshape(group, -1, self.num_new_features, channels // self.num_new_features, height, width)
        y = torch.sqrt(y.var(dim=0, unbiased=False) + 1e-8).mean(dim=(2, 3, 4))
        y = y.reshape(-1, self.num_new_features, 1, 1).repeat(group, 1, height, width)
        return torch.cat([x, y], dim=1)
`,
      module: ({ group_size, num_new_features }) =>
        `MinibatchStdDev(group_size=${group_size}, num_new_features=${num_new_features})`,
      forward: (self, [x]) => `${self}(${x})`,
    },
  },
});

const eps = 1e-8;

/** 1 … size: what may divide a batch. */
const divisors = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index + 1);
