/** Documents whose figures have something special: skips, joins and repeated blocks. */
import type { GanDocument } from "../../../src/core/document/types.ts";
import { graph, imageInput, networkDocument, node, vectorInput } from "../../helpers/documents.ts";

const convolution = (channels: number, stride = 1) =>
  node("Conv2d", { out_channels: channels, kernel_size: stride === 1 ? 3 : 4, stride, padding: 1 });
const enlarging = (channels: number) =>
  node("ConvTranspose2d", { out_channels: channels, kernel_size: 4, stride: 2, padding: 1 });

/** Three levels, whose skips lie inside each other. */
export const unet: GanDocument = networkDocument(
  graph(
    {
      x: node("Input", imageInput(3, 64, 64)),
      down1: convolution(64, 2),
      act1: node("LeakyReLU", { negative_slope: 0.2 }),
      down2: convolution(128, 2),
      act2: node("LeakyReLU", { negative_slope: 0.2 }),
      down3: convolution(256, 2),
      act3: node("ReLU"),
      up3: enlarging(128),
      join2: node("Concat"),
      up2: enlarging(64),
      join1: node("Concat"),
      up1: enlarging(3),
      tanh: node("Tanh"),
      y: node("Output"),
    },
    ...["x > down1", "down1 > act1", "act1 > down2", "down2 > act2", "act2 > down3", "down3 > act3"].map(straight),
    ...["act3 > up3", "join2 > up2", "join1 > up1", "up1 > tanh", "tanh > y"].map(straight),
    "up3.out > join2.in.0",
    "act2.out > join2.in.1",
    "up2.out > join1.in.0",
    "act1.out > join1.in.1",
  ),
);

/** Nine residual blocks between a convolution that enlarges the channels and one that brings them back. */
export const residual: GanDocument = networkDocument(
  graph(
    {
      x: node("Input", imageInput(3, 128, 128)),
      stem: convolution(64),
      main: node("Block", { block: "residual", repeat: 9 }),
      head: convolution(3),
      tanh: node("Tanh"),
      y: node("Output"),
    },
    ...["x > stem", "stem > main", "main > head", "head > tanh", "tanh > y"].map(straight),
  ),
  {
    residual: graph(
      {
        in: node("Input"),
        conv1: convolution(64),
        act: node("ReLU"),
        conv2: convolution(64),
        sum: node("Add"),
        out: node("Output"),
      },
      ...["in > conv1", "conv1 > act", "act > conv2", "sum > out"].map(straight),
      "in.out > sum.in.0",
      "conv2.out > sum.in.1",
    ),
  },
);

/** Two inputs that meet, and a value that three rows take. */
export const joined: GanDocument = networkDocument(
  graph(
    {
      z: node("Input", vectorInput(64)),
      style: node("Input", vectorInput(10)),
      fc1: node("Linear", { out_features: 128 }),
      act1: node("ReLU"),
      fc2: node("Linear", { out_features: 128 }),
      sum: node("Add"),
      act2: node("ReLU"),
      join: node("Concat"),
      fc3: node("Linear", { out_features: 2 }),
      y: node("Output"),
      features: node("Output"),
    },
    ...["z > fc1", "fc1 > act1", "act1 > fc2", "sum > act2", "join > fc3", "fc3 > y", "act2 > features"].map(straight),
    "fc2.out > sum.in.0",
    "act1.out > sum.in.1",
    "act2.out > join.in.0",
    "style.out > join.in.1",
    "act1.out > join.in.2",
  ),
);

function straight(wire: string): string {
  const [from, to] = wire.split(" > ");
  return `${from}.out > ${to}.in`;
}
