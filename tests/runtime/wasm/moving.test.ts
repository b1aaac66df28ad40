import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installKernels, type InstalledKernels } from "../../../src/runtime/wasm/install.ts";
import type { Tensor } from "../../../src/runtime/tf.ts";
import { kernelBytes, normal, startWasm, tf } from "./backend.ts";

const integers = (...shape: number[]) =>
  tf.reshape(
    tf.range(
      0,
      shape.reduce((a, b) => a * b, 1),
      1,
      "int32",
    ),
    shape,
  );

const cases: Record<string, () => Tensor | Tensor[]> = {
  "joins channels, narrow ones too": () => tf.concat([normal([2, 5, 3, 3], 1), normal([2, 5, 3, 1], 2), normal([2, 5, 3, 70], 3)], 3), // prettier-ignore
  "joins rows of a batch": () => tf.concat([normal([2, 5], 1), normal([3, 5], 2)], 0),
  "joins a middle axis": () => tf.concat([normal([2, 5, 4], 1), normal([2, 1, 4], 2)], 1),
  "joins integers": () => tf.concat([integers(2, 3), integers(2, 2)], -1),
  "joins with what is empty": () => tf.concat([tf.zeros([2, 0]), normal([2, 3], 1)], 1),
  "leaves booleans to tfjs": () => tf.concat([tf.tensor1d([true, false], "bool"), tf.tensor1d([true], "bool")]),
  "splits evenly": () => tf.split(normal([2, 5, 3, 6], 1), 3, -1),
  "splits by sizes": () => tf.split(normal([2, 5, 3, 6], 1), [1, 2, 3], 3),
  "splits a batch": () => tf.split(integers(4, 5), 2, 0),
  "cuts out of four axes": () => tf.slice(normal([4, 5, 6, 7], 1), [1, 2, 0, 3], [2, 3, 6, 2]),
  "cuts out of six axes": () => tf.slice(normal([3, 4, 2, 3, 2, 3], 1), [1, 1, 0, 1, 0, 1], [2, 2, 1, 2, 2, 2]),
  "cuts to the end": () => tf.slice(normal([4, 5], 1), [1], [-1]),
  "frames with a value": () => tf.pad(normal([2, 3, 4, 5], 1), [[0, 0], [1, 2], [2, 0], [0, 0]], 2.5), // prettier-ignore
  "frames a vector": () => tf.pad(normal([7], 1), [[2, 1]]),
};

describe("moves of blocks", () => {
  const shipped = new Map<string, unknown>();
  let installed: InstalledKernels;
  beforeAll(async () => {
    await startWasm();
    for (const [name, make] of Object.entries(cases)) shipped.set(name, read(make));
    installed = await installKernels(tf, await kernelBytes());
  });
  afterAll(() => installed.uninstall());

  it.each(Object.entries(cases))("%s, as tfjs does", (name, make) => {
    expect(read(make)).toEqual(shipped.get(name));
  });

  it("refuses a part that lies beside the tensor", () => {
    expect(() => tf.slice(normal([2, 2], 1), [1, 1], [2, 1])).toThrow();
  });
});

function read(make: () => Tensor | Tensor[]) {
  return tf.tidy(() => [make()].flat().map((t) => ({ shape: t.shape, dtype: t.dtype, values: [...t.dataSync()] })));
}
