/** What arrives, what leaves, and how its numbers come about. */
import { shapeText } from "../../../core/kind/display.ts";
import type { Arithmetic } from "../../../core/kind/kind.ts";
import styles from "../Inspector.module.css";
import { Section } from "../Section.tsx";
import type { NodeFacts, PortFact } from "./facts.ts";

export function Shape({ facts: { kind, inputs, outputs, arithmetic, missing } }: { readonly facts: NodeFacts }) {
  const sized = kind?.role !== "sink";
  if (!kind || (!sized && arithmetic.length === 0)) return null;
  return (
    <Section title={kind?.graph === "network" || kind?.role === "call" ? "Shape" : "Numbers"}>
      {arithmetic.length > 0 && (
        <div className={styles.arithmetic}>
          {arithmetic.map((line) => (
            <Line key={`${line.quantity} ${line.formula}`} {...line} />
          ))}
        </div>
      )}
      {missing && (
        <p className={styles.missing}>
          {missing.split("`").map((words, index) => (index % 2 === 1 ? <code key={index}>{words}</code> : words))}
        </p>
      )}
      {sized && inputs.length + outputs.length > 0 && (
        <p className={styles.flow}>
          {inputs.length > 0 && <Ports ports={inputs} />}
          {inputs.length > 0 && outputs.length > 0 && <span className={styles.arrow}>→</span>}
          {outputs.length > 0 && <Ports ports={outputs} />}
        </p>
      )}
    </Section>
  );
}

/** Quantities with long names stand above their line. */
const short = 6;

function Line({ quantity, formula, numbers, result }: Arithmetic) {
  const stacked = quantity.length > short;
  return (
    <div className={styles.line} data-stacked={stacked || undefined}>
      <span className={styles.quantity}>{quantity}</span>
      <span className={styles.equals}>=</span>
      <span>{formula}</span>
      <span className={styles.equals}>=</span>
      <span>
        {numbers} = <b className={styles.result}>{result}</b>
      </span>
    </div>
  );
}

const Ports = ({ ports }: { readonly ports: readonly PortFact[] }) => (
  <span className={styles.ports}>
    {ports.map(({ name, type }) => (
      <span key={name} className={styles.port}>
        {name} <b data-unknown={type === null || undefined}>{type ? shapeText(type) : "?"}</b>
      </span>
    ))}
  </span>
);
