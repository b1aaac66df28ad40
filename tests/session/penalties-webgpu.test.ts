// Gradients of gradients on WebGPU beside PyTorch, on SwiftShader. On a machine without Chromium's driver there is nothing to compare.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { critics, expectPenalty, kinks, told } from "./critics.ts";

const driver = softwareDriver();

describe.runIf(driver)("a gradient penalty on WebGPU equals PyTorch's double backward", () => {
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openTraining();
    const { backend } = await openBackend("webgpu");
    expect(backend).toBe("webgpu");
    // Otherwise tiny operations are computed by tfjs's cpu kernels.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  }, 60_000);

  it.each(told(critics))("%s", (_, critic) => expectPenalty(critic));
  it.each(told(kinks))("near the kinks of activations: %s", (_, critic) => expectPenalty(critic));
});
