// A browser's trace, read for what the page's own scripts cost its main thread.

/** Processor time in ms of each task of the busiest renderer in which scripts ran. */
export function tasksOf(traceEvents) {
  const events = mainThreads(traceEvents)
    .map((thread) => thread.filter(({ ph }) => ph === "X"))
    .sort((a, b) => b.length - a.length)[0];
  const within = (event, task) => event.ts >= task.ts && event.ts + (event.dur ?? 0) <= task.ts + task.dur + 1;
  const scripts = events.filter(({ name }) => scripted.has(name));
  return events
    .filter(({ name }) => name === "ThreadControllerImpl::RunTask" || name === "RunTask")
    .filter((task) => scripts.some((event) => within(event, task)))
    .map(({ tdur, dur }) => (tdur ?? dur) / 1000);
}

/** The events of each renderer's main thread. */
export function mainThreads(traceEvents) {
  const renderers = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  return renderers.map(({ pid, tid }) => traceEvents.filter((event) => event.pid === pid && event.tid === tid));
}

/**
 * What steps of training took of a page's thread, in ms of processor time: all its tasks, and of them what lies between the
 * marks of bench/page/steps/main.mjs, from the first "encoder" to the next "submitted".
 */
export function stepTimes(traceEvents) {
  const trained = mainThreads(traceEvents).find((events) => events.some(({ name }) => name === "submitted")) ?? [];
  const tasks = trained.filter(({ name }) => name === "ThreadControllerImpl::RunTask");
  const marks = trained.filter(({ name }) => name === "encoder" || name === "submitted").sort((a, b) => a.ts - b.ts);
  let [issuing, began] = [0, null];
  for (const { name, tts } of marks) {
    if (name === "encoder") began ??= tts;
    else if (began !== null) [issuing, began] = [issuing + tts - began, null];
  }
  return { thread: tasks.reduce((sum, { tdur }) => sum + (tdur ?? 0), 0) / 1000, issuing: issuing / 1000 };
}

const scripted = new Set([
  "FunctionCall",
  "EvaluateScript",
  "FireAnimationFrame",
  "TimerFire",
  "EventDispatch",
  "HandlePostMessage",
]);
