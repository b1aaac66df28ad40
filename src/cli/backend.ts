/**
 * TensorFlow.js in Node: the wasm backend with its files from node_modules and the kernels from beside src/runtime/wasm, and
 * WebGPU through Dawn (the `webgpu` package), loaded only where it may be used. Dawn keeps Node alive: a program that ran on
 * WebGPU ends by process.exit.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import {
  type BackendChoice,
  type BackendHost,
  type PreparedBackend,
  prepareBackend,
  reopenBackend,
} from "../runtime/backend.ts";
import type { Tf } from "../runtime/tf.ts";
import { installKernels, useSingleThread } from "../runtime/wasm/install.ts";
import { openDawn } from "./dawn.ts";
import { tf } from "./tfjs.ts";
import { fileTuningStore } from "./tuning-store.ts";

export interface OpenBackend {
  readonly tf: Tf;
  /** The backend's name, "webgpu" or "wasm". */
  readonly backend: PreparedBackend["name"];
  readonly device: string;
  readonly variant: string;
  readonly notices: readonly string[];
}

/** Starts a backend in this process. Throws BackendUnavailableError where the choice cannot be had. */
export async function openBackend(choice: BackendChoice): Promise<OpenBackend> {
  return opened(await prepareBackend(tf, choice, nodeHost));
}

/** Goes on where the device of WebGPU is lost: on another, or on WebAssembly. */
export async function replaceBackend(): Promise<OpenBackend> {
  return opened(await reopenBackend(tf, nodeHost));
}

const opened = ({ name, ...rest }: PreparedBackend): OpenBackend => ({ tf, backend: name, ...rest });

/** What Node offers; the kernels' build is chosen by what V8 knows. */
export const nodeHost: BackendHost = {
  tuning: fileTuningStore(),

  async gpu(probing) {
    if (probing && !mayHaveGPU()) return null;
    return openDawn();
  },

  async registerWebGPU() {
    await import("@tensorflow/tfjs-backend-webgpu");
  },

  async registerWasm() {
    const { default: wasm } = await import("@tensorflow/tfjs-backend-wasm");
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(path.dirname(main) + path.sep);
    useSingleThread(tf);
  },

  installKernels() {
    installed ??= installFromDisk();
    return installed;
  },
};

/** The kernels are installed once in a process, however often a backend is opened. */
let installed: Promise<string> | undefined;

/** Installs the kernels on the running wasm backend. Gives the build that was taken. */
export async function installFromDisk(variant: "auto" | "simd" | "relaxed" = "auto"): Promise<string> {
  // V8 has relaxed SIMD on by default from Node 21 on.
  if (Number.parseInt(process.versions.node, 10) < 21) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const read = (name: string) => readFile(fileURLToPath(new URL(`../runtime/wasm/${name}`, import.meta.url)));
  const [simd, relaxed] = await Promise.all([read("kernels-simd.wasm"), read("kernels-relaxed.wasm")]);
  return (await installKernels(tf, { simd, relaxed }, { variant })).variant;
}

/** Linux shows a GPU as a device file; elsewhere only asking tells. */
function mayHaveGPU(): boolean {
  if (process.platform !== "linux") return true;
  const render = existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
  return render || existsSync("/dev/nvidia0") || existsSync("/dev/dxg");
}
