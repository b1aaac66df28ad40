/** What becomes of a file of weights: for which network it is, what fits, and whether it starts a run or stays with the document. */
import { useState } from "react";
import { fitOf, isWhole, ownShapes } from "../keeping/weights-intake.ts";
import { misfitWords } from "../keeping/fit-words.ts";
import { useKeeping, useParts } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import styles from "./WeightsSheet.module.css";

export function WeightsSheet() {
  const { keeping, studio } = useParts();
  const incoming = useKeeping((state) => state.incomingWeights);
  const [chosen, setChosen] = useState(incoming?.network ?? "");
  if (!incoming) return null;
  const own = ownShapes(studio);
  const network = own.has(chosen) ? chosen : incoming.network;
  const fit = fitOf(own.get(network) ?? new Map(), incoming.shapes);
  const all = fit.taken + fit.misfits.length + fit.missing.length;
  const left: readonly (readonly [string, readonly string[]])[] = [
    ["Another shape", fit.misfits.map(misfitWords)],
    ["Not in the file", fit.missing],
    ["In the file alone", fit.unused],
  ];
  return (
    <Sheet
      title="Weights from a file"
      lead={incoming.name}
      width="narrow"
      onClose={() => keeping.weights.drop()}
      footer={
        <>
          <Button disabled={fit.taken === 0} onClick={() => void keeping.weights.start(network)}>
            Start the run from them
          </Button>
          <Button
            variant={isWhole(fit) ? "primary" : "plain"}
            disabled={!isWhole(fit)}
            onClick={() => void keeping.weights.keep(network)}
          >
            Keep with the document
          </Button>
        </>
      }
    >
      <label className={styles.field}>
        Network
        <select value={network} onChange={(event) => setChosen(event.currentTarget.value)}>
          {[...own.keys()].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p className={styles.words} role="status">
        <span className="number">{fit.taken}</span> of its <span className="number">{all}</span> weights are in the
        file.
        {!isWhole(fit) && " To be kept with the document, all of them must be."}
      </p>
      {left.map(
        ([title, names]) =>
          names.length > 0 && (
            <section key={title} aria-label={title}>
              <h3 className={styles.title}>
                {title} <span className="number">{names.length}</span>
              </h3>
              <ul className={styles.names} tabIndex={0}>
                {names.map((name) => (
                  <li key={name}>{name}</li>
                ))}
              </ul>
            </section>
          ),
      )}
      <p className={styles.words}>
        A run that starts from them trains on from there. Kept with the document, every run starts from them, and a
        network that no optimizer trains stays as it is in the file.
      </p>
    </Sheet>
  );
}
