import { line } from "../../core/kind/arithmetic.ts";
import { exact, grouped } from "../../core/kind/display.ts";
import { boolean, choice, group, integer, list, number, optional, text, type Params } from "../../core/kind/fields.ts";
import { sink, type OptimizerPlan, type Progress } from "../lowering.ts";
import { accumulated, memory, scheduleArithmetic, unrolled, updateArithmetic } from "./updates.ts";

const rate = (help: string) => number({ default: 0.001, min: 0, open: true, help, brief: "value", live: true });
const fields = {
  trains: list(text({ default: "", help: "", of: "networks" }), {
    default: [],
    brief: "named",
    help: "The networks whose weights this optimizer changes",
  }),
  rule: choice(["SGD", "RMSprop", "Adam", "AdamW"], {
    default: "Adam",
    brief: "value",
    help: "How a gradient becomes a step, as in torch.optim",
  }),
  lr: optional(rate("Learning rate; left out, PyTorch's default of the rule (0.001; RMSprop 0.01)")),
  betas: list(number({ default: 0.9, min: 0, below: 1, help: "" }), {
    default: [0.9, 0.999],
    least: 2,
    most: 2,
    live: true,
    help: "Adam: memory of the gradient and of its square; GANs often use 0.5 for the first",
  }),
  eps: number({ default: 1e-8, min: 0, help: "Keeps divisions finite", live: true }),
  weight_decay: optional(
    number({ default: 0, min: 0, help: "Pulls weights towards 0; left out, 0 (AdamW 0.01)", live: true }),
  ),
  momentum: number({ default: 0, min: 0, max: 1, help: "SGD and RMSprop: how much of the last step is kept" }),
  nesterov: boolean({ default: false, help: "SGD: looks ahead along the momentum" }),
  alpha: number({ default: 0.99, min: 0, max: 1, help: "RMSprop: memory of the squared gradient", live: true }),
  schedule: group(
    {
      type: choice(["constant", "linear", "step", "cosine"], {
        default: "constant",
        help: "How the learning rate changes",
      }),
      unit: choice(["iterations", "epochs"], { default: "iterations", help: "What the numbers below count" }),
      warmup: integer({ default: 0, min: 0, help: "Rises linearly over so many at the start" }),
      hold: integer({ default: 0, min: 0, help: "linear: stays at full rate for so many first" }),
      over: integer({ default: 10_000, min: 1, help: "linear, cosine: falls over so many" }),
      end_factor: number({ default: 0, min: 0, max: 1, help: "linear, cosine: the part of the rate that remains" }),
      every: integer({ default: 1000, min: 1, help: "step: falls every so many" }),
      gamma: number({ default: 0.1, min: 0, max: 1, help: "step: by this factor" }),
    },
    { help: "How the learning rate changes", live: true },
  ),
  clip_grad_norm: optional(
    number({
      default: 1,
      min: 0,
      open: true,
      live: true,
      help: "Shortens the gradient to at most this length before the step",
    }),
  ),
  weight_clip: optional(
    number({
      default: 0.01,
      min: 0,
      open: true,
      live: true,
      help: "Keeps every weight within ± this after the step, as WGAN's critic wants",
    }),
  ),
  steps: integer({ default: 1, min: 1, max: 1000, help: "Steps in one iteration; WGAN's critic takes 5" }),
  order: optional(
    integer({
      default: 0,
      min: -1000,
      max: 1000,
      help: "Optimizers run in ascending order; left out, the critic's comes first",
    }),
  ),
  ema: optional(
    group(
      {
        decay: number({
          default: 0.999,
          min: 0,
          max: 1,
          help: "How much of the average is kept at each step",
          live: true,
        }),
        start: integer({ default: 0, min: 0, help: "Steps before averaging begins" }),
      },
      { help: "Keeps a moving average of the weights, and samples from it" },
    ),
  ),
  accumulate: integer({
    default: 1,
    min: 1,
    max: 256,
    help: "Micro-batches of a step: their gradients are averaged, so that a large batch fits in little memory",
  }),
  unroll: optional(
    group(
      {
        optimizer: text({ default: "", of: "optimizers", help: "The optimizer that is unrolled: mostly the critic's" }),
        steps: integer({ default: 5, min: 1, max: 100, help: "Its virtual steps before this loss is computed" }),
      },
      {
        help: "Looks ahead: the loss sees what another optimizer would train, and the gradient flows through its steps",
      },
    ),
  ),
};

/** How often one iteration may compute a loss for an optimizer: each time is written out in the Program. */
const mostPasses = 5000;

/** torch.optim's own defaults, where they differ between rules. */
const learningRates = { SGD: 0.001, RMSprop: 0.01, Adam: 0.001, AdamW: 0.001 };
const weightDecays = { SGD: 0, RMSprop: 0, Adam: 0, AdamW: 0.01 };

