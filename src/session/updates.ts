/** What ends a computation of a loss: a virtual step, a micro-batch's gradient set aside, or an optimizer's step. */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { Place } from "../core/analysis/diagnostics.ts";
import type { Accumulate, Slice, Update, VirtualUpdate } from "../core/program/types.ts";
import type { Progress } from "../kinds/lowering.ts";
import type { Parts } from "../runtime/parts.ts";
import type { Feeds } from "../runtime/feeds.ts";
import type { GradientTape } from "../runtime/tape.ts";
import type { Tf } from "../runtime/tf.ts";
import { withinMemory } from "./failure.ts";
import type { OptimizerState, Trained } from "./optimizer.ts";
import type { Values } from "./values.ts";
import type { VirtualState } from "./virtual.ts";

export interface Updates {
  perform(slice: Slice, instruction: VirtualUpdate | Accumulate | Update): void;
  /** ‖∇‖₂ of each optimizer's last step so far, where measured. */
  readonly gradients: ReadonlyMap<string, Scalar>;
  dispose(): void;
}

export interface UpdateContext {
  readonly tf: Tf;
  readonly optimizers: ReadonlyMap<string, OptimizerState>;
  readonly virtual: VirtualState;
  readonly batch: number;
  readonly values: Values;
  readonly at: Progress;
  readonly feeds: Feeds;
  readonly measureGradients: boolean;
  /** Where gradients are those of a part of the batch: how they become the whole batch's. */
  readonly parts: Parts | undefined;
  tapeOf(recorded: string): GradientTape;
  watch(place: Place, what: string, tensor: Tensor): void;
}

type Gradients = (Tensor | null)[];

export function createUpdates(context: UpdateContext): Updates {
  const { tf, optimizers, virtual, batch, values, at, feeds, measureGradients, parts, tapeOf, watch } = context;
  const norms = new Map<string, Scalar>();
  let sum: Gradients | null = null;
  let count = 0;

  const lossOf = (value: string) => values.get({ value }) as Scalar;
  const observe = (what: string, { network, path }: Trained, tensor: Tensor) =>
    watch({ graph: `networks.${network}`, node: path.slice(0, path.lastIndexOf(".")) }, `${what} ${path}`, tensor);

  return {
    perform(slice, instruction) {
      const optimizer = optimizers.get(slice.optimizer)!;
      withinMemory({ graph: "training", node: slice.optimizer }, batch, () => {
        if (instruction.op === "virtual-update") step(instruction);
        else if (instruction.op === "accumulate") accumulate(optimizer, instruction);
        else update(slice, optimizer, instruction);
      });
    },
    gradients: norms,
    dispose() {
      virtual.putBack();
      tf.dispose([...norms.values()]);
      disposeAll(sum ?? []);
      sum = null;
    },
  };

  function step({ virtual: { optimizer, step: taken }, loss, recorded }: VirtualUpdate): void {
    virtual.step(optimizers.get(optimizer)!, tapeOf(recorded), lossOf(loss), { at, feeds }, (weight, tensor) =>
      observe(`virtual step ${taken} of`, weight, tensor),
    );
  }

  function accumulate(optimizer: OptimizerState, { recorded, loss }: Accumulate): void {
    const before = sum;
    const own = gradientsOf(optimizer, recorded, loss);
    count++;
    if (!before) {
      sum = own;
      return;
    }
    try {
      sum = each(own, (gradient, index) => plus(before[index], gradient));
    } finally {
      disposeAll([...before, ...own]);
    }
  }

  function plus(a: Tensor | null, b: Tensor | null): Tensor | null {
    if (a && b) return tf.add(a, b);
    return (a ?? b) && tf.clone((a ?? b)!);
  }

  function update(slice: Slice, optimizer: OptimizerState, { loss }: Update): void {
    const own = loss === null ? mean() : gradientsOf(optimizer, slice.id, loss);
    const gradients = parts ? ofBatch(parts, own) : own;
    const norm = optimizer.step(gradients, at, feeds, { measure: measureGradients, observe });
    if (!norm) return;
    norms.get(slice.optimizer)?.dispose();
    norms.set(slice.optimizer, norm);
  }

  /** Those of all parts together, which every part gets to the bit; its own are disposed. */
  function ofBatch({ means }: Parts, own: Gradients): Gradients {
    try {
      return means(own);
    } finally {
      disposeAll(own);
    }
  }

  function gradientsOf({ trained }: OptimizerState, recorded: string, loss: string): Gradients {
    const variables = trained.map((each) => each.variable);
    try {
      return tapeOf(recorded).gradients(lossOf(loss), variables);
    } finally {
      virtual.putBack();
    }
  }

  function mean(): Gradients {
    const [total, share] = [sum!, 1 / count];
    sum = null;
    count = 0;
    try {
      return each(total, (gradient) => gradient && tf.mul(gradient, share));
    } finally {
      disposeAll(total);
    }
  }

  /** Nothing of it stays where one fails. */
  function each(gradients: Gradients, compute: (gradient: Tensor | null, index: number) => Tensor | null): Gradients {
    const made: Gradients = [];
    try {
      gradients.forEach((gradient, index) => made.push(compute(gradient, index)));
      return made;
    } catch (error) {
      disposeAll(made);
      throw error;
    }
  }

  function disposeAll(gradients: Gradients): void {
    for (const gradient of gradients) gradient?.dispose();
  }
}
