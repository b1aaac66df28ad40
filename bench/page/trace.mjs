// A browser's trace, read for what the page's own scripts cost its main thread.

/** Processor time in ms of each task of the busiest renderer in which scripts ran. */
export function tasksOf(traceEvents) {
  const renderers = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const events = renderers
    .map(({ pid, tid }) => traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X"))
    .sort((a, b) => b.length - a.length)[0];
  const within = (event, task) => event.ts >= task.ts && event.ts + (event.dur ?? 0) <= task.ts + task.dur + 1;
  const scripts = events.filter(({ name }) => scripted.has(name));
  return events
    .filter(({ name }) => name === "ThreadControllerImpl::RunTask" || name === "RunTask")
    .filter((task) => scripts.some((event) => within(event, task)))
    .map(({ tdur, dur }) => (tdur ?? dur) / 1000);
}

const scripted = new Set([
  "FunctionCall",
  "EvaluateScript",
  "FireAnimationFrame",
  "TimerFire",
  "EventDispatch",
  "HandlePostMessage",
]);
