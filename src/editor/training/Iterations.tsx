/** Iterations of a full run, to be changed where they stand. */
import { useState, type KeyboardEvent } from "react";
import { useParts, useTraining } from "../model/context.ts";
import styles from "./DockHeader.module.css";
import { grouped } from "./words.ts";

/** As the document's schema has it. */
const most = 10_000_000;

export function Iterations() {
  const { studio } = useParts();
  const iterations = useTraining((state) => state.iterations);
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? grouped(iterations);

  const commit = () => {
    const count = Number((typed ?? "").replace(/[\s,._']/g, ""));
    setTyped(null);
    if (typed === null || !Number.isInteger(count) || count < 1 || count > most || count === iterations) return;
    studio.edit("Set iterations", [{ do: "set-graph-part", graph: "training", part: "iterations", value: count }]);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") event.currentTarget.blur();
    if (event.key === "Escape") setTyped(null);
  };
  return (
    <input
      className={`number ${styles.iterations}`}
      aria-label="Iterations of the whole run"
      inputMode="numeric"
      value={shown}
      style={{ width: `${shown.length + 1.5}ch` }}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={onKey}
    />
  );
}
