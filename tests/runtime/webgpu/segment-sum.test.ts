// Rows added by segment, in the order in which they stand: equal to the bit to single-precision sums in that order.

import { beforeAll, describe, expect, it } from "vitest";
import type { WebGPUBackend } from "../../../src/runtime/webgpu/program.ts";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";

describe.runIf(driver)("rows added by segment on webgpu", () => {
  let backend: WebGPUBackend;
  beforeAll(async () => void (backend = await openWebGPU()));

  it.each([
    [300, [3], 5],
    [1, [1], 1],
    [70, [2, 24], 3],
  ])("%i rows %j in %i segments", async (rows, row, segments) => {
    const columns = tf.util.sizeFromShape(row);
    const x = tf.randomNormal([rows, ...row], 0, 1, "float32", 4);
    const segmentOf = Array.from({ length: rows }, (_, index) => ((index * 7) % (segments + 1)) - 1); // some are of none
    tf.dispose(tf.fill([segments * columns], NaN));
    const found = await withoutErrors(backend, () => tf.unsortedSegmentSum(x, tf.tensor1d(segmentOf, "int32"), segments).data()); // prettier-ignore
    const values = await x.data();
    const wanted = new Float32Array(segments * columns);
    segmentOf.forEach((segment, index) => {
      for (let column = 0; segment >= 0 && column < columns; column++)
        wanted[segment * columns + column] += values[index * columns + column];
    });
    expect(found).toEqual(wanted);
    x.dispose();
  });
});
