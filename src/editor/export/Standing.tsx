/** Which weights a file will hold: at which iteration, of which document. And why there can be none. */
import { isError, printPlace, sentence } from "../../core/analysis/diagnostics.ts";
import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";
import { useStudio, useTraining } from "../model/context.ts";
import { groupedNumber } from "../ui/NumberText.tsx";
import type { Facts } from "./facts.ts";
import styles from "./Export.module.css";

/** True where the weights would be fresh: nothing has been trained, and none were put in from a file. */
export const useUntrained = (): boolean => useTraining(({ iteration, saved }) => iteration === 0 && saved === null);

/** Why the document cannot be opened for training, where it cannot; else null. Weights belong to a run. */
export function useObstacle({ program }: Facts): string | null {
  const errors = useStudio(({ analysis }) => analysis.diagnostics).filter(isError);
  const open = useTraining((state) => state.open);
  if (open) return null;
  if (errors.length === 0) return program?.training ? null : nothingTrains;
  const [first] = errors;
  const [place, rest] = [printPlace(first.at), errors.length - 1];
  const more = rest > 0 ? ` And ${rest} more.` : "";
  return `This document has ${errors.length === 1 ? "a problem" : "problems"} to mend first. ${place ? `${place}: ` : ""}${sentence(first)}${more}`;
}

const nothingTrains =
  "Weights are those of a run, and this document's training graph trains and samples nothing yet. Wire an optimizer to a loss first.";

export function Standing({ facts }: { readonly facts: Facts }) {
  const iteration = useTraining((state) => state.iteration);
  const drift = useTraining((state) => state.drift);
  const untrained = useUntrained();
  const obstacle = useObstacle(facts);
  if (obstacle !== null) return <Notice tone="bad">{obstacle}</Notice>;
  if (untrained)
    return (
      <Notice>
        Nothing has been trained yet. A file of fresh weights is of use for trying out what will run it: its samples are
        noise.
      </Notice>
    );
  return (
    <p className={styles.standing}>
      Weights at iteration <span className="number">{groupedNumber(iteration)}</span>
      {drift === "meaning" && ", of the document as it is in training: your changes since are not in the file"}.
    </p>
  );
}

export const Notice = ({
  tone = "plain",
  children,
}: {
  readonly tone?: "plain" | "bad";
  readonly children: ReactNode;
}) => (
  <p className={styles.notice} data-tone={tone} role={tone === "bad" ? "alert" : undefined}>
    {tone === "bad" ? <CircleAlert size={16} aria-label="Error" /> : <Info size={16} aria-hidden />}
    <span>{children}</span>
  </p>
);
