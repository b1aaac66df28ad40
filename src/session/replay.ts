/**
 * Training by replay: on WebGPU an iteration is captured once (runtime/capture) and repeated without its JavaScript, as long
 * as it decides what the captured one decided; another decision (a phase of a fade, a penalty every n-th step) has a capture
 * of its own. Each capture is tested before it is believed: iterations that were done eagerly are repeated from the same
 * state, and every number must be equal to the bit. What cannot be captured, or differs, is trained eagerly from then on.
 */
import { capture, CaptureRefused, sound, type Captured } from "../runtime/capture/capture.ts";
import { createHomes, type Homes } from "../runtime/capture/homes.ts";
import { freeUnused, internalsOf, type Internals } from "../runtime/capture/internals.ts";
import { beginIteration, type Machine } from "./iteration.ts";
import { inARow, measuredInARow, type Measured } from "./measured.ts";
import { readCells, type Snapshot, type State } from "./state.ts";

/** How iterations are done at the moment. */
export type Execution =
  | {
      readonly mode: "captured";
      /** Commands of the latest captured iteration. */
      readonly dispatches: number;
      readonly copies: number;
      /** Bytes of GPU memory that all captures hold, with the fixed buffers of the state. */
      readonly bytes: number;
      /** Milliseconds that recording and testing took so far. */
      readonly preparing: number;
    }
  | { readonly mode: "eager"; readonly reason: string };

export interface Replayer {
  readonly execution: Execution;
  /** One iteration by replay; null where none that is captured fits. */
  replay(): Measured | null;
  /** Whether iterations from here on are to be captured, with so many left to do. */
  learns(left: number): boolean;
  /** Does a few iterations eagerly, captures them and tests the capture. */
  learn(left: number): Promise<readonly Measured[]>;
  dispose(): void;
}

export interface ReplayerOptions {
  readonly machine: Machine;
  readonly state: State;
  /** Does an iteration eagerly; where it fails, all is as in the snapshot. */
  eagerly(before: Snapshot): Measured;
  /** Told why iterations are eager where a capture was tried. */
  notice(text: string): void;
}

/** Iterations that a capture is tested with. */
const tested = 2;
/** Captures that are kept, the latest used. */
const most = 8;
/** A program that decides otherwise more often than this is no steady one. */
const mostLearned = 64;

/** A replayer, or why this session has none. */
export function createReplayer({ machine, state, eagerly, notice }: ReplayerOptions): Replayer | string {
  const { tf } = machine;
  const found = internalsOf(tf);
  if (typeof found === "string") return found;
  const backend: Internals = found;
  const reference = state.held;
  let homes: Homes | null = null;
  let captures: IterationCapture[] = []; // the latest used first
  let learned = 0;
  let preparing = 0;
  let refused: string | null = null;

  return {
    get execution(): Execution {
      if (captures.length === 0) return { mode: "eager", reason: refused ?? "no iteration has been captured yet" };
      const { dispatches, copies } = captures[0].captured;
      const bytes = captures.reduce((sum, { captured }) => sum + captured.bytes, homes!.bytes);
      return { mode: "captured", dispatches, copies, bytes, preparing };
    },
    replay() {
      const fitting = captures.findIndex((each) => each.fits());
      if (fitting < 0) return null;
      if (fitting > 0) captures.unshift(...captures.splice(fitting, 1));
      homes!.settle();
      return captures[0].replay();
    },
    learns: (left) => refused === null && left >= tested,
    async learn(left) {
      const began = performance.now();
      const start = state.remember();
      let after: Snapshot | null = null;
      const done: Measured[] = [];
      const wanted: Bits[] = [];
      try {
        while (done.length < Math.min(tested, left)) {
          done.push(eagerly(start));
          wanted.push(await numbersNow(done.at(-1)!));
        }
        after = state.remember();
        start.restore();
        await admit(wanted);
        return done;
      } catch (error) {
        if (!(error instanceof CaptureRefused)) throw error;
        giveUp(error.message);
        return done;
      } finally {
        if (after && (state.iteration !== after.iteration || refused !== null)) after.restore();
        after?.dispose();
        start.dispose();
        freeUnused(backend);
        preparing += performance.now() - began;
      }
    },
    dispose() {
      for (const { captured } of captures) captured.dispose();
      homes?.destroy();
      captures = [];
      homes = null;
      state.held = reference;
    },
  };

  /** Captures the iteration that stands here, and takes it among the others if it repeats these numbers. */
  async function admit(wanted: readonly Bits[]): Promise<void> {
    if (++learned > mostLearned) throw new CaptureRefused(`it has decided otherwise ${mostLearned} times`);
    homes ??= createHomes(tf, backend, state.parts);
    state.held = homes.held;
    const latest = await captureIteration(machine, state, backend, homes);
    try {
      for (const numbers of wanted) {
        if (!latest.fits()) break;
        homes.settle();
        const repeated = await sound(backend.device, () => latest.replay());
        requireEqual(numbers, await numbersNow(repeated));
      }
    } catch (error) {
      latest.captured.dispose();
      throw error;
    }
    captures.unshift(latest);
    for (const { captured } of captures.splice(most)) captured.dispose();
  }

  /** All state and what the iteration measured, as bits by name. */
  async function numbersNow(measured: Measured): Promise<Bits> {
    const [{ losses, gradients }, cells] = await Promise.all([measured.read(), readCells(state.cells)]);
    const row = Float32Array.from([...Object.values(losses), ...Object.values(gradients)]);
    const values = [["a loss", row] as const, ...[...cells].map(([name, { data }]) => [name, data] as const)];
    return new Map(values.map(([name, data]) => [name, bitsOf(data)]));
  }

  function giveUp(reason: string): void {
    refused = reason;
    for (const { captured } of captures) captured.dispose();
    captures = [];
    state.held = reference;
    homes?.release();
    homes = null;
    notice(`Training runs without captured iterations, which costs JavaScript time and nothing else: ${reason}.`);
  }
}

