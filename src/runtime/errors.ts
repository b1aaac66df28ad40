// Errors of the runtime that a user can do something about.

/**
 * Memory for a tensor could not be had. Nothing was written and everything allocated before is intact: after disposing
 * what the failed step held (a `tf.tidy` around it has done so), the process can go on with a smaller batch.
 */
export class AllocationError extends Error {
  /** Bytes that were asked for. */
  readonly bytes: number;
  /** Shape of the tensor that they were for; undefined for scratch memory. */
  readonly shape: readonly number[] | undefined;

  constructor(bytes: number, purpose: { shape: readonly number[] } | { scratchFor: string }, heapBytes: number) {
    const what =
      "shape" in purpose ? `a tensor of shape [${purpose.shape.join(", ")}]` : `${purpose.scratchFor}'s scratch`;
    super(
      `Out of WebAssembly memory: ${size(bytes)} for ${what} could not be allocated; the heap has grown to ` +
        `${size(heapBytes)} of at most 4 GiB. Use a smaller batch, smaller images or fewer channels.`,
    );
    this.name = "AllocationError";
    this.bytes = bytes;
    this.shape = "shape" in purpose ? [...purpose.shape] : undefined;
  }
}

function size(bytes: number): string {
  return bytes < 2 ** 20
    ? `${bytes} bytes`
    : bytes < 2 ** 30
      ? `${(bytes / 2 ** 20).toFixed(1)} MiB`
      : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
