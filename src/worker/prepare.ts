/** A document made ready to train: lowered, its rows read, its session built; and how it goes on from an earlier state. */
import { diagnose, sentence, UserError } from "../core/analysis/diagnostics.ts";
import { isLiveChange } from "../session/live.ts";
import type { Opened, Transplant } from "../session/protocol.ts";
import { createSession, type Session } from "../session/session.ts";
import type { WeightFileStore } from "../storage/storage.ts";
import type { OpenBackend } from "./backend.ts";
import { workforceFor } from "./crew.ts";
import type { Data } from "./data.ts";
import { lowered, type Lowered } from "./documents.ts";
import type { KeptRun } from "./keeper.ts";
import { createCamera, type Camera } from "./snapshots.ts";
import { keptWeights } from "./weights.ts";

export interface Prepared {
  readonly lowered: Lowered;
  readonly session: Session;
  readonly camera: Camera;
  /** What computes, in words. */
  readonly device: string;
  /** What a person should know of how it is computed. */
  readonly notices: readonly string[];
  /** Iterations of a full run, as the document says. */
  readonly iterations: number;
  readonly slices: Opened["slices"];
  /** False, with a notice, where the kept run is another document's. */
  takeUp(kept: KeptRun, notices: string[]): Promise<boolean>;
  /** Goes on where another document's session stands. */
  takeOver(from: Session): Promise<Transplant>;
}

export async function prepare({
  document,
  backend,
  data,
  weightFiles,
  notice,
}: {
  readonly document: string;
  readonly backend: OpenBackend;
  readonly data: Data;
  readonly weightFiles: WeightFileStore;
  /** Hears what a person should know while it trains. */
  notice(text: string): void;
}): Promise<Prepared> {
  const { tf, name } = backend;
  const own = await lowered(document, data);
  const { program } = own;
  const dataSets = await data.rowsFor(program);
  const readEvery = name === "wasm" ? 1 : 10;
  const weights = await keptWeights(program, weightFiles);
  const { hands, variant, device, notices: told } = await workforceFor(backend, program, dataSets);
  const session = createSession({
    tf,
    program,
    dataSets,
    weights,
    variant,
    hands,
    notice,
    readEvery,
    measureGradients: true,
  });
  const { settings, iteration } = program.training!;

  return {
    lowered: own,
    session,
    device,
    notices: told,
    camera: createCamera(program, dataSets),
    iterations: settings.iterations,
    slices: iteration.map(({ optimizer, instructions }) => ({
      optimizer,
      trains: instructions.flatMap((each) => (each.op === "update" ? each.trains : [])),
    })),
    async takeUp({ document: earlier, checkpoint }, notices) {
      try {
        session.restore(checkpoint);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const before = await lowered(earlier, data).catch(() => null);
        if (!before || !isLiveChange(before.program, program)) {
          notices.push(otherDocument);
          return false;
        }
        session.transplant(checkpoint);
      }
      if (checkpoint.variant !== variant)
        notices.push(sentence(diagnose("run-variant", {}, { found: variant, wanted: checkpoint.variant })));
      return true;
    },
    takeOver: async (from) => session.transplant(await from.checkpoint()),
  };
}

const otherDocument =
  "The networks or the training have changed since this run was kept, so training begins anew from iteration 0.";
