/** What one step of the selected optimizer does, and how strong its last gradient was. */
import { Fragment, useMemo } from "react";
import { grouped, rounded } from "../../../core/kind/display.ts";
import { lower } from "../../../core/program/lower.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { useParts, useStudio, useTraining } from "../../model/context.ts";
import styles from "../Inspector.module.css";
import { Section } from "../Section.tsx";
import { oneStepOf } from "./oneStep.ts";

export function OneStepSection({ optimizer }: { readonly optimizer: string }) {
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const { networks, training } = analysis;
  const step = useMemo(() => {
    const program = lower(document, { document, networks, training, diagnostics: analysis.diagnostics });
    return program && oneStepOf(program, optimizer, vocabulary);
  }, [document, networks, training, analysis.diagnostics, optimizer]);
  if (!step)
    return (
      <Section title="One step">
        <p className={styles.missing}>It is known when the document has no errors and a loss is wired to this.</p>
      </Section>
    );
  const count = step.trains.reduce((sum, name) => sum + (networks.get(name)?.parameters ?? 0), 0);
  const times = step.steps > 1 ? `${grouped(step.steps)} times` : "once";
  return (
    <Section title="One step">
      <p className={styles.chain}>
        {step.chain.map(({ name, times: repeated }, index) => (
          <Fragment key={index}>
            <span className={styles.link}>
              {name}
              {repeated > 1 && <span className={styles.times}> ×{repeated}</span>}
            </span>
            <span className={styles.arrow}> → </span>
          </Fragment>
        ))}
        <span className={styles.link}>∂θ of {step.trains.join(", ")}</span>
      </p>
      <p className={styles.total}>
        <b className="number">{grouped(count)}</b> weights
        <GradientNorm optimizer={optimizer} />
      </p>
      <p className={styles.small}>
        Runs {times} an iteration, {step.steps > 1 ? "first as" : "as"} step {grouped(step.position)} of{" "}
        {grouped(step.of)}.
      </p>
    </Section>
  );
}

function GradientNorm({ optimizer }: { readonly optimizer: string }) {
  const { training } = useParts();
  useTraining((state) => state.version);
  const { gradients, length } = training.series;
  const norm = length > 0 ? gradients.get(optimizer)?.[length - 1] : undefined;
  if (norm === undefined || Number.isNaN(norm)) return null;
  return (
    <>
      {" · gradient norm "}
      <b className="number">{rounded(norm)}</b>
    </>
  );
}
