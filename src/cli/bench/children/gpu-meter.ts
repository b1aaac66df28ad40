/**
 * Counts what goes to a WebGPU device and what it costs the thread, by wrapping the interfaces of the WebGPU objects themselves:
 * so a plain program, an eager session and a replay are counted alike.
 */
import { threadAccount, type ThreadTimes } from "./thread-account.ts";
import { threadClock } from "./thread-time.ts";

export interface GpuCount {
  readonly dispatches: number;
  readonly submits: number;
  /** Milliseconds of processor time that this thread took. */
  readonly thread: ThreadTimes;
  /** Milliseconds in compute passes by the device's own clock; null where it was not asked for or cannot be had. */
  readonly kernelMs: number | null;
}

export interface GpuMeter {
  /** Counts what `work` does. @param kernels whether every compute pass is to be timed */
  count(work: () => Promise<void>, kernels: boolean): Promise<GpuCount>;
}

/** Wraps the WebGPU interfaces of this process; to be called once, after the device is there. */
export function gpuMeter(device: GPUDevice): GpuMeter {
  const account = threadAccount(threadClock());
  let counts = { dispatches: 0, submits: 0 };
  let passes: PassClock | null = null;

  wrap(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => void counts.dispatches++);
  wrap(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", () => void counts.dispatches++);
  wrap(GPUDevice.prototype, "createCommandEncoder", account.encode);
  const submitting = () => {
    counts.submits++;
    account.submitting();
  };
  wrap(GPUQueue.prototype, "submit", submitting, account.submitted);
  const awaited = (promise: unknown) => {
    account.open();
    (promise as Promise<unknown>).then(account.close, account.close);
  };
  wrap(GPUBuffer.prototype, "mapAsync", () => {}, awaited);
  wrap(GPUQueue.prototype, "onSubmittedWorkDone", () => {}, awaited);
  const begin = GPUCommandEncoder.prototype.beginComputePass;
  GPUCommandEncoder.prototype.beginComputePass = function (this: GPUCommandEncoder, descriptor) {
    return begin.call(this, passes ? passes.timed(descriptor) : descriptor);
  };

  return {
    async count(work, kernels) {
      counts = { dispatches: 0, submits: 0 };
      passes = kernels && device.features.has("timestamp-query") ? passClock(device) : null;
      account.begin();
      await work();
      await device.queue.onSubmittedWorkDone();
      const [thread, used, found] = [account.end(), passes, { ...counts }];
      passes = null;
      return { ...found, thread, kernelMs: used ? await used.read() : null };
    },
  };
}

/** @param after is given what the method gave */
function wrap<K extends string>(
  prototype: Record<K, unknown>,
  name: K,
  before: () => void,
  after?: (given: unknown) => void,
): void {
  const own = prototype[name] as (...given: unknown[]) => unknown;
  prototype[name] = function (this: unknown, ...given: unknown[]) {
    before();
    const result = own.apply(this, given);
    after?.(result);
    return result;
  };
}

interface PassClock {
  /** The descriptor with two more timestamps, as long as there is room for them. */
  timed(descriptor?: GPUComputePassDescriptor): GPUComputePassDescriptor | undefined;
  /** Milliseconds in all passes. A pass too many for the query sets makes it null: half a sum says nothing. */
  read(): Promise<number | null>;
}

/** Timestamps at both ends of every compute pass, in query sets of the most that WebGPU allows in one. */
function passClock(device: GPUDevice): PassClock {
  const [size, sets] = [4096, [] as GPUQuerySet[]];
  let used = 0;
  return {
    timed(descriptor = {}) {
      if (descriptor.timestampWrites) return descriptor;
      if (used % size === 0) sets.push(device.createQuerySet({ type: "timestamp", count: size }));
      const at = used % size;
      used += 2;
      const [querySet] = sets.slice(-1);
      const timestampWrites = { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
      return { ...descriptor, timestampWrites };
    },
    async read() {
      let sum = 0;
      for (const [at, set] of sets.entries()) {
        const count = Math.min(size, used - at * size);
        const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
        const resolved = device.createBuffer({ size: 8 * size, usage });
        const read = device.createBuffer({ size: 8 * size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
        const encoder = device.createCommandEncoder();
        encoder.resolveQuerySet(set, 0, count, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, read, 0, 8 * count);
        device.queue.submit([encoder.finish()]);
        await read.mapAsync(GPUMapMode.READ);
        const times = new BigUint64Array(read.getMappedRange(0, 8 * count));
        for (let pass = 0; pass < count; pass += 2) sum += Number(times[pass + 1] - times[pass]) / 1e6;
        for (const buffer of [resolved, read]) buffer.destroy();
        set.destroy();
      }
      return sum;
    },
  };
}
