// Kernels write their outputs and the scratch memory that they ask for, and nothing else: in place on another module's heap,
// one float too far would be another tensor's.

import { beforeAll, describe, expect, it } from "vitest";
import { instantiate, type KernelExports } from "../../../src/runtime/wasm/instance.ts";
import { kernelBytes } from "./backend.ts";
import { cases, groupedCases, label, outputSize } from "./convolution-cases.ts";

describe.each(["simd", "relaxed"] as const)("bounds, %s", (variant) => {
  const memory = new WebAssembly.Memory({ initial: 512 });
  const heap = new Uint8Array(memory.buffer);
  let kernels: KernelExports;
  beforeAll(async () => {
    kernels = await instantiate((await kernelBytes())[variant], memory, variant);
  });

  /** Lays out regions of so many floats, runs, and expects all bytes but those of the last `written` regions untouched. */
  function expectBounded(counts: number[], written: number, action: (...addresses: number[]) => void): void {
    heap.fill(0x3d); // as a float about 0.05
    let end = 65536;
    const regions = counts.map((count) => {
      const start = end + 12; // not aligned, and a gap between neighbours
      end = start + 4 * count;
      return { start, end };
    });
    expect(end + 4096).toBeLessThan(heap.length);
    action(...regions.map(({ start }) => start));
    for (const { start, end } of regions.slice(counts.length - written)) heap.fill(0x3d, start, end);
    expect(heap.subarray(1024, end + 4096).every((byte) => byte === 0x3d)).toBe(true);
  }

  it.each([...cases, ...groupedCases].map((c) => [label(c), c] as const))("convolutions: %s", (_, c) => {
    const { batch = 2, image, channels, kernel, strides, pads, filters, dilations = [1, 1], groups = 1 } = c;
    const [oh, ow] = outputSize(c);
    const [top, , left] = pads;
    const numbers = [batch, ...image, channels, ...kernel, ...strides, top, left, oh, ow, filters, ...dilations];
    const [geometry, temporary] = [256, 512];
    const write = () => new Int32Array(memory.buffer, geometry, numbers.length).set(numbers);
    const [x, filter, y] = [batch * image[0] * image[1] * channels, (kernel[0] * kernel[1] * channels * filters) / groups, batch * oh * ow * filters]; // prettier-ignore
    const passes = [
      { counts: [x, filter, y], run: kernels.groupedConvolve, scratch: kernels.groupedConvolveScratch },
      { counts: [y, filter, x], run: kernels.groupedInputGradient, scratch: kernels.groupedInputGradientScratch },
      { counts: [x, y, filter], run: kernels.groupedFilterGradient, scratch: kernels.groupedFilterGradientScratch },
    ];
    for (const { counts, run, scratch } of passes) {
      write();
      const bytes = scratch(geometry, groups, temporary);
      expectBounded([...counts, bytes / 4], 2, (a, b, to, aside) => {
        write();
        run(a, b, to, geometry, groups, aside);
      });
    }
  });

  it.each([
    [1, 1, 1],
    [5, 3, 7],
    [65, 257, 9],
    [70, 5, 1],
    [3, 300, 520],
  ])("matMul: M, K, N = %s, %s, %s", (M, K, N) => {
    for (const flags of [0, 1, 2, 3]) {
      expectBounded([M * K, K * N, M * N, kernels.matMulScratch() / 4], 2, (a, b, c, scratch) =>
        kernels.matMul(a, b, c, M, N, K, flags % 2 === 1, flags > 1, scratch),
      );
    }
  });

  it.each([1, 2, 3, 4, 5, 24, 33, 129])("over rows of %s channels", (C) => {
    for (const rows of [1, 2, 63, 300]) {
      const n = rows * C;
      expectBounded([n, 2 * C, kernels.sumMiddleScratch(C) / 4], 2, (x, y, scratch) => {
        kernels.sumMiddle(x, y, 1, rows, C, 1, scratch);
        kernels.sumMiddle(x, y, 2, Math.floor(rows / 2), C, 0.5, scratch);
      });
      expectBounded([C, n], 1, (x, y) => kernels.repeat(x, y, 1, rows, C));
      const scratch = kernels.normalizeScratch(C) / 4;
      expectBounded([n, C, C, n, C, C, 4 * C, scratch], 5, (x, gamma, beta, y, mean, variance, kept, aside) =>
        kernels.normalize(x, gamma, beta, y, mean, variance, kept, rows, C, 1e-5, 0.2, aside),
      );
      const room = kernels.addBiasScratch(C) / 4;
      expectBounded([n, C, n, room], 2, (x, bias, y, aside) => kernels.addBias(x, bias, y, rows, C, 0.2, aside));
      expectBounded([n, n, n, C, room], 3, (y, dy, dx, dbias, aside) =>
        kernels.addBiasGradient(y, dy, dx, dbias, rows, C, 0.2, aside),
      );
      for (const leak of [0, 1])
        expectBounded([n, n, 4 * C, n, C, C, scratch], 4, (x, dy, kept, dx, dgamma, dbeta, aside) =>
          kernels.normalizeGradient(x, dy, kept, dx, dgamma, dbeta, rows, C, leak, aside),
        );
    }
  });

  it.each([1, 3, 4, 5, 7, 18])("elementwise over %s floats, and transposes", (n) => {
    expectBounded([n, n], 1, (x, y) => kernels.leakyRelu(x, y, n, 0.2));
    expectBounded([n, n, n], 1, (x, dy, dx) => kernels.leakyReluGradient(x, dy, dx, n, 0.2));
    expectBounded([n, n, n], 1, (y, dy, dx) => kernels.tanhGradient(y, dy, dx, n));
    expectBounded([n, n, n], 1, (y, dy, dx) => kernels.sigmoidGradient(y, dy, dx, n));
    expectBounded([n, n, n], 1, (a, b, y) => kernels.weightedSum(a, b, y, n, 0.9, 0.1));
    expectBounded([n, n, n, n, n, n, n], 3, (p, m, v, g, p1, m1, v1) => kernels.adam(p, m, v, g, p1, m1, v1, n, 4096));
    expectBounded([n * 5, n * 5], 1, (x, y) => kernels.transposePlanes(x, y, 1, 0, 0, 1, 0, 0, n, 5, 5, n));
    expectBounded([n * 6, n * 6], 1, (x, y) => kernels.permuteRuns(x, y, 1, 0, 3, n, 2, 3 * n, n));
  });

  it.each([1, 3, 4, 7, 24])("norms, pools, maps and slopes over %s channels", (C) => {
    const [N, H, W] = [2, 5, 3];
    const [n, pixels] = [N * H * W * C, H * W];
    for (const step of [0, C]) {
      const own = step === 0 ? C : N * C;
      const aside = kernels.groupNormScratch(C) / 4;
      expectBounded([n, own, own, n, N * C, N * C, aside], 4, (x, gamma, beta, y, mean, rstd, scratch) =>
        kernels.groupNorm(x, gamma, beta, y, mean, rstd, N, pixels, C, 1, step, 1e-5, 0, scratch),
      );
      const given = [n, n, own, own, N * C, N * C];
      expectBounded([...given, n, own, own, aside], 4, (x, dy, gamma, beta, mean, rstd, dx, dg, db, scratch) =>
        kernels.groupNormGradient(x, dy, gamma, beta, mean, rstd, dx, dg, db, N, pixels, C, C, step, 0.2, scratch),
      );
    }
    const [rows, F] = [N, pixels * C];
    expectBounded([n, F, F, n, rows, rows], 3, (x, gamma, beta, y, mean, rstd) =>
      kernels.rowNorm(x, gamma, beta, y, mean, rstd, rows, F, 1e-5),
    );
    expectBounded([n, n, F, rows, rows, n, F, F], 3, (x, dy, gamma, mean, rstd, dx, dgamma, dbeta) =>
      kernels.rowNormGradient(x, dy, gamma, mean, rstd, dx, dgamma, dbeta, rows, F),
    );
    expectBounded([n, C, n, kernels.preluScratch(C) / 4], 2, (x, slopes, y, scratch) =>
      kernels.prelu(x, slopes, y, N * pixels, C, scratch),
    );
    expectBounded([n, C, n, n, C, kernels.preluScratch(C) / 4], 3, (x, slopes, dy, dx, dslopes, scratch) =>
      kernels.preluGradient(x, slopes, dy, dx, dslopes, N * pixels, C, scratch),
    );
    expectBounded([n, n, n], 1, (y, dy, dx) => kernels.softmaxGradient(y, dy, dx, N * pixels, C));

    const geometry = 256;
    const pool = () => new Int32Array(memory.buffer, geometry, 12).set([N, H, W, C, 3, 3, 2, 2, 1, 1, 3, 2]);
    expectBounded([n, N * 3 * 2 * C], 1, (x, y) => (pool(), kernels.maxPool(x, y, geometry)));
    expectBounded([n, N * 3 * 2 * C, n], 1, (x, dy, dx) => (pool(), kernels.maxPoolGradient(x, dy, dx, geometry)));

    // rows: one copied, one blended of three, none; columns: two copied, one blended of three, one of two
    const write = (address: number, starts: number[], places: number[], weights: number[]) => {
      new Int32Array(memory.buffer, address, starts.length + places.length).set([...starts, ...places]);
      new Float32Array(memory.buffer, address + 4 * (starts.length + places.length), weights.length).set(weights);
    };
    const [tall, wide] = [256, 512];
    expectBounded([n, N * 3 * 4 * C, kernels.separableScratch(W, C) / 4], 2, (x, y, scratch) => {
      write(tall, [0, 1, 4, 4], [4, 0, 1, 3], [1, 0.5, 2, 3]);
      write(wide, [0, 1, 2, 5, 7], [1, 2, 0, 1, 2, 0, 2], [1, 1, 0.5, 2, 3, 0.5, 0.5]);
      kernels.separable(x, y, N, H, W, C, tall, 3, wide, 4, scratch);
    });
  });

  it.each([1, 3, 4, 5, 70])("functions of %s values, and moves", (n) => {
    for (const f of [kernels.exp, kernels.tanh, kernels.erf, kernels.softplus, kernels.elu, kernels.gelu, kernels.clip])
      expectBounded([n, n], 1, (x, y) => f(x, y, n, 0.5, 1));
    for (const f of [kernels.eluGradient, kernels.siluGradient, kernels.geluGradient, kernels.clipGradient])
      expectBounded([n, n, n], 1, (x, dy, dx) => f(x, dy, dx, n, 0.5, 1));
    expectBounded([n], 1, (y) => kernels.fill(y, n, 3));
    expectBounded([n * 6, n * 6], 1, (x, y) => kernels.moveRuns(x, y, 1, 0, 0, 3, n, 2 * n, 2, 3 * n, n, n));
    expectBounded([n * 8, n * 8], 1, (x, y) => kernels.pixelShuffle(x, y, 1, 2, n, 2, false));
    expectBounded([n * 8, n * 8], 1, (y, x) => kernels.pixelShuffle(x, y, 1, 2, n, 2, true));
  });
});
