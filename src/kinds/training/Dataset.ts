import { line, sizeLine, term } from "../../core/kind/arithmetic.ts";
import { exact, rounded } from "../../core/kind/display.ts";
import { boolean, integer, list, number, optional, pair, text } from "../../core/kind/fields.ts";
import { image, label } from "../../core/kind/ports.ts";
import { source } from "../lowering.ts";

export const Dataset = source({
  name: "Dataset",
  title: "Dataset",
  shelf: "Sources",
  summary: "Rows of real data, a batch at a time",
  equation: "x \\sim p_{\\mathrm{data}}",
  lesson:
    "Draws a batch for each step. Shuffled, it goes through all rows in a new random order every epoch. Image and label of one draw are the same rows.",
  fields: {
    name: text({
      default: "mnist",
      brief: "value",
      of: "dataSets",
      help: "A built-in data set, or the path of your own: a folder or zip of images, IDX, .npy",
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
  },
  inputs: [],
  outputs: [
    { name: "out", types: ["image", "vector"], help: "The rows" },
    { name: "label", types: ["label"], help: "Their classes, where the data set has some" },
  ],
  dataSet: ({ name }) => name,
  range: ({ range: [low, high] }) => [low, high],
  infer({ name, resize, channels }, dataSets) {
    const found = dataSets(name);
    if (!found) return { misfit: "dataset-unknown", param: "name", facts: { name } };
    const { item, classes } = found;
    const [depth, height, width] = item.shape;
    if (item.type === "image" && channels !== null && !conversions.has(`${depth}→${channels}`))
      return {
        misfit: "data-type",
        param: "channels",
        facts: { name, found: `images of ${depth} channels`, wanted: `a data set with ${channels}` },
      };
    const rows = item.type === "image" ? image(channels ?? depth, resize?.[0] ?? height, resize?.[1] ?? width) : item;
    return [rows, classes === null ? null : label(classes)];
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
    draw({ data, outputs }, { shuffle, drop_last, range: [black, white], resize, channels }) {
      if (!data) throw new Error("a Dataset is drawn with its data");
      const options = { shuffle, dropLast: drop_last, range: [black, white], resize, channels } as const;
      return outputs.map((_, port) => (port === 0 ? data.items(options) : data.labels(options)));
    },
  },
});

/** From grey, colour and colour with transparency, to what each can become. */
const conversions = new Set(["1→1", "1→3", "3→1", "3→3", "4→4"]);
