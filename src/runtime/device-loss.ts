/**
 * The loss of a GPU: a driver that is restarted or updated, a laptop that changes its graphics card, a page that took too much.
 * All that lay on the device is gone then; commands go nowhere without an error, and only reading fails.
 */
import type { Tf } from "./tf.ts";

/** Losses of the device in one run, above which something is wrong with the machine or with us. */
export const bearableLosses = 5;

/** Milliseconds that the news of a loss may come after the failure that it caused. */
const patience = 500;

/**
 * Why the device of the backend in use is lost, in the system's words; null where it is there, and where the backend has none.
 * To be asked where something failed.
 */
export async function deviceLoss(tf: Tf): Promise<string | null> {
  const { device } = tf.backend() as unknown as { readonly device?: GPUDevice };
  if (!device) return null;
  const here = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
  const lost = device.lost.then(({ message, reason }) => message || reason);
  return Promise.race([lost, here]);
}

export const lossNotice = (reason: string, device: string, iteration: number): string =>
  `The GPU was lost (${reason}). Training goes on from iteration ${iteration}, the last that was kept, with ${device}.`;
