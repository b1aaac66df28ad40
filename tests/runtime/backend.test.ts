import { beforeAll, describe, expect, it } from "vitest";
import { buildKernels } from "../../scripts/build-kernels.mjs";
import { openBackend } from "../../src/cli/backend.ts";
import { BackendUnavailableError, isSoftware } from "../../src/runtime/backend.ts";

const none = { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false };

describe("a software adapter", () => {
  const software = [
    { vendor: "google", architecture: "swiftshader", description: "SwiftShader driver 5.0.0" },
    { vendor: "mesa", architecture: "", description: "llvmpipe (LLVM 15.0.6, 256 bits)" },
    { vendor: "microsoft", architecture: "", description: "Microsoft Basic Render Driver" },
    { vendor: "nvidia", architecture: "", isFallbackAdapter: true },
  ];
  const hardware = [
    { vendor: "nvidia", architecture: "hopper", description: "NVIDIA H100 80GB HBM3" },
    { vendor: "apple", architecture: "metal-3" },
    { vendor: "intel", architecture: "xe" },
    {},
  ];
  const adapter = (info: object) => ({ info: { ...none, ...info } }) as GPUAdapter;

  it("is known by its name", () => {
    expect(software.map((info) => isSoftware(adapter(info)))).toEqual([true, true, true, true]);
    expect(hardware.map((info) => isSoftware(adapter(info)))).toEqual([false, false, false, false]);
  });
});

describe("Node's backends, where no adapter answers", () => {
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = "no-such-driver.json";
    await buildKernels();
  });

  it("auto runs on wasm with the kernels and mended gradients, however often it is opened", async () => {
    for (const choice of ["auto", "wasm", "auto"] as const) {
      const { tf, backend, device, variant, notices } = await openBackend(choice);
      expect([backend, tf.getBackend()]).toEqual(["wasm", "wasm"]);
      expect(`${device}, ${variant}`).toMatch(
        /^WebAssembly, (relaxed SIMD, one thread, wasm-relaxed|SIMD, one thread, wasm-simd)$/,
      );
      expect(notices).toEqual([]);
      expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeDefined();
      expect(tf.getGradient("DepthToSpace")).toBeDefined();
    }
  });

  it("webgpu is refused with the reason and the remedy", async () => {
    const refusal = openBackend("webgpu");
    await expect(refusal).rejects.toThrow(BackendUnavailableError);
    await expect(refusal).rejects.toThrow(
      "WebGPU was asked for, but no adapter answers on this machine. Choose the backend wasm or auto.",
    );
  });
});
