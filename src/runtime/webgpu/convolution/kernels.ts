/**
 * Convolutions and their gradients for tfjs's webgpu backend: its own kernels' names, and those with groups and dilation.
 * Any kernel, stride, dilation and padding, negative pads too. What is not NHWC of float32 goes to tfjs's kernel.
 */
import type { GroupedAttributes } from "../../grouped.ts";
import type { TensorInfo, Tf } from "../../tf.ts";
import { float32, kernel, type KernelTable } from "../../wasm/registry.ts";
import { webgpuBackend } from "../program.ts";
import { formFor } from "../tuning.ts";
import { filterGradient, filterForms } from "./filter-gradient.ts";
import { type Direction, gather, gatherForms } from "./gather.ts";
import { type ConvolutionAttributes, elements, type Geometry, geometryOf } from "./geometry.ts";

type Pair<A extends string, B extends string> = Record<A | B, TensorInfo>;

export function convolutionKernels(tf: Tf): KernelTable {
  const gathered = (direction: Direction, source: TensorInfo, filter: TensorInfo, g: Geometry | undefined) => {
    if (!g || !float32(source, filter) || !isFull(g)) return undefined;
    const run = (form: number, [from, weights]: readonly TensorInfo[]) =>
      gather(webgpuBackend(tf), direction, from, weights, g, gatherForms[form]);
    const trial = { name: named(direction, g), forms: gatherNames, inputs: [source.shape, filter.shape], run };
    return run(formFor(tf, trial), [source, filter]);
  };
  const filterOf = (x: TensorInfo, dy: TensorInfo, g: Geometry | undefined) => {
    if (!g || !float32(x, dy) || !isFull(g)) return undefined;
    const run = (form: number, [image, gradient]: readonly TensorInfo[]) =>
      filterGradient(webgpuBackend(tf), image, gradient, g, filterForms[form]);
    const trial = { name: named("filter", g), forms: filterNames, inputs: [x.shape, dy.shape], run };
    return run(formFor(tf, trial), [x, dy]);
  };

  return {
    Conv2D: kernel<Pair<"x", "filter">, ConvolutionAttributes>(({ x, filter }, attributes) =>
      gathered("forward", x, filter, geometryOf(tf, x.shape, filter.shape, attributes)),
    ),
    Conv2DBackpropInput: kernel<Pair<"dy", "filter">, ConvolutionAttributes & { inputShape: number[] }>(
      ({ dy, filter }, attributes) =>
        gathered("backward", dy, filter, geometryOf(tf, attributes.inputShape, filter.shape, attributes, dy)),
    ),
    Conv2DBackpropFilter: kernel<Pair<"x", "dy">, ConvolutionAttributes & { filterShape: number[] }>(
      ({ x, dy }, attributes) => filterOf(x, dy, geometryOf(tf, x.shape, attributes.filterShape, attributes, dy)),
    ),

    GroupedConv2D: kernel<Pair<"x", "filter">, GroupedAttributes>(({ x, filter }, attributes) =>
      gathered("forward", x, filter, attributes),
    ),
    GroupedConv2DBackpropInput: kernel<Pair<"dy", "filter">, GroupedAttributes>(({ dy, filter }, attributes) =>
      gathered("backward", dy, filter, attributes),
    ),
    GroupedConv2DBackpropFilter: kernel<Pair<"x", "dy">, GroupedAttributes>(({ x, dy }, attributes) =>
      filterOf(x, dy, attributes),
    ),
  };
}

/** Whether no tensor of it is empty. */
function isFull({ image, filter, output }: Geometry): boolean {
  return elements(image) > 0 && elements(filter) > 0 && elements(output) > 0;
}

const gatherNames = gatherForms.map(({ pixels, vectors, shared }) => (shared ? "shared" : `${pixels}x${vectors}`));
const filterNames = filterForms.map(({ images, gradients }) => `${images}x${gradients}`);

function named(
  pass: Direction | "filter",
  { image, filter, output, stride, before, dilation, groups }: Geometry,
): string {
  return [pass, image, filter, output, stride, before, dilation, groups].join(" ");
}
