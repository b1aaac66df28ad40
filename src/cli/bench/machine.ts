/** What figures were measured on: processor, memory, versions. PyTorch and its BLAS are asked by whoever measures with it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** GB. */
  readonly memory: number;
  readonly system: string;
  /** By package or program: "node", "@tensorflow/tfjs", "onnxruntime-web", "webgpu"; null where it is not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
  /** Processes that wanted to run, on average over the minute before; the cores' number or more means a busy machine. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memory: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    versions: {
      node: process.versions.node,
      v8: process.versions.v8,
      ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    },
    load: Math.round(os.loadavg()[0] * 10) / 10,
  };
}

const packages = [
  "@tensorflow/tfjs",
  "@tensorflow/tfjs-backend-wasm",
  "@tensorflow/tfjs-backend-webgpu",
  "onnxruntime-web",
  "webgpu",
];

function versionOf(name: string): string | null {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders)
    try {
      const { version } = JSON.parse(readFileSync(path.join(folder, name, "package.json"), "utf8")) as {
        version: string;
      };
      return version;
    } catch {
      continue; // it may lie further up
    }
  return null;
}
