/** WebGPU on the CPU for tests: SwiftShader's Vulkan driver, which comes with Chromium. */
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

/** The driver's description file beside a Chromium of this machine. */
export function softwareDriver(): string | undefined {
  const binaries = (process.env.PATH ?? "")
    .split(path.delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => path.join(folder, name)))
    .filter((file) => existsSync(file))
    .map((file) => path.dirname(realpathSync(file)));
  return [...binaries, "/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"]
    .map((folder) => path.join(folder, "vk_swiftshader_icd.json"))
    .find((file) => existsSync(file));
}
