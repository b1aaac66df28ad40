// Finds the browser that tests need (for its WebGPU software driver too), or installs one; fails with a clear message, so that
// no test passes by being left out.
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of a Chromium or Chrome, and of the SwiftShader driver beside it; null where there is none. */
export function findBrowser() {
  const onPath = (process.env.PATH ?? "")
    .split(path.delimiter)
    .flatMap((folder) =>
      ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map((name) => path.join(folder, name)),
    );
  const browser = [process.env.CHROME_PATH, ...onPath, "/usr/bin/chromium", "/opt/google/chrome/chrome"].find(
    (file) => file && existsSync(file),
  );
  if (!browser) return null;
  const folders = [
    path.dirname(realpathSync(browser)),
    "/usr/lib/chromium",
    "/usr/lib/chromium-browser",
    "/opt/google/chrome",
  ];
  const driver = folders.map((folder) => path.join(folder, "vk_swiftshader_icd.json")).find((file) => existsSync(file));
  return driver ? { browser, driver } : null;
}

/** Dawn loads Vulkan through the system's loader, which Chromium's package does not bring. */
const hasVulkanLoader = () => /libvulkan\.so\.1/.test(spawnSync("ldconfig", ["-p"], { encoding: "utf8" }).stdout ?? "");

export function requireBrowser() {
  if (!findBrowser() || !hasVulkanLoader()) install();
  const found = findBrowser();
  if (found && hasVulkanLoader()) return found;
  process.stderr.write(
    "The tests need Chromium (or Chrome, with its vk_swiftshader_icd.json beside it) and the Vulkan loader libvulkan1.\n" +
      "On Debian or Ubuntu: apt-get install chromium libvulkan1. Elsewhere set CHROME_PATH to the browser.\n",
  );
  process.exit(1);
}

function install() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  process.stdout.write("Installing chromium and libvulkan1 for the tests\n");
  for (const command of ["update", "install -y --no-install-recommends chromium libvulkan1"])
    spawnSync("apt-get", ["-q", ...command.split(" ")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`Tests use ${requireBrowser().browser}\n`);
