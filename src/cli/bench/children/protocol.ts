/** What the processes that train and the suite say to each other, a line of JSON each. */
import type { BenchBackend } from "../suite.ts";
import type { ThreadTimes } from "./thread-account.ts";

/** What a session of a document is to be trained with; the process gets it as its one argument. */
export interface OursRequest {
  readonly case: string;
  readonly width?: number;
  readonly batch: number;
  readonly backend: BenchBackend;
  /** The project's kernels, of which build on WebAssembly; or tfjs's own and composed operations in their place. */
  readonly form: "relaxed" | "simd" | "kernels" | "composed";
  /** Threads that compute beside the first; WebAssembly alone. Default 0. */
  readonly hands?: number;
  /** Whether steps may be captured and replayed; WebGPU alone. Default true. */
  readonly capture?: boolean;
}

/** Which program of bench/plain is to be trained. */
export interface PlainRequest {
  readonly case: string;
  readonly batch: number;
  readonly backend: BenchBackend;
}

export interface Ready {
  readonly versions: Readonly<Record<string, string>>;
  /** Of the first iteration, by the node that computes them; a plain program's bear no names of nodes. */
  readonly losses: Readonly<Record<string, number>>;
  /** Numbers that are trained; of a twin not told. */
  readonly parameters?: number;
  readonly threads?: number;
}

export interface StepsRequest {
  readonly steps: number;
  /** Measures kernels too, where the device has timestamps; that slows the steps, so their time is not told then. */
  readonly kernels?: boolean;
  /** Sums up the time in each kernel; WebAssembly alone. */
  readonly profile?: boolean;
  /** Asks what is held in memory once the steps are done and what nobody refers to is gone. */
  readonly held?: boolean;
  /** Measures what the calls that record a dispatch take by themselves; WebGPU alone. */
  readonly calls?: boolean;
}

/** Means over the steps that were asked for. */
export interface Steps {
  readonly ms: number;
  /** Processor time of the thread; WebGPU alone: elsewhere kernels take it. */
  readonly thread?: ThreadTimes;
  readonly dispatches?: number;
  readonly submits?: number;
  readonly kernelMs?: number;
  /** WebGPU alone. */
  readonly adapter?: AdapterFacts;
  /** Microseconds of the thread that the three calls of a dispatch take in this process by themselves. */
  readonly callsUs?: number;
  /** The most that the process has held in memory so far. */
  readonly peakMB: number;
  readonly tensors?: number;
  /** MB of JavaScript's objects, code among them, and of the backend: WebAssembly's heap or the device's buffers. */
  readonly held?: { readonly objects: number; readonly backend: number };
  /** "captured" where all of these steps were replayed, else why not. */
  readonly mode?: string;
  readonly finite: boolean;
  readonly profile?: readonly KernelTime[];
}

/** What an adapter says of itself. */
export type AdapterFacts = Pick<
  GPUAdapterInfo,
  "vendor" | "architecture" | "device" | "description" | "isFallbackAdapter"
>;

export interface KernelTime {
  /** tfjs's name of the kernel, and the shapes of its inputs. */
  readonly kernel: string;
  readonly shapes: string;
  readonly calls: number;
  /** In one step. */
  readonly ms: number;
  /** Multiplications and additions in one step, of convolutions and matrix products. */
  readonly flops: number;
}

/** Answers requests from stdin, one after the other, until it closes. */
export async function serve(ready: Ready, answer: (request: StepsRequest) => Promise<Steps>): Promise<void> {
  const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
  say(ready);
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({ input: process.stdin }))
    say(await answer(JSON.parse(line) as StepsRequest));
}
