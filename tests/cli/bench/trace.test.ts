import { describe, expect, it } from "vitest";
import { tasksOf } from "../../../bench/page/trace.mjs";

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
});
