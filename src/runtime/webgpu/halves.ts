/**
 * Tensors of float32 whose values are kept as halves, two in each word. WGSL packs and unpacks them on every device; none needs the
 * feature shader-f16. The project's programs read the words (reading.ts); for any other a copy in float32 is made when it asks.
 */
import type { Tensor, TensorInfo, Tf } from "../tf.ts";
import {
  dispatch,
  entry,
  output,
  type Program,
  release,
  spread,
  type WebGPUBackend,
  webgpuBackend,
} from "./program.ts";
import { wordsOf } from "./reading.ts";

/** The largest half. WGSL leaves open what is packed of anything beyond it. */
export const largestHalf = 65504;

/** A tensor like x and the words that it is read from; both are the caller's, and neither outlives the other. */
export interface Halved {
  readonly tensor: Tensor;
  readonly words: Tensor;
}

/**
 * The values of x as halves: rounded by the device, to the nearest or to the next one, beyond ±65504 to ±65504; what is smaller
 * than 2⁻¹⁴ may become 0.
 * @param kept of a batch normalization [4, C] (fused.ts): each value of x [..., C] then stays on its side of where the normalized
 * value is 0, so that an activation's gradient passes as it would have.
 */
export function halve(tf: Tf, x: Tensor, kept?: Tensor): Halved {
  const backend = webgpuBackend(tf);
  widenWhereAsked(backend);
  const count = Math.ceil(x.size / 2);
  const words = output(backend, [count], "int32");
  const uniforms = { size: x.size, columns: x.shape[x.rank - 1] ?? 1 };
  const grid = spread(backend, Math.ceil(count / threads));
  if (kept) dispatch(backend, packSides, { outputs: [words], inputs: [x, kept], uniforms, grid });
  else dispatch(backend, pack, { outputs: [words], inputs: [x], uniforms, grid });
  const tensor = output(backend, x.shape); // gets no buffer unless it is asked for
  wordsOf.set(tensor.dataId, words);
  const engine = tf.engine();
  return { tensor: engine.makeTensorFromTensorInfo(tensor), words: engine.makeTensorFromTensorInfo(words) };
}

/** Gives up all copies in float32; who asks again gets another. */
export function forgetWide(tf: Tf): void {
  if (tf.getBackend() !== "webgpu") return;
  const backend = webgpuBackend(tf);
  for (const { data, copy } of widened.get(backend)?.splice(0) ?? []) {
    data.resource = undefined;
    (backend as unknown as Queue).commandQueueOwnedIds.add(copy.dataId); // what was encoded may read it
    release(backend, copy);
  }
}

/** What tfjs's backend keeps to itself: the data of tensors that encoded commands use. */
interface Queue {
  readonly commandQueueOwnedIds: WeakSet<object>;
}

type TensorData = ReturnType<WebGPUBackend["tensorMap"]["get"]>;

const widened = new WeakMap<WebGPUBackend, { readonly data: TensorData; readonly copy: TensorInfo }[]>();

/** Whoever wants a tensor's buffer asks the backend to upload it first. For all backends: recordings cover what is one's own. */
function widenWhereAsked(backend: WebGPUBackend): void {
  const all = Object.getPrototypeOf(backend) as WebGPUBackend;
  if (widening.has(all)) return;
  widening.add(all);
  const { uploadToGPU } = all;
  all.uploadToGPU = function (this: WebGPUBackend, dataId) {
    if (wordsOf.has(dataId)) widen(this, dataId);
    else uploadToGPU.call(this, dataId);
  };
}

const widening = new WeakSet<WebGPUBackend>();

function widen(backend: WebGPUBackend, dataId: object): void {
  const data = backend.tensorMap.get(dataId);
  if (data.resource) return;
  const size = data.shape.reduce((product, extent) => product * extent, 1);
  const copy = output(backend, [size]);
  dispatch(backend, unpack, {
    outputs: [copy],
    inputs: [{ dataId, dtype: "float32", shape: [size] }],
    uniforms: { size },
    grid: spread(backend, Math.ceil(size / threads)),
  });
  data.resource = backend.tensorMap.get(copy.dataId).resource;
  data.external = true; // the copy gives it back
  widened.set(backend, [...(widened.get(backend) ?? []), { data, copy }]);
}

const threads = 256;

/** `body` for each i. */
const each = (body: string) => entry(threads, `\n  let i = group * ${threads} + thread;${body}`);

const rounded = `
fn bounded(i: u32) -> f32 { return clamp(x[min(i, uniforms.size - 1)], -${largestHalf}, ${largestHalf}); }`;

const pack = {
  label: "PackHalves",
  outputs: { words: "u32" },
  inputs: { x: "f32" },
  uniforms: { size: "u32", columns: "u32" },
  code: `${rounded}${each(`
  if (2 * i >= uniforms.size) { return; }
  words[i] = pack2x16float(vec2f(bounded(2 * i), bounded(2 * i + 1)));`)}`,
} as const satisfies Program;

/** The next half towards x is on x's side, where rounding has crossed over. */
const packSides = {
  ...pack,
  label: "PackHalvesBySide",
  inputs: { x: "f32", kept: "f32" },
  code: `${rounded}
fn normal(i: u32, value: f32) -> f32 {
  let column = i % uniforms.columns;
  let scale = kept[2 * uniforms.columns + column] * kept[uniforms.columns + column];
  return (value - kept[column]) * scale + kept[3 * uniforms.columns + column];
}

fn half(i: u32) -> u32 {
  let value = bounded(i);
  let bits = pack2x16float(vec2f(value, 0));
  let near = unpack2x16float(bits).x;
  if ((normal(i, value) > 0) == (normal(i, near) > 0)) { return bits; }
  if ((bits & 0x7fff) == 0) { return select(0x8001u, 1u, value > 0); }
  return select(bits - 1, bits + 1, (value > near) == (near > 0));
}${each(`
  if (2 * i >= uniforms.size) { return; }
  words[i] = half(min(2 * i, uniforms.size - 1)) | (half(min(2 * i + 1, uniforms.size - 1)) << 16);`)}`,
} as const satisfies Program;

const unpack = {
  label: "UnpackHalves",
  outputs: { y: "f32" },
  inputs: { x: "f32" },
  uniforms: { size: "u32" },
  code: each("\n  if (i < uniforms.size) { y[i] = x[i]; }"),
} as const satisfies Program;
