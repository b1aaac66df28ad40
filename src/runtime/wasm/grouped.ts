// Convolutions with groups, dilation and every stride: the three kernels of ../grouped.ts.

import type { GroupedAttributes } from "../grouped.ts";
import type { TensorInfo } from "../tf.ts";
import type { Heap } from "./heap.ts";
import type { KernelExports } from "./instance.ts";
import { float32, kernel, type KernelTable } from "./registry.ts";

/** A geometry's size in the parameter area. */
const GEOMETRY_BYTES = 64;

export function groupedKernels(kernels: KernelExports, heap: Heap): KernelTable {
  type Scratch = (geometry: number, groups: number, temporary: number) => number;
  type Run = (a: number, b: number, result: number, geometry: number, groups: number, scratch: number) => void;

  function run(
    name: string,
    a: TensorInfo,
    b: TensorInfo,
    attributes: GroupedAttributes,
    result: number[],
    pass: Pass,
  ) {
    if (!float32(a, b)) return undefined;
    const { groups } = attributes;
    const geometry = heap.parameters(numbersOf(attributes), "i32");
    const scratch = heap.scratch(pass.scratch(geometry, groups, geometry + GEOMETRY_BYTES), name);
    const output = heap.output(result);
    pass.run(heap.address(a), heap.address(b), heap.address(output), geometry, groups, scratch);
    return output;
  }
  type Pass = { scratch: Scratch; run: Run };

  return {
    GroupedConv2D: kernel<{ x: TensorInfo; filter: TensorInfo }, GroupedAttributes>(({ x, filter }, attributes) =>
      run("GroupedConv2D", x, filter, attributes, [...attributes.output], {
        scratch: kernels.groupedConvolveScratch,
        run: kernels.groupedConvolve,
      }),
    ),

    GroupedConv2DBackpropInput: kernel<{ dy: TensorInfo; filter: TensorInfo }, GroupedAttributes>(
      ({ dy, filter }, attributes) =>
        run("GroupedConv2DBackpropInput", dy, filter, attributes, [...attributes.image], {
          scratch: kernels.groupedInputGradientScratch,
          run: kernels.groupedInputGradient,
        }),
    ),

    GroupedConv2DBackpropFilter: kernel<{ x: TensorInfo; dy: TensorInfo }, GroupedAttributes>(({ x, dy }, attributes) =>
      run("GroupedConv2DBackpropFilter", x, dy, attributes, [...attributes.filter], {
        scratch: kernels.groupedFilterGradientScratch,
        run: kernels.groupedFilterGradient,
      }),
    ),
  };
}

/** The geometry as assembly/windows.ts reads it. */
function numbersOf({ image, filter, output, stride, before, dilation }: GroupedAttributes): number[] {
  const [kernelHeight, kernelWidth] = filter;
  const [, outHeight, outWidth, filters] = output;
  return [...image, kernelHeight, kernelWidth, ...stride, ...before, outHeight, outWidth, filters, ...dilation];
}
