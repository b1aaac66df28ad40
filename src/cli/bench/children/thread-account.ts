/**
 * What a thread's processor time goes into while it trains on WebGPU. In Node the driver works on the thread that calls it:
 * within `submit`, and while something is awaited, when Dawn asks over and over whether it is done and leaves garbage to
 * collect. A page has its driver in another process, so neither is JavaScript's. What is left is: the code that decides and
 * draws, and the calls that record commands.
 */

export interface ThreadTimes {
  /** Up to the last submission, outside of `submit` and of waiting; null where work was issued in the middle of waiting. */
  readonly script: number | null;
  /** Of it, before the first command of each submission is recorded. */
  readonly before: number;
  /** In `submit`. */
  readonly submit: number;
  /** From the event loop's next turn on while something was awaited, and all after the last submission. */
  readonly waiting: number;
}

export interface ThreadAccount {
  /** Begins anew. */
  begin(): void;
  /** Recording begins: what has passed since the last submission was before the first command. */
  encode(): void;
  submitting(): void;
  submitted(): void;
  /** A promise of the device is awaited from here to its `close`. */
  open(): void;
  close(): void;
  /** Since it began, in milliseconds. */
  end(): ThreadTimes;
}

/**
 * @param clock processor time of the thread, in milliseconds
 * @param nextTurn calls back once the code at work has come to its end
 */
export function threadAccount(clock: () => number, nextTurn: (then: () => void) => void = setImmediate): ThreadAccount {
  let [script, before, submit, waiting] = [0, 0, 0, 0];
  let [pending, ahead] = [0, 0]; // script since the last submission, and of it before recording
  let [encoding, waits, mixed] = [false, false, false];
  let awaited = 0;
  let mark = clock();

  /** Books what has passed since the last time. */
  const book = (to?: "submit") => {
    const now = clock();
    const passed = now - mark;
    mark = now;
    if (to === "submit") submit += passed;
    else if (waits) waiting += passed;
    else pending += passed;
  };
  return {
    begin() {
      [script, before, submit, waiting, pending, ahead] = [0, 0, 0, 0, 0, 0];
      [encoding, mixed] = [false, false];
      mark = clock();
    },
    encode() {
      if (encoding) return;
      book();
      encoding = true;
      ahead = pending;
    },
    submitting() {
      book();
      mixed ||= waits;
      script += pending;
      before += ahead;
      [pending, ahead, encoding] = [0, 0, false];
    },
    submitted: () => book("submit"),
    open() {
      if (awaited++ > 0) return;
      nextTurn(() => {
        if (awaited === 0 || waits) return;
        book();
        waits = true;
      });
    },
    close() {
      if (--awaited > 0) return;
      book();
      waits = false;
    },
    end() {
      book();
      const after = pending;
      pending = 0;
      return { script: mixed ? null : script, before, submit, waiting: waiting + after };
    },
  };
}
