/**
 * Training, measured: sessions of the documents in bench/documents on both backends, beside programs of plain tfjs and PyTorch;
 * the thread of a page that trains; the project's kernels beside the composed form; memory over many steps; and, where it is asked for, a profile by kernel.
 */
import type { BenchContext, Section, Suite } from "../suite.ts";
import { memorySection } from "./train/memory.ts";
import { pageSection } from "./train/page.ts";
import { planned, wanted } from "./train/plan.ts";
import { profileSection } from "./train/profile.ts";
import { wasmSection } from "./train/wasm.ts";
import { webgpuSection } from "./train/webgpu.ts";
import { widthsSection } from "./train/widths.ts";

export const train: Suite = { name: "train", title: "Training steps", run };

async function run(context: BenchContext): Promise<readonly Section[]> {
  const { options } = context;
  if (options.profile) return [await profileSection(context)];
  const on = (backend: "wasm" | "webgpu") =>
    (options.backends ?? ["wasm", "webgpu"]).includes(backend) && planned(backend, options).length > 0;
  const compared = wanted("widths", options);
  const sections: Section[] = [];
  if (on("wasm") && !(compared && options.cases)) sections.push(await wasmSection(context));
  if (on("webgpu") && !(compared && options.cases)) sections.push(await webgpuSection(context));
  if (compared) sections.push(await widthsSection(context));
  if (wanted("memory", options)) sections.push(await memorySection(context));
  if (wanted("page", options)) sections.push(await pageSection(context));
  return sections;
}
