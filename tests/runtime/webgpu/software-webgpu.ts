/** The webgpu backend with the project's kernels on the software adapter, for tests; undefined where there is none. */
import { openBackend } from "../../../src/cli/backend.ts";
import { type WebGPUBackend, webgpuBackend } from "../../../src/runtime/webgpu/program.ts";
import { softwareDriver } from "../software-gpu.ts";
import { tf } from "../wasm-backend.ts";

export { tf };

export const driver = softwareDriver();

/** Starts it. Tiny operations run there too, and not on tfjs's cpu kernels. */
export async function openWebGPU(): Promise<WebGPUBackend> {
  process.env.VK_ICD_FILENAMES = driver;
  await openBackend("webgpu");
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  return webgpuBackend(tf);
}

/**
 * Does something; throws where a program is refused or a command invalid. Otherwise nothing runs, and what lies in a buffer that is
 * used again may look like the right result.
 */
export async function withoutErrors<T>({ device }: WebGPUBackend, work: () => Promise<T>): Promise<T> {
  device.pushErrorScope("validation");
  const [done] = await Promise.allSettled([work()]);
  const error = await device.popErrorScope();
  if (error) throw new Error(error.message);
  if (done.status === "rejected") throw done.reason;
  return done.value;
}
