/**
 * TensorFlow.js in a worker: the core with its gradients, the wasm backend with its files and our kernels from beside the
 * script, and WebGPU's backend, loaded only where it runs. Nothing comes from another origin.
 */
import * as tf from "@tensorflow/tfjs"; // the core alone: see the alias in vite.config.ts
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import wasmUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import {
  BackendUnavailableError,
  prepareBackend,
  reopenBackend,
  type BackendChoice,
  type BackendHost,
  type PreparedBackend,
} from "../runtime/backend.ts";
import type { Tf } from "../runtime/tf.ts";
import { installKernels, useSingleThread } from "../runtime/wasm/install.ts";
import relaxedUrl from "../runtime/wasm/kernels-relaxed.wasm?url";
import simdUrl from "../runtime/wasm/kernels-simd.wasm?url";
import { settingsTuningStore } from "./tuning-store.ts";

export interface OpenBackend extends PreparedBackend {
  readonly tf: Tf;
}

/** Starts a backend, or goes on with it. Throws a UserError where the choice cannot be had. */
export async function openBackend(choice: BackendChoice): Promise<OpenBackend> {
  try {
    return { tf, ...(await prepareBackend(tf, choice, workerHost)) };
  } catch (error) {
    if (!(error instanceof BackendUnavailableError)) throw error;
    throw new UserError(diagnose("no-backend", {}, { reason: error.message }));
  }
}

/** Goes on where the device of WebGPU is lost: on another, or on WebAssembly. */
export async function replaceBackend(): Promise<OpenBackend> {
  return { tf, ...(await reopenBackend(tf, workerHost)) };
}

/** Does something on WebAssembly, whichever backend trains: nothing may train meanwhile. */
export async function onWasm<T>({ tf: own, name }: OpenBackend, work: () => Promise<T>): Promise<T> {
  if (name === "wasm") return work();
  await openBackend("wasm");
  try {
    return await work();
  } finally {
    await own.setBackend(name);
  }
}

const workerHost: BackendHost = {
  tuning: settingsTuningStore(),

  async gpu() {
    return (navigator.gpu as GPU | undefined) ?? null;
  },

  async registerWebGPU() {
    await import("@tensorflow/tfjs-backend-webgpu");
  },

  async registerWasm() {
    // one build for all three names: what has no SIMD does not start, and says so
    const names = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];
    setWasmPaths(Object.fromEntries(names.map((name) => [name, wasmUrl])));
    useSingleThread(tf);
  },

  installKernels() {
    installed ??= fetchKernels();
    return installed;
  },
};

/** The kernels are installed once, however often a backend is opened. */
let installed: Promise<string> | undefined;

async function fetchKernels(): Promise<string> {
  const [simd, relaxed] = await Promise.all([simdUrl, relaxedUrl].map(bytesAt));
  return (await installKernels(tf, { simd, relaxed })).variant;
}

async function bytesAt(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}: the page is not whole.`);
  return new Uint8Array(await response.arrayBuffer());
}
