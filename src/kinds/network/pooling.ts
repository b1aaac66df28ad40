/** What AvgPool2d and MaxPool2d have in common: PyTorch's parameters, its output sizes, and how Python spells them. */
import { heightAndWidth, line } from "../../core/kind/arithmetic.ts";
import { grouped } from "../../core/kind/display.ts";
import { boolean, optional, pair, type Params } from "../../core/kind/fields.ts";
import type { Arithmetic, Misfit } from "../../core/kind/kind.ts";
import { image, type PortType } from "../../core/kind/ports.ts";
import type { OnnxNode } from "../lowering.ts";
import { pythonPair } from "./convolution.ts";

export const poolingFields = {
  kernel_size: pair({ default: 2, min: 1, max: 1024, help: "Height and width of the window", brief: "value" }),
  stride: optional(
    pair({ default: 1, min: 1, max: 1024, help: "Step of the window; left out, it is the window's size" }),
  ),
  padding: pair({ default: 0, min: 0, max: 512, help: "Pixels added around the image, half a window at most" }),
  ceil_mode: boolean({ default: false, help: "Windows that reach over the border count too" }),
};
type Pooling = Params<typeof poolingFields>;

/** One axis of a pool. */
export interface PoolAxis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** How many windows there are. */
  readonly count: number;
  /** True where ceil_mode asks for one more, which would begin behind the image. */
  readonly outside: boolean;
}

/** Height, then width. */
export const poolAxes = (params: Pooling, { shape }: PortType): readonly [PoolAxis, PoolAxis] => [
  axisOf(params, shape, 0),
  axisOf(params, shape, 1),
];

function axisOf({ kernel_size, stride, padding, ceil_mode }: Pooling, shape: readonly number[], axis: 0 | 1): PoolAxis {
  const [size, kernel, p] = [shape[axis + 1], kernel_size[axis], padding[axis]];
  const s = (stride ?? kernel_size)[axis];
  const all = Math.floor((size + 2 * p - kernel + (ceil_mode ? s - 1 : 0)) / s) + 1;
  // as in PyTorch, the last window begins on the image or on the padding before it
  const outside = ceil_mode && (all - 1) * s >= size + p;
  return { size, kernel, stride: s, padding: p, count: outside ? all - 1 : all, outside };
}

/** The pool's output, or why PyTorch would raise an error. */
export function poolOutput(params: Pooling, input: PortType): PortType | Misfit {
  const { kernel_size, padding } = params;
  const half = kernel_size.map((extent) => Math.floor(extent / 2));
  if (padding.some((extent, axis) => extent > half[axis])) {
    const facts = {
      param: "padding",
      found: pythonPair(padding),
      wanted: `half of the ${kernel_size.join("×")} window at most, ${pythonPair([half[0], half[1]])}`,
    };
    return { misfit: "param-value", param: "padding", facts, mend: { param: "padding", value: half } };
  }
  const [height, width] = poolAxes(params, input);
  if (height.count >= 1 && width.count >= 1) return image(input.shape[0], height.count, width.count);
  const found = input.shape.slice(1);
  const padded = found.map((extent, axis) => extent + 2 * padding[axis]);
  return { misfit: "image-too-small", port: "in", facts: { found, kernel: kernel_size, padded } };
}

export const poolArithmetic = (params: Pooling, input: PortType): readonly Arithmetic[] => {
  const axes = poolAxes(params, input);
  return heightAndWidth((axis, name) => {
    const { size, kernel, stride, padding, count, outside } = axes[axis];
    const [up, by] = params.ceil_mode ? [" + s − 1", ` + ${stride} − 1`] : ["", ""];
    const first = outside ? "" : " + 1";
    return line(
      name,
      `⌊(${name}_in + 2·p − k${up}) / s⌋${first}`,
      `⌊(${size} + 2·${padding} − ${kernel}${by}) / ${stride}⌋${first}`,
      grouped(count),
    );
  });
};

/** Two numbers, or one where both halves agree, with the step where it is not the window's size: "3, stride 2". */
export const poolBrief = ({ kernel_size, stride }: Pooling): string =>
  `${spelled(kernel_size)}${stride ? `, stride ${spelled(stride)}` : ""}`;
const spelled = ([height, width]: readonly [number, number]) =>
  height === width ? String(height) : `${height}×${width}`;

export const poolArguments = ({ kernel_size, stride, padding, ceil_mode }: Pooling): string =>
  [
    pythonPair(kernel_size),
    ...(stride ? [`stride=${pythonPair(stride)}`] : []),
    ...(padding[0] || padding[1] ? [`padding=${pythonPair(padding)}`] : []),
    ...(ceil_mode ? ["ceil_mode=True"] : []),
  ].join(", ");

/** How far the windows reach beyond the padding after the image; negative where they leave pixels over. */
export const overhang = ({ size, kernel, stride, padding, count }: PoolAxis): number =>
  (count - 1) * stride + kernel - size - 2 * padding;

/** The parameters of an ONNX pool of an image; a text where PyTorch's cannot say it. */
export function readPool(node: OnnxNode): Pooling | string {
  const input = node.inputs[0];
  const kernel = node.intList("kernel_shape", []);
  if (input?.type !== "image" || kernel.length !== 2) return "a pool of something other than an image";
  if (node.text("auto_pad", "NOTSET") !== "NOTSET") return "auto_pad";
  if (node.intList("dilations", [1, 1]).some((dilation) => dilation !== 1)) return "a dilated window";
  const stride = node.intList("strides", [1, 1]);
  const [top, left, bottom, right] = node.intList("pads", [0, 0, 0, 0]);
  const rounded = node.int("ceil_mode", 0) !== 0;
  const params: Pooling = {
    kernel_size: [kernel[0], kernel[1]],
    stride: String(stride) === String(kernel) ? null : [stride[0], stride[1]],
    padding: [top, left],
    ceil_mode: rounded || bottom > top || right > left,
  };
  const axes = poolAxes(params, input);
  const after = [bottom - top, right - left];
  // written with explicit pads, windows over the border need as many as they reach beyond it
  const told = axes.every((axis, index) =>
    rounded
      ? after[index] === 0 && !axis.outside
      : after[index] === (params.ceil_mode ? Math.max(0, overhang(axis)) : 0),
  );
  return told ? params : "pads that differ on opposite sides";
}
