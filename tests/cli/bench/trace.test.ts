import { describe, expect, it } from "vitest";
import { stepTimes, tasksOf } from "../../../bench/page/trace.mjs";

const event = (name: string, ts: number, dur: number, more: object = {}) => ({ name, ph: "X", pid: 1, tid: 7, ts, dur, ...more }); // prettier-ignore

describe("a trace", () => {
  it("gives the processor time of the tasks in which scripts ran, of the busiest renderer", () => {
    const renderer = (tid: number) => ({ name: "thread_name", ph: "M", pid: 1, tid, args: { name: "CrRendererMain" } });
    const events = [
      renderer(7),
      renderer(8),
      event("RunTask", 0, 5000, { tdur: 2000 }),
      event("FunctionCall", 100, 300),
      event("RunTask", 6000, 9000),
      event("Layout", 6100, 8000),
      event("ThreadControllerImpl::RunTask", 20_000, 4000),
      event("TimerFire", 20_010, 3000),
      event("RunTask", 0, 90_000, { tid: 9 }),
      event("FunctionCall", 10, 80_000, { tid: 9 }),
    ];
    expect(tasksOf(events)).toEqual([2, 4]);
  });

  it("gives what training steps took of the thread that submits, and of it what lies between encoder and submission", () => {
    const renderer = (tid: number) => ({ name: "thread_name", ph: "M", pid: 1, tid, args: { name: "CrRendererMain" } });
    const mark = (name: string, ts: number, tts: number) => ({ name, ph: "I", pid: 1, tid: 8, ts, tts });
    const task = (tid: number, tdur: number) => event("ThreadControllerImpl::RunTask", 0, 9e6, { tid, tdur });
    const events = [
      ...[renderer(7), renderer(8), task(7, 90_000), task(8, 3000), task(8, 1000)],
      mark("submitted", 50, 1100), // of a step that began before
      mark("submitted", 300, 1900),
      ...[
        mark("encoder", 100, 1200),
        mark("encoder", 200, 1300),
        mark("encoder", 400, 2000),
        mark("submitted", 500, 2050),
      ],
    ];
    expect(stepTimes(events)).toEqual({ thread: 4, issuing: 0.75 });
  });
});
