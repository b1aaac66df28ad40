/**
 * The choice of backend: WebGPU where a real GPU answers, WebAssembly with the project's kernels everywhere else. What differs
 * between Node, a page and a worker (where WebGPU comes from, how wasm files are read) is the host's part.
 */
import { repairGradients } from "./gradients.ts";
import type { Tf } from "./tf.ts";
import { openTuning, type TuningStore } from "./webgpu/tuning.ts";

export type BackendName = "webgpu" | "wasm";
export type BackendChoice = "auto" | BackendName;

/** What a place that programs run in offers. */
export interface BackendHost {
  /**
   * WebGPU's entry point, null where there is none. `probing` is true where WebGPU was not asked for by name: a host may then
   * say null without loading anything heavy when it knows that there is no GPU.
   */
  gpu(probing: boolean): Promise<GPU | null>;
  /** Makes tf know the backend "webgpu", which will take its device from navigator.gpu. */
  registerWebGPU(): Promise<void>;
  /** Makes tf know the backend "wasm" as a single-threaded build, before it starts. */
  registerWasm(): Promise<void>;
  /** Installs the training kernels on the running wasm backend; returns which variant runs. */
  installKernels(): Promise<string>;
  /** Keeps what was measured on a GPU for later; where it is left out, every process measures anew. */
  readonly tuning?: TuningStore;
}

export interface PreparedBackend {
  readonly name: BackendName;
  /** What computes, in words: "WebGPU on NVIDIA H100" or "WebAssembly, relaxed SIMD, one thread". */
  readonly device: string;
  /** What arithmetic a run depends on, to be kept with it: resuming on another variant is not equal to the bit. */
  readonly variant: string;
  /** Sentences that a user should see, such as why a slower backend was taken. */
  readonly notices: readonly string[];
}

/** The backend that was asked for cannot run here. The message says why and what to do. */
export class BackendUnavailableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BackendUnavailableError";
  }
}

/**
 * Starts a backend, installs what it needs and mends the gradients. "auto" takes WebGPU only on real hardware: a software
 * adapter is slower than WebAssembly. Asked for by name, it is taken with a notice. Throws BackendUnavailableError where
 * WebGPU was asked for and does not start.
 */
export async function prepareBackend(tf: Tf, choice: BackendChoice, host: BackendHost): Promise<PreparedBackend> {
  repairGradients(tf);
  const notices: string[] = [];
  if (choice !== "wasm") {
    const adapter = await (await host.gpu(choice === "auto"))?.requestAdapter({ powerPreference: "high-performance" });
    if (choice === "webgpu" && !adapter) {
      throw new BackendUnavailableError(
        "WebGPU was asked for, but no adapter answers on this machine. Choose the backend wasm or auto.",
      );
    }
    if (adapter && (choice === "webgpu" || !isSoftware(adapter))) {
      await host.registerWebGPU();
      if (await started(tf, "webgpu")) {
        const { installWebGPUKernels } = await import("./webgpu/install.ts");
        installWebGPUKernels(tf);
        // Measuring takes a software adapter long, and the first forms suit it.
        if (!isSoftware(adapter)) {
          await openTuning(tf, { device: describeAdapter(adapter), ...(host.tuning && { store: host.tuning }) });
        }
        tf.env().set("WEBGPU_CPU_FORWARD", false); // small tensors too are computed there: rounding depends on no place
        if (isSoftware(adapter)) notices.push(softwareNotice(adapter));
        return { name: "webgpu", device: `WebGPU on ${describeAdapter(adapter)}`, variant: "webgpu", notices };
      }
      const failed = `WebGPU did not start on ${describeAdapter(adapter)}`;
      if (choice === "webgpu") throw new BackendUnavailableError(`${failed}. Choose the backend wasm.`);
      notices.push(`${failed}; WebAssembly runs instead.`);
    }
  }

  await host.registerWasm();
  if (!(await started(tf, "wasm"))) {
    throw new BackendUnavailableError("WebAssembly did not start: this engine lacks WebAssembly SIMD. Update it.");
  }
  const variant = await host.installKernels();
  const simd = variant === "relaxed" ? "relaxed SIMD" : "SIMD";
  return { name: "wasm", device: `WebAssembly, ${simd}, one thread`, variant: `wasm-${variant}`, notices };
}

/**
 * Starts WebGPU anew where its device is lost, with every tensor on it; WebAssembly where no other device is to be had. What
 * belonged to the lost device has been disposed before.
 */
export async function reopenBackend(tf: Tf, host: BackendHost): Promise<PreparedBackend> {
  const factory = tf.findBackendFactory("webgpu");
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", factory, 3); // tfjs's own priority
  try {
    return await prepareBackend(tf, "webgpu", host);
  } catch (error) {
    if (!(error instanceof BackendUnavailableError)) throw error;
    return prepareBackend(tf, "wasm", host);
  }
}

/** Whether an adapter is a program on the CPU that plays a GPU: SwiftShader, llvmpipe (lavapipe), WARP. */
export function isSoftware(adapter: GPUAdapter): boolean {
  const { info } = adapter;
  if (info.isFallbackAdapter) return true;
  const words = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`.toLowerCase();
  return /swiftshader|llvmpipe|lavapipe|basic render|\bwarp\b/.test(words);
}

function describeAdapter({ info }: GPUAdapter): string {
  const named = info.description || [info.vendor, info.architecture, info.device].filter(Boolean).join(" ");
  return named || "an adapter without a name";
}

function softwareNotice(adapter: GPUAdapter): string {
  return `${describeAdapter(adapter)} is a software adapter: slower than WebAssembly, of use for tests alone.`;
}

/** setBackend answers false or throws where a backend cannot start. */
async function started(tf: Tf, name: BackendName): Promise<boolean> {
  try {
    if (!(await tf.setBackend(name))) return false;
    await tf.ready();
    return true;
  } catch {
    return false;
  }
}
