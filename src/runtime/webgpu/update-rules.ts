/**
 * torch.optim's rules as WGSL for one element: from its gradient g and the numbers of its weight to the new p, s0, s1, … (the
 * slots in the rule's order). The numbers are those of runtime/flat.ts, in its order.
 */
import type { FlatForm } from "../flat.ts";
import { firstRuleNumber } from "../flat.ts";
import type { OptimizerName } from "../optimizers.ts";

const n = (index: number): string => `numbers[row + ${firstRuleNumber + index}]`;

export const ruleCode: Readonly<Record<OptimizerName, (form: FlatForm) => string>> = {
  SGD({ slots, nesterov }) {
    const d = `let d = g + ${n(1)} * p;`;
    if (slots.length === 0) return `${d} p -= ${n(0)} * d;`;
    return `${d} s0 = ${n(2)} * s0 + ${n(3)} * d; p -= ${n(0)} * ${nesterov ? `(d + ${n(2)} * s0)` : "s0"};`;
  },

  RMSprop({ slots }) {
    const slot = (name: string) => `s${slots.indexOf(name)}`;
    const square = slot("square_avg");
    const mean = slot("grad_avg");
    const centered = slots.includes("grad_avg");
    const variance = centered ? `${square} - ${mean} * ${mean}` : square;
    return [
      `let d = g + ${n(1)} * p;`,
      `${square} = ${n(2)} * ${square} + ${n(3)} * d * d;`,
      centered ? `${mean} = ${n(2)} * ${mean} + ${n(3)} * d;` : "",
      // below the smallest normal number the root is constant, as the composed rule's
      `let direction = d / (sqrt(max(${variance}, 1.2e-38)) + ${n(4)});`,
      slots.includes("momentum_buffer")
        ? `${slot("momentum_buffer")} = ${n(5)} * ${slot("momentum_buffer")} + direction; p -= ${n(0)} * ${slot("momentum_buffer")};`
        : `p -= ${n(0)} * direction;`,
    ].join(" ");
  },

  Adam: adam,
  AdamW: adam,
};

/** Both differ in their numbers alone. */
function adam(): string {
  return [
    `let d = g + ${n(7)} * p;`,
    `s0 = ${n(0)} * s0 + ${n(1)} * d;`,
    `s1 = ${n(2)} * s1 + ${n(3)} * d * d;`,
    `p = ${n(8)} * p - ${n(4)} * s0 / (sqrt(s1) * ${n(5)} + ${n(6)});`,
  ].join(" ");
}