type Bits = ReadonlyMap<string, Uint32Array>;

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);

function requireEqual(wanted: Bits, found: Bits): void {
  for (const [name, bits] of wanted)
    if (bits.some((word, index) => word !== found.get(name)![index]))
      throw new CaptureRefused(`a repeated iteration differs from the eager one in ${name}`);
}

/** A captured iteration in its session: counters move as if its code had run. */
interface IterationCapture {
  readonly captured: Captured;
  /** Whether the iteration that is due would decide as this one did. */
  fits(): boolean;
  replay(): Measured;
}

async function captureIteration(
  machine: Machine,
  state: State,
  backend: Internals,
  homes: Homes,
): Promise<IterationCapture> {
  const { tf, training } = machine;
  const optimizers = [...machine.optimizers.values()];
  const stepsNow = () => optimizers.map(({ steps }) => steps);
  const setSteps = (steps: readonly number[]) => optimizers.forEach((each, index) => (each.steps = steps[index]));
  const clock = { iteration: state.iteration };
  let begin = stepsNow(); // what optimizers count when the iteration begins
  let taken = begin.map(() => 0); // steps in an iteration
  const stand = () => {
    begin = stepsNow();
    clock.iteration = state.iteration;
  };

  const captured = await capture(tf, backend, homes, {
    run(feeds, ahead, results) {
      const steps = stepsNow();
      begin = steps.map((count, index) => count + ahead * taken[index]);
      setSteps(begin);
      clock.iteration = state.iteration + ahead;
      const work = beginIteration({ ...machine, feeds }, clock);
      try {
        for (const slice of training.iteration) work.perform(slice);
        taken = stepsNow().map((count, index) => count - begin[index]);
        results(inARow(work.losses, work.gradients));
      } finally {
        work.finish();
        setSteps(steps);
      }
    },
    mark() {
      const ahead = stepsNow().map((count, index) => count - begin[index]);
      return () => setSteps(begin.map((count, index) => count + ahead[index]));
    },
  });

  return {
    captured,
    fits() {
      stand();
      const fits = captured.fits();
      setSteps(begin);
      return fits;
    },
    replay() {
      stand();
      const readback = captured.replay();
      setSteps(begin.map((count, index) => count + taken[index]));
      state.iteration++;
      return measuredInARow(state.iteration, captured.results, readback);
    },
  };
}
