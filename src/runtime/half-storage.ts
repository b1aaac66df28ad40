/**
 * What a gradient will need of the forward pass, kept in half of its memory: WebGPU stores it as halves (webgpu/halves.ts) and
 * computes with float32 as ever. Rounding costs a value up to 2⁻¹¹ of itself where the device rounds to the nearest (2⁻¹⁰ else).
 * So it serves where a gradient is a smooth function of what is kept: not for maxima, quotients and logarithms, not for outputs
 * near a bound (1 − tanh²), not for weights, and not for gradients of gradients.
 */
import { leakOfInput } from "./activation.ts";
import { unrecorded } from "./tape.ts";
import type { Tensor, Tf } from "./tf.ts";
import { forgetWide, halve, type Halved } from "./webgpu/halves.ts";
import { output, webgpuBackend } from "./webgpu/program.ts";

/** How what is kept for gradients is stored. */
export type Storage = "float32" | "float16";

/** A backend's variant with the storage of a run, for its checkpoints. */
export const variantWith = (variant: string, storage: Storage): string =>
  storage === "float16" ? `${variant}-float16` : variant;

/** The storage that a checkpoint's variant tells of. */
export const storageIn = (variant: string): Storage => (variant.endsWith("-float16") ? "float16" : "float32");

/** Kernels and named scopes whose gradients take rounded values: smooth functions of them, or of their signs. */
const rounded: ReadonlySet<string> = new Set([
  ...["Conv2D", "Conv2DBackpropInput", "GroupedConv2D", "GroupedConv2DBackpropInput", "DepthwiseConv2dNative"],
  ...["BatchMatMul", "BatchNormTrain", "GroupNorm", "LayerNorm", "RmsNorm", "Pointwise", "PReluTrain"],
  leakOfInput,
]);

/** What of a kernel's attributes makes steps of its gradient, on one side of which or the other a value lies. */
interface Attributes {
  /** Of a normalization with an activation as a part of it; 1 where there is none. */
  readonly leak?: number;
  /** Which function of each value. */
  readonly of?: string;
}

/** Kernels whose gradients ask what they keep for its shape alone. */
const ofShape: ReadonlySet<string> = new Set(["Add", "Sub", "Reshape", "PadV2", "Slice", "Concat", "Sum"]);

/** Smaller tensors are not worth a dispatch. */
const leastValues = 2048;

type TapeNode = ReturnType<Tf["engine"]>["state"]["activeTape"][number];

export interface Stored {
  /** What the kernel's gradient gets, in the order in which it was saved. */
  readonly saved: Tensor[];
  /** Frees with the node what lies behind these, and what is made of it while the node is differentiated. */
  ownedBy(node: TapeNode): void;
}

/**
 * Stores what a kernel saved, on WebGPU; null where nothing of it is worth or bears it. Tensors that are stored otherwise are
 * disposed. What several kernels save is stored once.
 */
export function storeInHalves(tf: Tf, kernel: string, saved: readonly Tensor[], attributes: unknown): Stored | null {
  const store = storing(tf, kernel, saved, (attributes ?? {}) as Attributes);
  if (!store) return null;
  const variables = new Set(Object.values(tf.engine().state.registeredVariables).map(({ dataId }) => dataId));
  const words: Tensor[] = [];
  const kept = saved.map((tensor) => {
    if (tensor.size < leastValues || tensor.dtype !== "float32" || variables.has(tensor.dataId)) return tensor;
    const stored = unrecorded(tf, () => store(tensor));
    words.push(...stored.slice(1));
    for (const each of stored) tf.keep(each);
    tensor.dispose();
    return stored[0];
  });
  return {
    saved: kept,
    ownedBy(node) {
      node.saved = [...kept, ...words];
      const { gradient } = node;
      if (words.length === 0 || !gradient) return;
      node.gradient = (dys) => {
        forgetWide(tf); // what other nodes unpacked has served
        return gradient(dys);
      };
    },
  };
}

/** The tensor in its place, and the words behind it, where there are any. */
type Store = (tensor: Tensor) => readonly Tensor[];

function storing(tf: Tf, kernel: string, saved: readonly Tensor[], { leak = 1, of }: Attributes): Store | null {
  if (tf.getBackend() !== "webgpu") return null;
  if (ofShape.has(kernel)) return ({ shape }) => [blank(tf, shape)];
  if (!rounded.has(kernel) || of === "clip") return null;
  if (leak === 1) return (tensor) => sharedHalves(tf, tensor);
  const [, kept] = saved;
  return kernel === "BatchNormTrain" ? (tensor) => sharedHalves(tf, tensor, kept) : null;
}

/** Halves by the data that they were made of, while somebody has them. */
const known = new WeakMap<object, Halved & { readonly sides: boolean }>();

function sharedHalves(tf: Tf, tensor: Tensor, kept?: Tensor): Tensor[] {
  const before = known.get(tensor.dataId);
  const shared = before && !before.words.isDisposed && (!kept || before.sides);
  if (shared) return [tf.reshape(before.tensor, tensor.shape), tf.clone(before.words)];
  const halves = halve(tf, tensor, kept);
  known.set(tensor.dataId, { ...halves, sides: kept !== undefined });
  return [halves.tensor, halves.words];
}

/** A tensor of which nobody reads the values; it never gets a buffer. */
function blank(tf: Tf, shape: number[]): Tensor {
  return tf.engine().makeTensorFromTensorInfo(output(webgpuBackend(tf), shape));
}
