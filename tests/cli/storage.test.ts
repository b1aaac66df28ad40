/** `ganvas train --storage`: where it is refused, and what a resumed run makes of it. */
import path from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { trainCommand } from "../../src/cli/commands/train.ts";
import { runFolder } from "../../src/cli/run-folder.ts";
import { UserError } from "../../src/core/analysis/diagnostics.ts";
import { softwareDriver } from "../runtime/software-gpu.ts";
import { scratch } from "./ganvas.ts";

const { folder, remove } = scratch("storage");
const driver = softwareDriver();
if (driver) process.env.VK_ICD_FILENAMES = driver;
let said = "";

beforeEach(() => {
  said = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => Boolean((said += String(text))));
});
afterEach(() => vi.restoreAllMocks());
afterAll(remove);

it("float16 is refused on WebAssembly, and no run is begun", async () => {
  const refused = await train("refused", "--backend", "wasm", "--storage", "float16").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect((refused as UserError).diagnostics[0]).toMatchObject({ code: "storage-backend", facts: { backend: "wasm" } });
  expect(runFolder(path.join(folder, "refused")).exists).toBe(false);
});

describe.runIf(driver)("on WebGPU", { timeout: 240_000 }, () => {
  it("a run goes on with the storage that it had, or with another and a warning", async () => {
    await train("run", "--backend", "webgpu", "--storage", "float16", "--steps", "2");
    expect(variant()).toBe("webgpu-float16");
    await train("run", "--backend", "webgpu", "--resume", "--steps", "3");
    expect(variant()).toBe("webgpu-float16");
    expect(said).not.toContain("run-variant");
    await train("run", "--backend", "webgpu", "--resume", "--steps", "4", "--storage", "float32");
    expect(variant()).toBe("webgpu");
    expect(said).toContain("run-variant");
  });
});

const variant = () => runFolder(path.join(folder, "run")).checkpoint()!.variant;

const train = (run: string, ...options: string[]) =>
  trainCommand().parseAsync(["toy-1d", "--out", path.join(folder, run), "--batch", "64", ...options], { from: "user" }); // prettier-ignore
