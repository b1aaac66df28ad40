/**
 * Draws a sample element by element from an autoregressive network (MADE, PixelCNN): each evaluation sees what is drawn so far
 * and says of every element how likely a 1 is; the next element in order is then drawn. A vector is drawn value by value, an
 * image pixel by pixel in rows, all channels of a pixel at once. All stays on the device.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { Evaluate, NetworkProgram, Operand } from "../core/program/types.ts";
import { kindOf, layers } from "../kinds/index.ts";
import type { RandomStream } from "../runtime/philox.ts";
import { evaluate, type Stage } from "./perform.ts";

/** The sample, 0 or 1 everywhere; the caller owns it. `randomOf` gives each row numbers of its own, whatever the chunk. */
export function drawSequentially(
  stage: Stage,
  instruction: Evaluate,
  sample: Operand,
  randomOf: (row: number) => RandomStream,
): Tensor {
  const { tf, batch, values, networks } = stage;
  const { network } = instruction;
  const { program } = networks.get(network)!;
  const { type, shape } = sample.type;
  const whole = type === "image" ? [shape[1], shape[2], shape[0]] : [...shape];
  const size = whole.reduce((product, extent) => product * extent, 1);
  const places = type === "image" ? [shape[1], shape[2], 1] : whole;
  const chances = new Float32Array(batch * size);
  for (let row = 0; row < batch; row++) chances.set(randomOf(row).uniform(size), row * size);
  const thresholds = tf.tensor(chances, [batch, ...whole]);
  let drawn: Tensor = tf.zeros([batch, ...whole]);
  try {
    for (let place = 0; place < places.reduce((product, extent) => product * extent, 1); place++) {
      const inputs = instruction.inputs.map((input) => [
        input.port,
        input.value === sample.value ? drawn : values.get(input),
      ]);
      const outputs = evaluate(stage, network, Object.fromEntries(inputs), stage.evaluation(instruction));
      const next = tf.tidy(() => {
        const said = outputs[program.outputs[0].name];
        const probability = givesProbabilities(program) ? said : tf.sigmoid(said);
        const ones = tf.cast(tf.less(thresholds, probability), "float32");
        return tf.add(drawn, tf.mul(tf.sub(ones, drawn), only(place)));
      });
      tf.dispose(outputs);
      drawn.dispose();
      drawn = next;
    }
    return drawn;
  } finally {
    thresholds.dispose();
  }

  /** 1 at one place, 0 at all others. */
  function only(place: number): Tensor {
    const mask = new Float32Array(places.reduce((product, extent) => product * extent, 1));
    mask[place] = 1;
    return tf.tensor(mask, [1, ...places]);
  }
}

/** True where the network keeps its output between 0 and 1, whatever moves the values afterwards: else it gives logits. */
function givesProbabilities({ outputs, instructions }: NetworkProgram): boolean {
  const producerOf = (given: string) => instructions.find((each) => each.outputs.some(({ value }) => value === given));
  for (let last = producerOf(outputs[0].value); last; last = producerOf(last.inputs[0].value)) {
    const kind = kindOf(layers, last.kind);
    const range = kind.range?.(last.params);
    if (range) return range[0] === 0 && range[1] === 1;
    if (!kind.keepsBounds) return false;
  }
  return false;
}
