/**
 * ONNX Runtime, as the judge of what was exported: its WebAssembly build, on one thread, in Node and in the browser
 * alike. The one place that imports onnxruntime-web, and lazily: it is 3.7 MB that only an export or import needs.
 */
import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { fromHalfBits, toHalfBits } from "./float16.ts";
import type { ElementType, NumericTensor, TensorData } from "./tensor.ts";

/** ONNX Runtime's refusal of a model or of what it was fed, with its own words. */
export class OnnxRuntimeError extends Error {
  override readonly name = "OnnxRuntimeError";
}

/** The element type is the one that the model states for the input; a float16 input takes a Float32Array. */
export interface Feed {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export interface Runtime {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Runs the graph once; every input must be fed. Throws OnnxRuntimeError. */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, NumericTensor>>;
  /** Frees the session's memory. No `run` may follow. */
  release(): Promise<void>;
}

/**
 * Opens the bytes of an .onnx file. Throws OnnxRuntimeError where ONNX Runtime does not accept the model.
 * @param wasm the address of ort-wasm-simd-threaded.wasm; in Node, and where it is left out, it lies beside the package.
 */
export async function openRuntime(model: Uint8Array, { wasm }: { readonly wasm?: string } = {}): Promise<Runtime> {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  if (wasm !== undefined) ort.env.wasm.wasmPaths = { wasm };
  const session = await refused("model", () =>
    ort.InferenceSession.create(model, { executionProviders: ["wasm"], logSeverityLevel: 3 }),
  );
  const types = inputTypes(session);
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      const inputs: Record<string, Tensor> = {};
      for (const [name, { dims, data }] of Object.entries(feeds)) {
        const type = types.get(name);
        if (!type)
          throw new OnnxRuntimeError(`input "${name}": the model's inputs are ${[...types.keys()].join(", ")}.`);
        inputs[name] = await refused(`input "${name}"`, () => {
          return new ort.Tensor(type as "float32", stored(type, data) as Float32Array, dims);
        });
      }
      const results = await refused("run", () => session.run(inputs));
      return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, fromRuntime(name, result)]));
    },
    release: () => session.release(),
  };
}

function inputTypes(session: InferenceSession): Map<string, string> {
  return new Map(session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : "sequence"]));
}

function stored(type: string, data: TensorData): TensorData {
  return type === "float16" && data instanceof Float32Array ? toHalfBits(data) : data;
}

function fromRuntime(name: string, result: Tensor): NumericTensor {
  if (result.type === "string" || result.type === "int4" || result.type === "uint4") {
    throw new OnnxRuntimeError(`output "${name}": ${result.type} values are not read here.`);
  }
  const type: ElementType = result.type;
  const data = result.data as TensorData;
  // Where the engine has Float16Array, ONNX Runtime hands that out, else the bits: both are the same two bytes.
  const values = type === "float16" ? fromHalfBits(new Uint16Array(data.buffer, data.byteOffset, data.length)) : data;
  return { type, dims: result.dims, data: values };
}

async function refused<T>(where: string, attempt: () => T | Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new OnnxRuntimeError(`${where}: ONNX Runtime says: ${message}`, { cause });
  }
}
