/** A kind: its node where it stands, as the canvas draws it, its equation and lesson, and its arithmetic with numbers. */
import { useMemo } from "react";
import type { GanDocument } from "../../core/document/types.ts";
import type { NodeKind } from "../../core/kind/kind.ts";
import { vocabulary } from "../../kinds/index.ts";
import { Equation } from "../inspector/Equation.tsx";
import { factsOf } from "../inspector/node/facts.ts";
import styles from "./Gallery.module.css";
import { SmallCanvas } from "./SmallCanvas.tsx";
import { specimenOf } from "./specimens.ts";

export function KindEntry({
  kind,
  templates,
}: {
  readonly kind: NodeKind;
  readonly templates: readonly GanDocument[];
}) {
  const { specimen, facts } = useMemo(() => {
    const found = specimenOf(kind, templates);
    return {
      specimen: found,
      facts: found && factsOf(found.document, found.analysis, vocabulary, found.graph, found.node),
    };
  }, [kind, templates]);
  return (
    <article
      className={styles.kind}
      aria-label={`${kind.name} of ${kind.graph === "network" ? "networks" : "the training graph"}`}
    >
      {specimen && <SmallCanvas specimen={specimen} title={kind.title} />}
      <div className={styles.words}>
        <h3 className={styles.name}>{kind.title}</h3>
        <p>{kind.summary}</p>
        <Equation tex={kind.equation} />
        <p className={styles.lesson}>{kind.lesson}</p>
      </div>
      <div>
        <ul className={styles.arithmetic} aria-label="Arithmetic">
          {facts?.arithmetic.map(({ quantity, formula, numbers, result }) => (
            <li key={`${quantity} ${formula}`}>
              {quantity} = {formula} = {numbers} = <b>{result}</b>
            </li>
          ))}
        </ul>
        <dl className={styles.facts}>
          <dt>Inputs</dt>
          <dd>{kind.inputs.map((port) => port.name).join(", ") || "none"}</dd>
          <dt>Outputs</dt>
          <dd>{kind.outputs.map((port) => port.name).join(", ") || "none"}</dd>
          <dt>Fields</dt>
          <dd>{Object.keys(kind.fields).join(", ") || "none"}</dd>
        </dl>
      </div>
    </article>
  );
}
