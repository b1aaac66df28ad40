/** One event of a browser's trace ("X" lasts, in µs). */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  /** Processor time, in µs. */
  readonly tdur?: number;
  /** Processor time of the thread when it began, in µs. */
  readonly tts?: number;
  readonly args?: { readonly name?: string };
}

export function tasksOf(traceEvents: readonly TraceEvent[]): number[];

export interface StepTimes {
  readonly thread: number;
  readonly issuing: number;
}
export function stepTimes(traceEvents: readonly TraceEvent[]): StepTimes;
