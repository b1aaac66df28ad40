import type { Rank, Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { boolean } from "../../core/kind/fields.ts";
import type { DrawNumbers } from "../../runtime/feeds.ts";
import type { RandomStream } from "../../runtime/philox.ts";
import type { Tf } from "../../runtime/tf.ts";
import { compute } from "../lowering.ts";

/** Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", with the ranges of the paper's code. */
export const Augment = compute({
  name: "Augment",
  title: "Augment",
  shelf: "Combining",
  summary: "Changes images at random before a discriminator sees them (DiffAugment)",
  equation: "y = T(x), \\quad T = \\text{cutout} \\circ \\text{translation} \\circ \\text{color}",
  lesson:
    "With few images a discriminator learns them by heart. Here it sees every image, real or generated, with other colours, moved by up to an eighth of its size, and without a square of half its width, by new random numbers for each. Put one before each discriminator, the generator's loss included: gradients pass through, so the generator is told how to please a discriminator that only sees changed images, and it does not learn to make such images itself. Where samples are drawn nothing is changed.",
  fields: {
    color: boolean({ default: true, help: "Brightness ± 0.5, saturation × 0 … 2, contrast × 0.5 … 1.5" }),
    translation: boolean({
      default: true,
      help: "Moves by up to 1/8 of height and width; zeros come in at the border",
    }),
    cutout: boolean({ default: true, help: "Sets a rectangle of half the height and width to 0" }),
  },
  inputs: [{ name: "in", types: ["image"], help: "Real or generated images" }],
  outputs: [{ name: "out", types: ["image"], help: "The same shape" }],
  infer: (_, [input]) => [input!],
  arithmetic({ color, translation, cutout }, [input]) {
    const [, height] = input?.type === "image" ? input.shape : [];
    const H = height ?? 32;
    const where = height === undefined ? "at H = 32: " : "";
    return [
      ...(color ? [line("brightness of 0", "0 + u − ½", "u = 0.75", "0.25")] : []),
      ...(translation ? [line("rows moved, at most", "⌊H / 8 + ½⌋", `${where}⌊${H} / 8 + ½⌋`, String(reach(H)))] : []),
      ...(cutout ? [line("rows cut out", "⌊H / 2 + ½⌋", `${where}⌊${H} / 2 + ½⌋`, String(half(H)))] : []),
      ...(color || translation || cutout ? [] : [line("y", "x, since nothing is switched on", "x", "x")]),
    ];
  },
  brief: ({ color, translation, cutout }) =>
    Object.entries({ color, translation, cutout })
      .flatMap(([name, on]) => (on ? [name] : []))
      .join(", ") || "nothing",
  lowering: {
    definition: `def color(x):
    n = len(x)
    x = x + (torch.rand(n, 1, 1, 1).to(x) - 0.5)
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * (torch.rand(n, 1, 1, 1).to(x) * 2) + grey
    mean = x.mean([1, 2, 3], keepdim=True)
    return (x - mean) * (torch.rand(n, 1, 1, 1).to(x) + 0.5) + mean

def translation(x, ratio=1 / 8):
    for axis in (2, 3):
        size = x.shape[axis]
        reach = int(size * ratio + 0.5)
        source = torch.arange(size) + torch.randint(-reach, reach + 1, [len(x), 1])
        inside = (source >= 0) & (source < size)
        shape = [len(x), 1, 1, 1]
        shape[axis] = size
        x = x.gather(axis, source.clamp(0, size - 1).view(shape).expand(x.shape)) * inside.view(shape)
    return x

def cutout(x, ratio=1 / 2):
    cut = []
    for axis in (2, 3):
        size = x.shape[axis]
        length = int(size * ratio + 0.5)
        first = torch.randint(0, size + 1 - length % 2, [len(x), 1]) - length // 2
        place = torch.arange(size)
        cut.append((place >= first) & (place < first + length))
    return x * ~(cut[0][:, None, :, None] & cut[1][:, None, None, :])
`,
    pytorch: ({ color, translation, cutout }, [x]) =>
      Object.entries({ color, translation, cutout }).reduce((inner, [name, on]) => (on ? `${name}(${inner})` : inner), x!), // prettier-ignore
    tfjs({ tf, sampling, drawn }, params, [x]) {
      if (sampling) return x!.clone();
      const image = x as Tensor4D;
      const lot = lotsFor(params, image, drawn);
      const lit = params.color ? color(tf, image, lot) : tf.clone(image);
      const moved = params.translation ? translation(tf, lit, lot) : lit;
      return params.cutout ? cutout(tf, moved, lot) : moved;
    },
  },
});

/** What is drawn for a batch, a number for each image, in the stream's order. */
interface Lots {
  readonly lights: readonly Float32Array[];
  readonly moves: readonly Uint32Array[];
  readonly holes: readonly Uint32Array[];
}

/** A tensor [N, …] made of what was drawn for N images. */
type Lot = (shape: readonly number[], make: (lots: Lots, rows: number) => Float32Array) => Tensor;

type Chosen = Readonly<Record<"color" | "translation" | "cutout", boolean>>;

function lotsFor(chosen: Chosen, { shape: [, height, width] }: Tensor4D, drawn: DrawNumbers): Lot {
  const drawAll = (random: RandomStream, rows: number): Lots => ({
    lights: chosen.color ? [0, 1, 2].map(() => random.uniform(rows)) : [],
    moves: chosen.translation ? [height, width].map((size) => random.integers(rows, 2 * reach(size) + 1)) : [],
    holes: chosen.cutout ? [height, width].map((size) => random.integers(rows, size + 1 - (half(size) % 2))) : [],
  });
  return (shape, make) => drawn(shape, (random, rows) => make(drawAll(random, rows), rows));
}

/** Brightness, saturation (how far channels lie from their mean) and contrast (how far pixels lie from the image's). */
function color(tf: Tf, x: Tensor4D, lot: Lot): Tensor4D {
  const each = (light: number, from: number, width: number): Tensor =>
    lot([x.shape[0], 1, 1, 1], ({ lights }) => lights[light].map((u) => u * width + from));
  const stretch = (values: Tensor4D, axes: number[], by: Tensor): Tensor4D => {
    const mean = tf.mean(values, axes, true);
    return tf.add(tf.mul(tf.sub(values, mean), by), mean);
  };
  const lit: Tensor4D = tf.add(x, each(0, -0.5, 1));
  return stretch(stretch(lit, [3], each(1, 0, 2)), [1, 2, 3], each(2, 0.5, 1));
}

/** Pixel (i, j) becomes what was at (i + u, j + v), by a matrix for each image and axis. */
function translation(tf: Tf, x: Tensor4D, lot: Lot): Tensor4D {
  const down = moveRows(tf, x, lot, 0);
  return tf.transpose(moveRows(tf, tf.transpose(down, [0, 2, 1, 3]), lot, 1), [0, 2, 1, 3]);
}

function moveRows(tf: Tf, x: Tensor4D, lot: Lot, move: number): Tensor4D {
  const [batch, size, across, channels] = x.shape;
  const bound = reach(size);
  const matrices = lot([batch, size, size], ({ moves }, images) => {
    const ones = new Float32Array(images * size * size);
    moves[move].forEach((shift, n) => {
      for (let to = 0; to < size; to++) {
        const from = to + shift - bound;
        if (from >= 0 && from < size) ones[(n * size + to) * size + from] = 1;
      }
    });
    return ones;
  });
  const rows = tf.reshape<Rank.R3>(x, [batch, size, across * channels]);
  return tf.reshape<Rank.R4>(tf.matMul(matrices as Tensor3D, rows), x.shape);
}

/** The rectangle may reach beyond the border, and then less is cut. */
function cutout(tf: Tf, x: Tensor4D, lot: Lot): Tensor4D {
  const [batch, height, width] = x.shape;
  const mask = lot([batch, height, width, 1], ({ holes }, images) => {
    const [rows, columns] = [height, width].map((size, axis) =>
      Array.from(holes[axis], (place) => {
        const first = place - (half(size) >> 1);
        return { first: Math.max(first, 0), end: Math.min(first + half(size), size) };
      }),
    );
    const kept = new Float32Array(images * height * width).fill(1);
    for (let n = 0; n < images; n++)
      for (let i = rows[n].first; i < rows[n].end; i++) {
        const line = (n * height + i) * width;
        kept.fill(0, line + columns[n].first, line + columns[n].end);
      }
    return kept;
  });
  return tf.mul(x, mask);
}

/** The paper's ratios of 1/8 and ½, rounded. */
const reach = (size: number): number => Math.floor(size / 8 + 0.5);
const half = (size: number): number => Math.floor(size / 2 + 0.5);
