/** What a screen reader is told of training: its turns, and every tenth of the way. */
import { useTraining } from "../model/context.ts";
import { grouped } from "./words.ts";

export function Spoken() {
  const text = useTraining(({ now, iteration, iterations }) => {
    switch (now.status) {
      case "idle":
        return "";
      case "preparing":
        return now.what;
      case "training": {
        const tenth = iterations > 0 ? Math.floor((10 * iteration) / iterations) : 0;
        return tenth > 0 ? `Training, ${tenth * 10} percent done` : "Training";
      }
      case "paused":
        return `Paused at iteration ${grouped(iteration)}`;
      case "finished":
        return `Training is finished after ${grouped(iteration)} iterations`;
      case "failed":
        return now.text;
    }
  });
  return (
    <p className="unseen" role="status" aria-live="polite">
      {text}
    </p>
  );
}
