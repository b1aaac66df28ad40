/** What one step of an update rule does, in numbers. The rules themselves are in runtime/optimizers.ts. */
import { line } from "../../core/kind/arithmetic.ts";
import { exact, grouped, rounded } from "../../core/kind/display.ts";
import type { Arithmetic } from "../../core/kind/kind.ts";

export interface Update {
  readonly rule: "SGD" | "RMSprop" | "Adam" | "AdamW";
  readonly lr: number;
  readonly weight_decay: number;
  readonly betas: readonly number[];
  readonly eps: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly alpha: number;
}

/** The size of a rule's first step, how long it remembers, and what weight decay adds. */
export function updateArithmetic(update: Update): readonly Arithmetic[] {
  const { rule, lr, weight_decay } = update;
  const decayed =
    rule === "AdamW"
      ? line(
          "decay of θ",
          "lr·weight_decay·θ",
          `${exact(lr)}·${exact(weight_decay)}·θ`,
          `${rounded(lr * weight_decay)}·θ`,
        )
      : line(
          "g with decay",
          "g + weight_decay·θ",
          `g + ${exact(weight_decay)}·θ`,
          `${exact(weight_decay)} more at θ = 1`,
        );
  return [...steps[rule](update), ...(weight_decay > 0 ? [decayed] : [])];
}

/** How many steps an average with this factor looks back. */
export function memory(quantity: string, name: string, factor: number): Arithmetic {
  const count = rounded(1 / (1 - factor));
  return line(
    quantity,
    `1 / (1 − ${name})`,
    `1 / (1 − ${exact(factor)})`,
    `${count} ${count === "1" ? "step" : "steps"}`,
  );
}

/** What a step sees where it averages the gradients of micro-batches. */
export const accumulated = (count: number): Arithmetic =>
  line("gradient", "Σ g / accumulate", `(g₁ + … + g${subscript(count)}) / ${count}`, "the mean of all");

/** The weights that a loss sees behind virtual steps. */
export const unrolled = (steps: number): Arithmetic =>
  line("virtual weights", "w₀ → … → w_steps", `w₀ → … → w${subscript(steps)}`, `${grouped(steps)} steps ahead`);

const subscript = (count: number): string => [...String(count)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/** The learning rate where a schedule has done half its way, or its first step; nothing where it is constant or still warms up. */
export function scheduleArithmetic(
  lr: number,
  { type, unit, warmup, hold, over, end_factor, every, gamma }: Schedule,
): readonly Arithmetic[] {
  if (type === "constant") return [];
  const at = type === "step" ? every : Math.floor(over / 2) + (type === "linear" ? hold : 0);
  if (at + 1 < warmup || (type !== "step" && over % 2 !== 0)) return [];
  const quantity = `lr after ${grouped(at)} ${unit}`;
  return type === "step"
    ? [line(quantity, "lr·gamma", `${exact(lr)}·${exact(gamma)}`, rounded(lr * gamma))]
    : [
        line(
          quantity,
          "lr·(1 + end_factor) / 2",
          `${exact(lr)}·(1 + ${exact(end_factor)}) / 2`,
          rounded((lr * (1 + end_factor)) / 2),
        ),
      ];
}
interface Schedule {
  readonly type: "constant" | "linear" | "step" | "cosine";
  readonly unit: "iterations" | "epochs";
  readonly warmup: number;
  readonly hold: number;
  readonly over: number;
  readonly end_factor: number;
  readonly every: number;
  readonly gamma: number;
}

const adam = ({ lr, betas: [first, second], eps }: Update): readonly Arithmetic[] => [
  line("m̂ at step 1", "(1 − β1)·g / (1 − β1)", `(1 − ${exact(first)})·g / (1 − ${exact(first)})`, "g"),
  line("first step, g = 1", "lr·m̂ / (√v̂ + eps)", `${exact(lr)}·1 / (√1 + ${exact(eps)})`, rounded(lr / (1 + eps))),
  memory("memory of g", "β1", first),
  memory("memory of g²", "β2", second),
];

const steps: Record<Update["rule"], (update: Update) => readonly Arithmetic[]> = {
  Adam: adam,
  AdamW: adam,
  SGD: ({ lr, momentum, nesterov }) => [
    nesterov
      ? line(
          "first step, g = 1",
          "lr·(g + momentum·g)",
          `${exact(lr)}·(1 + ${exact(momentum)}·1)`,
          rounded(lr * (1 + momentum)),
        )
      : line("first step, g = 1", "lr·g", `${exact(lr)}·1`, rounded(lr)),
    ...(momentum > 0
      ? [
          line(
            "step in the long run, g = 1",
            "lr·g / (1 − momentum)",
            `${exact(lr)}·1 / (1 − ${exact(momentum)})`,
            rounded(lr / (1 - momentum)),
          ),
        ]
      : []),
  ],
  RMSprop: ({ lr, alpha, eps }) => [
    line(
      "first step, g = 1",
      "lr·g / (√((1 − alpha)·g²) + eps)",
      `${exact(lr)}·1 / (√((1 − ${exact(alpha)})·1²) + ${exact(eps)})`,
      rounded(lr / (Math.sqrt(1 - alpha) + eps)),
    ),
    memory("memory of g²", "alpha", alpha),
  ],
};
