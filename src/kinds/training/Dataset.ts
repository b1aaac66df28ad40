import { line, sizeLine, term } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { boolean, choice, integer, list, number, optional, pair, text } from "../../core/kind/fields.ts";
import type { Misfit } from "../../core/kind/kind.ts";
import { image, label, type PortType } from "../../core/kind/ports.ts";
import { source } from "../lowering.ts";

export const Dataset = source({
  name: "Dataset",
  title: "Dataset",
  shelf: "Sources",
  summary: "Rows of real data, a batch at a time",
  equation: "x \\sim p_{\\mathrm{data}}",
  lesson:
    "Draws a batch for each step. Shuffled, it goes through all rows in a new random order every epoch. Image, label and target of one draw belong to the same rows: a target is what the image is to be turned into. Two Dataset nodes each have an order of their own, so their rows are never pairs.",
  fields: {
    name: text({
      default: "mnist",
      brief: "value",
      of: "dataSets",
      help: "A built-in data set, or the path of your own: a folder or zip of images, IDX, .npy",
    }),
    split: choice(["train", "test"], {
      default: "train",
      help: "The rows to train on, or the ones held out; samples begin with held-out images either way",
    }),
    pairs: choice(["none", "side-by-side", "folders"], {
      default: "none",
      help: "Where your own pictures have their targets: in their right half, or under the same name in a second folder (A and B, or input and target)",
    }),
    shuffle: boolean({ default: true, help: "A new random order every epoch" }),
    drop_last: boolean({ default: true, help: "Leaves out the last, smaller batch of an epoch" }),
    range: list(number({ default: 0, help: "" }), {
      default: [-1, 1],
      least: 2,
      most: 2,
      joint: " … ",
      help: "What black and white become: [-1, 1] suits a generator that ends in Tanh",
    }),
    resize: optional(
      pair({ default: 64, min: 1, max: 4096, help: "Scales the shorter side and crops the middle to [height, width]" }),
    ),
    channels: optional(
      integer({
        default: 3,
        min: 1,
        max: 4,
        help: "Makes grey images coloured (3) or coloured ones grey (1); left out, they stay as they are",
      }),
    ),
    flip: boolean({ default: false, help: "Mirrors every second image, by chance, and its target with it" }),
    jitter: boolean({
      default: false,
      help: "Enlarges images by 286 / 256 and cuts them out at a random place, as Pix2Pix does",
    }),
  },
  inputs: [],
  outputs: [
    { name: "out", types: ["image", "vector"], help: "The rows" },
    { name: "label", types: ["label"], help: "Their classes, where the data set has some" },
    { name: "target", types: ["image"], help: "What each image is to become, where the data set has pairs" },
  ],
  dataSet: ({ name }) => name,
  range: ({ range: [low, high] }) => [low, high],
  infer({ name, split, pairs, resize, channels }, dataSets) {
    const found = dataSets(name, pairs);
    if (!found) return { misfit: "dataset-unknown", param: "name", facts: { name } };
    const { item, target, classes, heldOut } = found;
    const unfit = (param: string, found: string, wanted: string): Misfit => ({
      misfit: "data-type",
      param,
      facts: { name, found, wanted },
    });
    if (split === "test" && !heldOut) return unfit("split", "no held-out rows", "a data set with a test part");
    if (pairs !== "none" && !target) return unfit("pairs", "single rows", "a data set of pairs");
    for (const given of [item, target])
      if (given?.type === "image" && channels !== null && !conversions.has(`${given.shape[0]}→${channels}`))
        return unfit("channels", `images of ${given.shape[0]} channels`, `a data set with ${channels}`);
    const made = (given: PortType): PortType => {
      if (given.type !== "image") return given;
      const [depth, height, width] = given.shape;
      return image(channels ?? depth, resize?.[0] ?? height, resize?.[1] ?? width);
    };
    return [made(item), classes === null ? null : label(classes), target ? made(target) : null];
  },
  arithmetic({ range: [low, high] }, _, [rows, classes]) {
    const pixel = line(
      "pixel of byte 51",
      "low + byte / 255·(high − low)",
      `${exact(low)} + 51 / 255·(${exact(high)} − ${term(low)})`,
      rounded(low + (51 / 255) * (high - low)),
    );
    return [
      sizeLine("values of a row", rows ?? null),
      ...(rows?.type === "vector" ? [] : [pixel]),
      ...(classes ? [sizeLine("label of a row", classes)] : []),
    ];
  },
  lowering: {
    /** uniform(batch) the flips, uniform(2 · batch) the cuts, each only where it is asked for and trained on. */
    draw(
      { data, outputs, batch, random, sampling },
      { shuffle, drop_last, range: [black, white], resize, channels, flip, jitter },
    ) {
      if (!data) throw new Error("a Dataset is drawn with its data");
      const flips =
        flip && !sampling ? Uint8Array.from(random.uniform(batch), (chance) => (chance < 0.5 ? 1 : 0)) : null;
      const cuts = jitter && !sampling ? random.uniform(2 * batch) : null;
      const range = [black, white] as const;
      const options = { shuffle, dropLast: drop_last, range, resize, channels, flips, cuts };
      return outputs.map(({ type }, port) => {
        if (type === "label") return data.labels(options);
        return port === 0 ? data.items(options) : data.targets(options);
      });
    },
  },
});

/** From grey, colour and colour with transparency, to what each can become. */
const conversions = new Set(["1→1", "1→3", "3→1", "3→3", "4→4"]);