export const Optimizer = sink({
  name: "Optimizer",
  title: "Optimizer",
  shelf: "Optimizers",
  summary: "Trains networks on a loss",
  equation: "\\theta \\leftarrow \\theta - \\eta \\, \\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}",
  lesson:
    "Takes one loss and changes the weights of the networks that it trains; gradients pass through other networks and leave them unchanged. Adam with a first β of 0.5 is the habit for GANs. With unroll a generator meets the critic as it will be some steps later (Metz et al. 2017), which keeps it from fleeing to one mode; each virtual step costs more than a real one. With accumulate a step averages the gradients of several small batches.",
  fields,
  inputs: [{ name: "loss", types: ["loss"], help: "What should become small" }],
  outputs: [],
  trains: ({ trains }) => trains,
  order: ({ order }) => order,
  steps: ({ steps }) => steps,
  accumulate: ({ accumulate }) => accumulate,
  unroll: ({ unroll }) => unroll,
  clipsWeights: { of: ({ weight_clip }) => weight_clip !== null, param: "weight_clip", value: 0.01 },
  judge({ rule, nesterov, momentum, steps, accumulate, unroll }) {
    if (rule === "SGD" && nesterov && momentum === 0)
      return {
        misfit: "param-needs",
        param: "nesterov",
        facts: { param: "nesterov", needs: "momentum above 0" },
        mend: { param: "momentum", value: 0.9 },
      };
    const passes = steps * accumulate * ((unroll?.steps ?? 0) + 1);
    if (passes <= mostPasses) return null;
    const param = unroll ? "unroll" : "accumulate";
    const all = `steps · accumulate · (unrolled steps + 1) of at most ${grouped(mostPasses)} (now ${grouped(passes)})`;
    return { misfit: "param-needs", param, facts: { param, needs: all }, mend: { param, value: unroll ? null : 1 } };
  },
  resolve: (params) => ({
    ...params,
    lr: params.lr ?? learningRates[params.rule],
    weight_decay: params.weight_decay ?? weightDecays[params.rule],
  }),
  arithmetic(params) {
    const { rule, steps, ema, schedule, accumulate, unroll } = params;
    const lr = params.lr ?? learningRates[rule];
    return [
      ...updateArithmetic({ ...params, lr, weight_decay: params.weight_decay ?? weightDecays[rule] }),
      ...scheduleArithmetic(lr, schedule),
      ...(steps > 1
        ? [line("updates", "steps · iterations", `${grouped(steps)} · 1`, `${grouped(steps)} an iteration`)]
        : []),
      ...(ema ? [memory("memory of the average", "decay", ema.decay)] : []),
      ...(accumulate > 1 ? [accumulated(accumulate)] : []),
      ...(unroll ? [unrolled(unroll.steps)] : []),
    ];
  },
  brief({ rule, lr, trains, steps, accumulate, unroll }) {
    const update = `${rule} ${exact(lr ?? learningRates[rule])}`;
    const trained = trains.length > 0 ? [`trains ${trains.join(", ")}`] : [];
    const more = [
      ...(steps > 1 ? [`${steps} steps`] : []),
      ...(accumulate > 1 ? [`${accumulate} micro-batches`] : []),
      ...(unroll ? [`unrolls ${unroll.steps}`] : []),
    ];
    return [update, ...trained, ...more].join(" · ");
  },
  lowering: {
    plan(params) {
      const { rule, eps, momentum, nesterov, alpha, clip_grad_norm, weight_clip, ema, schedule } = params;
      const betas = [params.betas[0], params.betas[1]] as const;
      const weight_decay = params.weight_decay ?? weightDecays[rule];
      const hypers: Record<typeof rule, OptimizerPlan["hyper"]> = {
        SGD: { momentum, nesterov, dampening: 0, weight_decay },
        RMSprop: { alpha, eps, momentum, centered: false, weight_decay },
        Adam: { betas, eps, weight_decay },
        AdamW: { betas, eps, weight_decay },
      };
      const lr = params.lr ?? learningRates[rule];
      return {
        rule,
        hyper: hypers[rule],
        clipGradNorm: clip_grad_norm,
        weightClip: weight_clip,
        ema,
        learningRate: (at) => lr * scheduleFactor(schedule, at),
      };
    },
  },
});

/** The part of the full learning rate at this point of training: iteration and epoch count from 0. */
export function scheduleFactor(schedule: Params<typeof fields>["schedule"], { iteration, epoch }: Progress): number {
  const { type, unit, warmup, hold, over, end_factor, every, gamma } = schedule;
  const at = unit === "epochs" ? Math.floor(epoch) : iteration;
  const warm = warmup > 0 ? Math.min(1, (at + 1) / warmup) : 1;
  const fall = (start: number) => Math.min(1, Math.max(0, (at - start) / over));
  switch (type) {
    case "constant":
      return warm;
    case "linear":
      return warm * (1 - (1 - end_factor) * fall(hold));
    case "step":
      return warm * gamma ** Math.floor(at / every);
    case "cosine":
      return warm * (end_factor + ((1 - end_factor) * (1 + Math.cos(Math.PI * fall(0)))) / 2);
  }
}
