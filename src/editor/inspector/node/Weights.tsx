/** The weights of a node by their paths in the state_dict, how many numbers they are, and what a forward pass costs. */
import { grouped } from "../../../core/kind/display.ts";
import styles from "../Inspector.module.css";
import { Section } from "../Section.tsx";
import { counted, flopText, startText, weightShape } from "../words.ts";
import type { WeightFacts } from "./facts.ts";

/** Rows that are shown; a block may have thousands. */
const most = 8;

export function Weights({ weights }: { readonly weights: WeightFacts }) {
  const { rows, init, parameters, flops, layers } = weights;
  if (rows.length === 0 && flops === 0) return null;
  return (
    <Section title="Weights">
      {rows.length > 0 && (
        <ul className={styles.weights}>
          {rows.slice(0, most).map((weight) => (
            <li key={weight.path} className={styles.weight}>
              <span className={styles.path}>{weight.path}</span> <b>{weightShape(weight.shape)}</b>
              <span className={styles.weightNotes}>
                {startText(weight.init[init])}
                {!weight.trainable && " · buffer"}
                {weight.shared && " · shared"}
              </span>
            </li>
          ))}
          {rows.length > most && <li className={styles.more}>and {counted(rows.length - most, "more weight")}</li>}
        </ul>
      )}
      <p className={styles.total}>
        <b className="number">{grouped(parameters)}</b> {parameters === 1 ? "parameter" : "parameters"}
        {flops > 0 && ` · ${flopText(flops)}`}
        {layers > 1 && ` · ${counted(layers, "layer")}`}
      </p>
    </Section>
  );
}
