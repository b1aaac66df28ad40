import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { grouped, rounded } from "../../core/kind/display.ts";
import { integer } from "../../core/kind/fields.ts";
import { sizeOf } from "../../core/kind/ports.ts";
import { always, constant } from "../../core/kind/weights.ts";
import type { DrawNumbers } from "../../runtime/feeds.ts";
import type { Tf } from "../../runtime/tf.ts";
import { compute } from "../lowering.ts";
import { chooseRows } from "./chooseRows.ts";

/**
 * Shrivastava et al. 2017, "Learning from Simulated and Unsupervised Images through Adversarial Training", section 2.3, one
 * image after the other as CycleGAN's code does it (Zhu et al. 2017).
 */
export const ImagePool = compute({
  name: "ImagePool",
  title: "ImagePool",
  shelf: "Combining",
  summary: "Mixes earlier samples among the new ones that a discriminator sees",
  equation:
    "y = \\begin{cases} x & \\text{while the pool fills, or with probability } \\tfrac12 \\\\ \\text{a stored image, whose place } x \\text{ takes} & \\text{else} \\end{cases}",
  lesson:
    "Remembers former samples, 50 in CycleGAN. While it fills, every sample is stored and passed on; from then on half of them are exchanged for a stored one. A discriminator that is reminded of old fakes does not chase the newest alone, so the two networks turn in circles less. No gradient passes: it stands before the discriminator's own loss, not the generator's.",
  fields: {
    pool_size: integer({
      default: 50,
      min: 0,
      max: 65536,
      help: "Samples that are remembered; 0 passes all on as they are",
      brief: "value",
    }),
  },
  inputs: [{ name: "in", types: ["image", "vector"], help: "New samples" }],
  outputs: [{ name: "out", types: ["image", "vector"], help: "As many, some of them from before" }],
  infer: (_, [input]) => [input!],
  cutsGradient: true,
  needsWholeBatch: ({ pool_size }) => pool_size > 0,
  state({ pool_size }, [input]) {
    if (pool_size === 0) return [];
    const stored = { trainable: false, init: always(constant(0)) };
    const layout = input!.type === "image" ? { tfjs: [0, 2, 3, 1] } : {};
    return [
      { name: "images", shape: [pool_size, ...input!.shape], ...stored, ...layout },
      { name: "held", shape: [1], ...stored },
    ];
  },
  arithmetic: ({ pool_size }, [input]) => [
    ...(pool_size === 0
      ? [line("y", "x, since nothing is remembered", "x", "x")]
      : [
          line("from the pool", "½ of the samples, once it is full", "½·64 of a batch of 64", "32, on average"),
          // each new sample drives a stored one out with the chance ½ · 1 / pool_size
          line("stay of a sample", "2·pool_size", `2·${grouped(pool_size)}`, `${grouped(2 * pool_size)} new samples, on average`), // prettier-ignore
        ]),
    ...(input
      ? [line("values kept", "pool_size·size", `${grouped(pool_size)}·${grouped(sizeOf(input))}`, rounded(pool_size * sizeOf(input)))] // prettier-ignore
      : []),
  ],
  lowering: {
    definition: `class ImagePool:
    def __init__(self, pool_size):
        self.pool_size, self.images = pool_size, []

    def query(self, images):
        if self.pool_size == 0:
            return images.detach()
        chance = torch.rand(len(images))
        places = torch.randint(0, self.pool_size, [len(images)])
        given = []
        for image, p, place in zip(images.detach(), chance, places):
            if len(self.images) < self.pool_size:
                self.images.append(image)
            elif p > 0.5:
                image, self.images[place] = self.images[place], image
            given.append(image)
        return torch.stack(given)
`,
    module: ({ pool_size }) => `ImagePool(${pool_size})`,
    pytorch: (_, [x]) => `module.query(${x})`,
    tfjs({ tf, sampling, drawn, state, setState }, { pool_size }, [x]) {
      if (sampling) return x!.clone();
      return constantOf(tf, x!, (given) => {
        if (pool_size === 0) return given.clone();
        const { returned, kept, held } = exchange(tf, pool_size, given.shape[0], state.held as Tensor1D, drawn);
        setState("held", held);
        // rows of both: the stored ones first, the new ones behind them
        const all = tf.concat([state.images, given]);
        setState("images", chooseRows(tf, kept, all));
        return chooseRows(tf, returned, all);
      });
    },
  },
});

/**
 * What becomes of a batch, as rows of [stored; new], a 1 in the column of each: which are returned, and which the pool keeps.
 * How many it holds is known to the backend alone, so every choice is a product with 0 or 1 and nothing is read back.
 */
function exchange(
  tf: Tf,
  size: number,
  batch: number,
  held: Tensor1D,
  drawn: DrawNumbers,
): { readonly returned: Tensor2D; readonly kept: Tensor2D; readonly held: Tensor1D } {
  const swaps = drawn([batch], (random, count) => random.uniform(count).map((chance) => (chance > 0.5 ? 1 : 0)));
  const places = drawn([batch], (random, count) => {
    random.uniform(count); // the swaps
    return Float32Array.from(random.integers(count, size));
  });
  const ofImage = (all: Tensor, image: number): Tensor1D => tf.slice(all as Tensor1D, image, 1);
  const slots = tf.range(0, size);
  const at = (place: Tensor | number): Tensor1D => tf.cast(tf.equal<Tensor1D>(slots, place), "float32");
  const returned: Tensor1D[] = [];
  let rows: Tensor1D = slots;
  let count = held;
  for (let i = 0; i < batch; i++) {
    const full: Tensor1D = tf.cast(tf.greaterEqual<Tensor1D>(count, size), "float32");
    const filling = tf.sub<Tensor1D>(1, full);
    const place = at(ofImage(places, i));
    const stored = tf.sum<Scalar>(tf.mul(rows, place));
    const swapped = tf.mul<Tensor1D>(full, ofImage(swaps, i));
    returned.push(blend(tf, swapped, size + i, stored));
    const taken = tf.add<Tensor1D>(tf.mul(at(count), filling), tf.mul(place, swapped));
    rows = blend(tf, taken, rows, size + i);
    count = tf.add<Tensor1D>(count, filling);
  }
  const columns = tf.range(0, size + batch);
  const ones = (numbers: Tensor1D): Tensor2D =>
    tf.cast(tf.equal<Tensor2D>(tf.reshape(numbers, [-1, 1]), columns), "float32");
  return { returned: ones(tf.concat(returned)), kept: ones(rows), held: count };
}

/** a where the mask is 0, b where it is 1; of whole numbers below 2²⁴, so that nothing is rounded. */
const blend = (tf: Tf, mask: Tensor1D, a: Tensor | number, b: Tensor | number): Tensor1D =>
  tf.add<Tensor1D>(tf.mul(tf.sub(1, mask), a), tf.mul(mask, b));

/** A function of x through which no gradient passes. */
const constantOf = (tf: Tf, x: Tensor, f: (x: Tensor) => Tensor): Tensor =>
  tf.customGrad((given) => ({ value: f(given as Tensor), gradFunc: () => tf.zerosLike(given as Tensor) }))(x);
