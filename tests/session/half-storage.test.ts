// Training with what gradients need stored as halves, on SwiftShader: replay is equal to the bit, numbers stay near those of
// float32, and memory is saved. On a machine without Chromium's driver only the refusal is tested.

import { beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/cli/backend.ts";
import type { GanDocument } from "../../src/core/document/types.ts";
import type { Session, SessionOptions } from "../../src/session/session.ts";
import { node } from "../helpers/documents.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { game, line, points } from "./documents.ts";
import { diagnosticOf, programOf, sessionOf, stateOf, train } from "./sessions.ts";

const driver = softwareDriver();
const data = { points: points() };

beforeAll(openTraining);

it("storage float16 is refused on WebAssembly, before anything is made", async () => {
  const before = tf.memory().numTensors;
  const { code, facts } = await diagnosticOf(() => open({ storage: "float16" }));
  expect({ code, facts }).toEqual({ code: "storage-backend", facts: { backend: "wasm" } });
  expect(tf.memory().numTensors).toBe(before);
});

describe.runIf(driver)("storage float16", { timeout: 300_000 }, () => {
  beforeAll(async () => {
    process.env.VK_ICD_FILENAMES = driver;
    await openBackend("webgpu");
  }, 60_000);

  it("replays equal to eager training to the bit, near to float32, in less memory", async () => {
    const [plain, eager, replayed] = [
      open({}),
      open({ storage: "float16", capture: false }),
      open({ storage: "float16" }),
    ];
    const [near, wanted, found] = [await train(plain, 6), await train(eager, 6), await train(replayed, 6)];
    expect(found).toEqual(wanted);
    expect(await stateOf(replayed)).toEqual(await stateOf(eager));
    for (const [index, { losses, gradients }] of near.entries())
      for (const [name, value] of Object.entries({ ...losses, ...gradients }))
        expect(Math.abs({ ...found[index].losses, ...found[index].gradients }[name] / value - 1)).toBeLessThan(1e-3);
    expect(bytesOf(replayed) / bytesOf(plain)).toBeLessThan(0.93);
    for (const session of [plain, eager, replayed]) session.dispose();
  });
});

function bytesOf({ execution }: Session): number {
  if (execution.mode !== "captured") throw new Error(`trained ${execution.mode}`);
  return execution.bytes;
}

const open = (options: Partial<SessionOptions>): Session =>
  sessionOf(programOf(convolutional(), data), data, { measureGradients: true, readEvery: 3, ...options });

/** Both networks make images of vectors and take them through a convolution, BatchNorm and an activation. */
function convolutional(): GanDocument {
  const layers = (convolution: object, features: number) =>
    [
      ["fc1", node("Linear", { out_features: 8 * 8 * 8 })],
      ["image", node("Reshape", { shape: [8, 8, 8] })],
      ["conv", convolution as ReturnType<typeof node>],
      ["bn", node("BatchNorm2d")],
      ["act", node("LeakyReLU")],
      ["more", node("Conv2d", { out_channels: 16, kernel_size: 3, padding: 1 })],
      ["silu", node("SiLU")],
      ["flat", node("Flatten")],
      ["fc2", node("Linear", { out_features: features })],
    ] as const;
  const down = node("Conv2d", { out_channels: 16, kernel_size: 3, padding: 1, bias: false });
  const up = node("ConvTranspose2d", { out_channels: 12, kernel_size: 4, stride: 2, padding: 1 });
  const rate = { lr: 0.002 };
  return game(line("z", layers(up, 2), "x"), line("x", layers(down, 1), "score"), 4, {
    batch: 23,
    critic: rate,
    generator: rate,
  });
}
