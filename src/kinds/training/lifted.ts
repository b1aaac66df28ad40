/**
 * Layers of networks as functions of the training graph: joining a condition to an image is the same wherever it is done, so
 * it is said once. Only what has no weights and draws nothing can be lifted.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { line } from "../../core/kind/arithmetic.ts";
import { isMisfit, type Arithmetic } from "../../core/kind/kind.ts";
import type { Fields, Params } from "../../core/kind/fields.ts";
import { accept, type PortType } from "../../core/kind/ports.ts";
import { compute, type Function, type Layer } from "../lowering.ts";

/** @param said what the training graph says otherwise: mostly its own lesson */
export function lift(layer: Layer, said: Partial<Pick<Layer, "shelf" | "summary" | "lesson">> = {}): Function {
  const { tfjs, pytorch } = layer.lowering;
  if (layer.weights || pytorch.module || pytorch.definition)
    throw new Error(`${layer.name} is more than an expression of its inputs: it can stand in a network only`);
  return compute({
    name: layer.name,
    title: layer.title,
    shelf: layer.shelf,
    summary: layer.summary,
    equation: layer.equation,
    layer: layer.name,
    lesson: layer.lesson,
    ...said,
    fields: layer.fields,
    inputs: layer.inputs,
    outputs: layer.outputs,
    ...(layer.brief && { brief: layer.brief }),
    ...(layer.needsWholeBatch && { needsWholeBatch: layer.needsWholeBatch }),
    infer: (params, inputs) => layer.infer(params, inputs as readonly PortType[]),
    arithmetic: (params, inputs) => arithmeticOf(layer, params, inputs),
    lowering: {
      pytorch: (params, inputs, outputs) => pytorch.forward("", inputs as readonly string[], params, outputs),
      tfjs: ({ tf, ops, feeds, inputs, outputs, sampling }, params, values) =>
        tfjs(
          {
            tf,
            ops,
            training: !sampling,
            inputs: inputs as readonly PortType[],
            outputs,
            feeds,
            shown: null,
            truncation: null,
            drawn: without("random numbers"),
            setBuffer: without("buffers"),
          },
          params,
          values as readonly Tensor[],
          {},
        ),
    },
  });
}

/** The layer's own where its inputs are known and fit, else that they are not. */
function arithmeticOf(
  layer: Layer,
  params: Params<Fields>,
  inputs: readonly (PortType | null)[],
): readonly Arithmetic[] {
  const given = inputs.map((input, index) => {
    const port = layer.inputs[Math.min(index, layer.inputs.length - 1)];
    return input && accept(port, input);
  });
  const least = layer.inputs.reduce((sum, { variadic }) => sum + (variadic?.least ?? 1), 0);
  if (given.length >= least && given.every((input) => input !== null)) {
    const outputs = layer.infer(params, given);
    if (!isMisfit(outputs)) return layer.arithmetic(params, given, outputs);
  }
  return [line("shape", "by the shapes of what is wired to it", "?", "not known yet")];
}

const without = (what: string) => (): never => {
  throw new Error(`a function of the training graph has no ${what} of a layer`);
};
