/** WebGPU on a machine without a GPU: the driver that Chromium brings along, which computes on the processor. */
import { existsSync, readdirSync } from "node:fs";

/** Vulkan's description of that driver; undefined where a GPU is there, a driver has been named already, or none is found. */
export function softwareDriver(): string | undefined {
  if (process.env.VK_ICD_FILENAMES || process.platform !== "linux" || hasGpu()) return undefined;
  return ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"]
    .map((folder) => `${folder}/vk_swiftshader_icd.json`)
    .find((file) => existsSync(file));
}

const hasGpu = () =>
  existsSync("/dev/nvidia0") ||
  (existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD")));
