/** What it takes to record a dispatch at all, in this process and by this binding of WebGPU: no program can take less for one. */
import { threadClock } from "./thread-time.ts";

/** Microseconds of the thread for setPipeline, setBindGroup and dispatchWorkgroups; the least of several runs, not submitted. */
export function recordingCost(device: GPUDevice): number {
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1) fn main() { x[0] = 1.0; }`,
  });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const buffer = device.createBuffer({ size: 4, usage: GPUBufferUsage.STORAGE });
  const entries = [{ binding: 0, resource: { buffer } }];
  // two of them in turns: a call that changes nothing may be cheaper
  const groups = [0, 1].map(() => device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  const [clock, count] = [threadClock(), 500];
  let least = Infinity;
  for (let run = 0; run < 20; run++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const began = clock();
    for (let at = 0; at < count; at++) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, groups[at % 2]);
      pass.dispatchWorkgroups(1);
    }
    least = Math.min(least, clock() - began);
    pass.end();
    encoder.finish();
  }
  buffer.destroy();
  return (1000 * least) / count;
}
