/** Progress of long work on stderr: a bar that redraws itself on a terminal, a line now and then elsewhere. */
import cliProgress from "cli-progress";
import { notice } from "./output.ts";

export interface Progress {
  /** `text` stands behind the bar: losses, rate, time left. */
  update(done: number, text: string): void;
  stop(): void;
}

export function showProgress(total: number, start: number, label: string): Progress {
  return process.stderr.isTTY ? bar(total, start, label) : lines(total, label);
}

function bar(total: number, start: number, label: string): Progress {
  const drawn = new cliProgress.SingleBar(
    { format: `${label} {bar} {value}/{total}  {text}`, hideCursor: true, barsize: 24, stream: process.stderr, fps: 8 },
    cliProgress.Presets.shades_classic,
  );
  drawn.start(total, start, { text: "" });
  return { update: (done, text) => drawn.update(done, { text }), stop: () => drawn.stop() };
}

function lines(total: number, label: string): Progress {
  let last = -Infinity;
  return {
    update(done, text) {
      const now = performance.now();
      if (now - last < 5000 && done < total) return;
      last = now;
      notice(`${label} ${done}/${total}  ${text}`);
    },
    stop: () => {},
  };
}

/** "1:05" or "2:03:09". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0
    ? `${h}:${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}`
    : `${m}:${String(s).padStart(2, "0")}`;
}
