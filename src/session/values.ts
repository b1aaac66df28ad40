/** Values that a program computes, by name: each owned here until it is disposed. */
import type { Tensor } from "@tensorflow/tfjs";
import type { PortType } from "../core/kind/ports.ts";
import type { Operand } from "../core/program/types.ts";
import type { Tf } from "../runtime/tf.ts";

export interface Values {
  set(name: string, tensor: Tensor): void;
  /** The value as this operand takes it. Throws where it was never computed: that is our mistake. */
  get(operand: Pick<Operand, "value">): Tensor;
  dispose(): void;
}

export function createValues(tf: Tf): Values {
  const values = new Map<string, Tensor>();
  return {
    set: (name, tensor) => void values.set(name, tf.keep(tensor)),
    get({ value }) {
      const tensor = values.get(value);
      if (!tensor) throw new Error(`the program uses ${value} before it is computed`);
      return tensor;
    },
    dispose() {
      for (const tensor of values.values()) tensor.dispose();
      values.clear();
    },
  };
}

/** What numbers of this type are kept as. */
export const dtypeOf = ({ type }: PortType): "int32" | "float32" =>
  type === "label" || type === "tokens" ? "int32" : "float32";
