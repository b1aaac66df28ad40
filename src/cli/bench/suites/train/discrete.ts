/**
 * A GPU in hardware, beside plain tfjs and PyTorch on CUDA. Where none is at hand, the last figures that were kept are told with
 * their date, or that there are none: a software adapter says nothing about them.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { isSoftware } from "../../../../runtime/backend.ts";
import { packageRoot } from "../../../files.ts";
import type { AdapterFacts } from "../../children/protocol.ts";
import { targetText } from "../../print.ts";
import type { Figure, OnDiscrete, Target } from "../../suite.ts";
import { ratioTarget } from "./steps.ts";

export const isHardware = (adapter: AdapterFacts): boolean => !isSoftware({ info: adapter } as unknown as GPUAdapter);

export const adapterName = ({ vendor, architecture, device, description }: AdapterFacts): string =>
  description || [vendor, architecture, device].filter(Boolean).join(" ") || "an adapter without a name";

/** Bounds of the wall time against PyTorch on CUDA, by case. */
const bounds: Readonly<Record<string, number>> = { "dcgan-mnist": 1, "dcgan-64": 3 };

/** @param figure whose reference is PyTorch on CUDA */
export function discreteTargets(name: string, figure: Figure, contestant: string): Target[] {
  const atMost = bounds[name];
  return atMost === undefined ? [] : [ratioTarget(figure, contestant, atMost)];
}

/** The sentences of a section. Null: none has ever been kept. */
export function discreteNotes(found: OnDiscrete | null): string[] {
  if (!found) return ["On a discrete GPU: not measured."];
  const { at, device, torch, targets } = found;
  const head = `On a discrete GPU, ${device}, beside PyTorch ${torch}, measured on ${at.slice(0, 10)}:`;
  return [[head, ...targets.map(targetText)].join(" ")];
}

/** What an earlier run kept among the project's results; null where there is none. */
export function lastOnDiscrete(file = path.join(packageRoot, "docs/benchmarks/train-webgpu.json")): OnDiscrete | null {
  try {
    const { sections } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly sections: readonly { readonly discrete?: OnDiscrete }[];
    };
    return sections.find(({ discrete }) => discrete)?.discrete ?? null;
  } catch {
    return null; // no such file, as in the published package
  }
}
