// The WebGPU convolutions against sums in double precision, at odd sizes, and their forms against each other.

import type { TensorInfo } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { draw } from "../../../src/runtime/philox.ts";
import { filterGradient, filterForms } from "../../../src/runtime/webgpu/convolution/filter-gradient.ts";
import { gather, gatherForms } from "../../../src/runtime/webgpu/convolution/gather.ts";
import { elements, type Geometry } from "../../../src/runtime/webgpu/convolution/geometry.ts";
import type { WebGPUBackend } from "../../../src/runtime/webgpu/program.ts";
import { driver, openWebGPU, tf, withoutErrors } from "./software-webgpu.ts";

/** [batch, height, width, in] → out, kernel, stride, [top, left, bottom, right]; dilation and groups where they are not 1. */
type Case = [
  image: readonly [number, number, number, number],
  out: number,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  padding: readonly [number, number, number, number],
  dilation?: readonly [number, number],
  groups?: number,
];

const cases: Case[] = [
  [[2, 8, 8, 4], 8, [4, 4], [2, 2], [1, 1, 1, 1]],
  [[3, 7, 5, 3], 24, [3, 3], [1, 1], [1, 1, 1, 1]],
  [[1, 9, 6, 24], 3, [5, 2], [2, 3], [2, 0, 1, 1]],
  [[7, 1, 1, 12], 1, [1, 1], [1, 1], [0, 0, 0, 0]],
  [[2, 4, 4, 5], 7, [4, 4], [1, 1], [0, 0, 0, 0]],
  [[1, 7, 7, 1], 16, [7, 7], [3, 3], [3, 3, 3, 3]],
  [[2, 9, 9, 2], 6, [3, 3], [2, 2], [-1, 1, 1, -2]],
  [[1, 5, 8, 40], 36, [1, 3], [1, 2], [0, 2, 0, 0]],
  // Windows that end before the image does, and a stride that passes pixels over.
  [[2, 6, 7, 4], 4, [1, 1], [3, 2], [0, 0, 0, 0]],
  [[1, 9, 8, 4], 8, [3, 2], [1, 2], [2, 1, 2, 0], [2, 3]],
  [[2, 6, 6, 8], 12, [3, 3], [2, 1], [1, 1, 1, 1], [1, 1], 4],
  [[1, 5, 6, 6], 9, [2, 3], [1, 1], [0, 1, 1, 1], [2, 1], 3],
  [[2, 7, 5, 24], 24, [3, 3], [2, 2], [1, 1, 1, 1], [1, 1], 24],
  [[1, 6, 5, 5], 5, [4, 3], [1, 2], [1, 2, 2, 0], [1, 2], 5],
  [[2, 4, 4, 3], 6, [3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 3],
  // Sums in parts.
  [[2, 4, 4, 50], 1, [4, 4], [1, 1], [0, 0, 0, 0]],
  [[7, 9, 9, 3], 5, [3, 3], [1, 1], [1, 1, 1, 1]],
  [[1, 2, 2, 8], 72, [4, 4], [2, 2], [1, 1, 1, 1]],
];

describe.runIf(driver)("convolutions on WebGPU", () => {
  let backend: WebGPUBackend;
  beforeAll(async () => void (backend = await openWebGPU()));

  const upload = (values: Float32Array, shape: readonly number[]): TensorInfo =>
    backend.makeTensorInfo([...shape], "float32", values);
  async function read(tensor: TensorInfo): Promise<Float32Array> {
    const values = (await backend.read(tensor.dataId)) as Float32Array;
    backend.disposeData(tensor.dataId);
    return values;
  }

  for (const [seed, c] of cases.entries()) {
    const g = geometry(c);
    const values = (name: string, shape: readonly number[]) =>
      draw(seed, name, { iteration: 0 }).normal(elements(shape));
    const [x, filter, dy] = [values("x", g.image), values("filter", g.filter), values("dy", g.output)];
    const expected = convolved(x, filter, dy, g);

    it(`${title(g)}: agrees with sums in double precision, in two forms, bit for bit`, () =>
      withoutErrors(backend, async () => {
        const inputs = { x: upload(x, g.image), filter: upload(filter, g.filter), dy: upload(dy, g.output) };
        const results = async (n: number) => {
          const tile = gatherForms[n % gatherForms.length];
          return {
            y: await read(gather(backend, "forward", inputs.x, inputs.filter, g, tile)),
            dx: await read(gather(backend, "backward", inputs.dy, inputs.filter, g, tile)),
            dfilter: await read(filterGradient(backend, inputs.x, inputs.dy, g, filterForms[n % filterForms.length])),
          };
        };
        const first = await results(0);
        for (const name of ["y", "dx", "dfilter"] as const) expectClose(first[name], expected[name], name);
        expect(await results(seed)).toEqual(first);
        for (const { dataId } of Object.values(inputs)) backend.disposeData(dataId);
      }));
  }

  it("computes wide channels in every form, with the same bits each time", () =>
    withoutErrors(backend, async () => {
      const g = geometry([[2, 5, 5, 20], 72, [4, 4], [2, 2], [1, 1, 1, 1]]);
      const [x, filter, dy] = [g.image, g.filter, g.output].map((shape, i) => {
        return upload(draw(i, "wide", { iteration: 0 }).normal(elements(shape)), shape);
      });
      const gathered = (form: (typeof gatherForms)[number]) =>
        Promise.all([
          read(gather(backend, "forward", x, filter, g, form)),
          read(gather(backend, "backward", dy, filter, g, form)),
        ]);
      const [y, dx] = await gathered(gatherForms[0]);
      for (const form of gatherForms) expect(await gathered(form), JSON.stringify(form)).toEqual([y, dx]);
      const dfilter = await read(filterGradient(backend, x, dy, g, filterForms[0]));
      for (const form of filterForms) expect(await read(filterGradient(backend, x, dy, g, form))).toEqual(dfilter);
      for (const { dataId } of [x, filter, dy]) backend.disposeData(dataId);
    }));

  it("leaves no tensor behind", () => {
    expect(tf.memory().numTensors).toBe(0);
    expect(backend.numDataIds()).toBe(0);
  });
});

function geometry([image, out, kernel, stride, padding, dilation = [1, 1], groups = 1]: Case): Geometry {
  const [top, left, bottom, right] = padding;
  const size = (length: number, before: number, after: number, axis: 0 | 1) =>
    Math.floor((length + before + after - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
  const output = [image[0], size(image[1], top, bottom, 0), size(image[2], left, right, 1), out] as const;
  return { image, filter: [...kernel, image[3] / groups, out], output, stride, before: [top, left], dilation, groups };
}

/** The convolution, and the gradients of Σ dy · y. */
function convolved(x: Float32Array, filter: Float32Array, dy: Float32Array, g: Geometry) {
  const [y, dx, dfilter] = [dy, x, filter].map(({ length }) => new Float64Array(length));
  const [, height, width, channels] = g.image;
  const [kernelHeight, kernelWidth, inGroup, out] = g.filter;
  const [batch, outHeight, outWidth] = g.output;
  const outGroup = out / g.groups;
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++)
        for (let ky = 0; ky < kernelHeight; ky++)
          for (let kx = 0; kx < kernelWidth; kx++) {
            const row = i * g.stride[0] - g.before[0] + ky * g.dilation[0];
            const column = j * g.stride[1] - g.before[1] + kx * g.dilation[1];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let o = 0; o < out; o++)
              for (let c = 0; c < inGroup; c++) {
                const atY = ((n * outHeight + i) * outWidth + j) * out + o;
                const atX = ((n * height + row) * width + column) * channels + Math.floor(o / outGroup) * inGroup + c;
                const atFilter = ((ky * kernelWidth + kx) * inGroup + c) * out + o;
                y[atY] += x[atX] * filter[atFilter];
                dx[atX] += dy[atY] * filter[atFilter];
                dfilter[atFilter] += dy[atY] * x[atX];
              }
          }
  return { y, dx, dfilter };
}

function expectClose(found: Float32Array, expected: Float64Array, what: string): void {
  expect(found.length, what).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0) / scale;
  expect(worst, what).toBeLessThan(1e-5);
}

function title({ image, filter, stride, before, dilation, groups }: Geometry): string {
  return `${image} with ${filter}, stride ${stride} offset ${before} dilation ${dilation} groups ${groups}`;
}
