/** Numbers on their way from the GPU: copied with the step that computed them, read whenever somebody wants them. */

/** What one replay measured. */
export interface Readback {
  /** May be called once. Rejects where the device is lost. */
  read(): Promise<Float32Array>;
  /** Gives up what was not read. */
  dispose(): void;
}

export interface Readbacks {
  /** Copies the buffer's numbers among the encoder's commands. */
  copy(encoder: GPUCommandEncoder, from: GPUBuffer): Readback;
  destroy(): void;
}

/** @param count float32 numbers that each copy has. */
export function createReadbacks(device: GPUDevice, count: number): Readbacks {
  const all: GPUBuffer[] = [];
  const free: GPUBuffer[] = [];
  const size = 4 * count;
  const acquire = () => {
    const buffer =
      free.pop() ?? device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    if (!all.includes(buffer)) all.push(buffer);
    return buffer;
  };
  return {
    copy(encoder, from) {
      const staging = acquire();
      let done = false;
      encoder.copyBufferToBuffer(from, 0, staging, 0, size);
      return {
        async read() {
          done = true;
          await staging.mapAsync(GPUMapMode.READ);
          const numbers = new Float32Array(staging.getMappedRange()).slice();
          staging.unmap();
          free.push(staging);
          return numbers;
        },
        dispose() {
          if (!done) free.push(staging);
          done = true;
        },
      };
    },
    destroy: () => all.forEach((buffer) => buffer.destroy()),
  };
}
