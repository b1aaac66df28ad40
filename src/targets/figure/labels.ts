/** How figures spell what flows and how much is computed. */
import { shapeText } from "../../core/kind/display.ts";
import type { PortType } from "../../core/kind/ports.ts";

/** What stands on a wire: "256×7×7"; nothing for a loss, which is always one number. */
export const wireText = (type: PortType): string => (type.type === "loss" ? "" : shapeText(type));

/** "15.4 MFLOP" */
export function flopText(flops: number): string {
  const unit = units.find(({ least }) => flops >= least);
  return unit ? `${Number((flops / unit.least).toPrecision(3))} ${unit.name}` : `${flops} FLOP`;
}

const units = [
  { least: 1e12, name: "TFLOP" },
  { least: 1e9, name: "GFLOP" },
  { least: 1e6, name: "MFLOP" },
  { least: 1e3, name: "kFLOP" },
] as const;
