/**
 * Fixed buffers for all that a captured step reads and writes: each cell of the state has one, in which every replay finds its
 * value and leaves the next. What sets cells otherwise (an eager step, a checkpoint) sets them as ever, and the value is
 * brought home before the next replay.
 */
import type { Tensor, Tf } from "../tf.ts";
import { bufferOf, copyOf, flush, tensorOver, type Internals } from "./internals.ts";
import { PaperBuffer, wholeCopy, type AnyBuffer, type Command } from "./paper.ts";

/** A part of the state. Cells that give the very same tensor object are one part under several names. */
export interface HomeCell {
  get(): Tensor;
  /** Takes the tensor over. */
  set(value: Tensor): void;
}

export interface Homes {
  /** Brings home every value that lies elsewhere. */
  settle(): void;
  /** On paper: lists copies home of what the step has put elsewhere. */
  collect(commands: Command[]): void;
  /** Points every cell to its home, whatever it was set to. */
  putBack(): void;
  /** The tensor as it is now, for whoever keeps it: replays write into homes. The caller owns it. */
  held(tensor: Tensor): Tensor;
  readonly bytes: number;
  /** Gives every cell that is at home a tensor of tfjs's own, and frees the buffers. */
  release(): void;
  /** Frees the buffers. No cell is used any more. */
  destroy(): void;
}

interface Home {
  readonly cell: HomeCell;
  readonly tensor: Tensor;
  readonly buffer: GPUBuffer;
}

export function createHomes(tf: Tf, backend: Internals, cells: readonly HomeCell[]): Homes {
  const parts = new Map(cells.map((cell) => [cell.get(), cell]));
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const homes = [...parts].map(([{ shape, dtype, size }, cell]): Home => {
    const buffer = backend.device.createBuffer({ size: size * 4, usage });
    return { cell, buffer, tensor: tf.keep(tensorOver(tf, backend, buffer, shape, dtype)) };
  });
  const buffers = new Set<AnyBuffer>(homes.map(({ buffer }) => buffer));
  const dataIds = new Set<object>(homes.map(({ tensor }) => tensor.dataId));
  const strayed = () => homes.filter(({ cell, tensor }) => cell.get().dataId !== tensor.dataId);
  const goHome = ({ cell, tensor }: Home) => cell.set(tf.keep(tf.clone(tensor)));
  settle();

  return {
    settle,

    collect(commands) {
      const away = strayed().map(({ cell, buffer }) => ({
        from: bufferOf(backend, cell.get()) as AnyBuffer,
        to: buffer,
      }));
      flush(backend);
      const moves = away.map(({ from, to }) => {
        if (!buffers.has(from)) return wholeCopy(from, to);
        const aside = new PaperBuffer(from.size, usage); // another part's value, which a copy may overwrite
        commands.push(wholeCopy(from, aside));
        return wholeCopy(aside, to);
      });
      commands.push(...moves);
    },

    putBack: () => strayed().forEach(goHome),

    held: (tensor) => tf.keep(dataIds.has(tensor.dataId) ? copyOf(tf, backend, tensor) : tf.clone(tensor)),

    bytes: homes.reduce((sum, { buffer }) => sum + buffer.size, 0),

    release() {
      for (const { cell, tensor } of homes)
        if (cell.get().dataId === tensor.dataId) cell.set(tf.keep(copyOf(tf, backend, tensor)));
      destroy();
    },

    destroy,
  };

  function destroy(): void {
    flush(backend);
    for (const { tensor, buffer } of homes) {
      tensor.dispose();
      buffer.destroy();
    }
  }

  function settle(): void {
    const away = strayed();
    if (away.length === 0) return;
    const values = away.map(({ cell }) => {
      const value = cell.get();
      return dataIds.has(value.dataId) ? copyOf(tf, backend, value) : tf.clone(value);
    });
    away.forEach(({ buffer }, index) => {
      const from = bufferOf(backend, values[index]);
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.commandEncoder!.copyBufferToBuffer(from, 0, buffer, 0, buffer.size);
      backend.commandQueueOwnedIds.add(values[index].dataId);
    });
    flush(backend);
    away.forEach(goHome);
    tf.dispose(values);
  }
}
