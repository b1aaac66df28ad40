/** Where the time of a step goes on WebAssembly, where a kernel runs to its end before the next one begins. */
import type { Tf } from "../../../runtime/tf.ts";
import type { KernelTime } from "./protocol.ts";

type Kernel = ReturnType<Tf["getKernelsForBackend"]>[number];
type Call = Parameters<Kernel["kernelFunc"]>[0];

export interface Profile {
  /** Kernels by the time that they took since the last time this was asked, longest first; of one step each. */
  take(steps: number): KernelTime[];
}

/** Wraps every kernel that is registered for wasm, once; slows each call by a microsecond or two. */
export function profileKernels(tf: Tf): Profile {
  const times = new Map<string, { kernel: string; shapes: string; calls: number; ms: number; flops: number }>();
  let nested = 0; // time in kernels that the one at work has called: theirs, not its own
  for (const config of tf.getKernelsForBackend("wasm")) {
    tf.unregisterKernel(config.kernelName, "wasm");
    tf.registerKernel({
      ...config,
      kernelFunc(call) {
        const began = performance.now();
        const outside = nested;
        nested = 0;
        const result = config.kernelFunc(call);
        const whole = performance.now() - began;
        const ms = whole - nested;
        nested = outside + whole;
        const shapes = shapesOf(call);
        const key = `${config.kernelName} ${shapes}`;
        const known = times.get(key) ?? { kernel: config.kernelName, shapes, calls: 0, ms: 0, flops: 0 };
        known.calls++;
        known.ms += ms;
        known.flops += flopsOf(config.kernelName, call, Array.isArray(result) ? result[0].shape : result.shape);
        times.set(key, known);
        return result;
      },
    });
  }
  return {
    take(steps) {
      const found = [...times.values()].map((each) => ({
        ...each,
        calls: each.calls / steps,
        ms: each.ms / steps,
        flops: each.flops / steps,
      }));
      times.clear();
      return found.sort((a, b) => b.ms - a.ms);
    },
  };
}

const shapesOf = ({ inputs }: Call): string =>
  Object.values(inputs)
    .map((input) => `[${[input].flat().map((each) => each?.shape.join("×") ?? "")}]`)
    .join(" ");

/** A multiply-add counts as two. What is skipped in the padding is counted, what Winograd saves too. */
function flopsOf(kernel: string, { inputs, attrs = {} }: Call, output: readonly number[]): number {
  const { filter, dy, a } = inputs;
  const size = (shape: readonly number[]) => shape.reduce((all, each) => all * each, 1);
  switch (kernel) {
    case "Conv2D":
    case "FusedConv2D":
      return 2 * size(output) * size(filter!.shape.slice(0, 3));
    case "Conv2DBackpropInput":
      return 2 * size(dy!.shape) * size(filter!.shape.slice(0, 3));
    case "Conv2DBackpropFilter":
      return (2 * size(dy!.shape) * size(output)) / output[3];
    case "BatchMatMul":
    case "_FusedMatMul":
      return 2 * size(output) * a!.shape.at((attrs as { transposeA?: boolean }).transposeA ? -2 : -1)!;
    default:
      return 0;
  }
}
