/** The training graph as a whole: the settings of a run, the optimizers in their order, and the program. */
import { useMemo } from "react";
import { settingFields } from "../../../core/analysis/training.ts";
import type { GraphPart } from "../../../core/document/edits.ts";
import { grouped } from "../../../core/kind/display.ts";
import { lower } from "../../../core/program/lower.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { useParts, useStudio } from "../../model/context.ts";
import { Form } from "../form/Form.tsx";
import { namesOf } from "../form/names.ts";
import { writerOf } from "../form/writer.ts";
import styles from "../Inspector.module.css";
import { oneStepOf } from "../node/oneStep.ts";
import { Problems } from "../Problems.tsx";
import { Section } from "../Section.tsx";
import { ProgramText } from "./ProgramText.tsx";

export function TrainingInspector() {
  const { studio } = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const { networks, training, diagnostics } = analysis;
  const { batch, iterations, seed } = document.training;
  const problems = diagnostics.filter(({ at }) => at.graph === undefined || (at.graph === "training" && !at.node));
  const optimizers = useMemo(() => {
    const program = lower(document, { document, networks, training, diagnostics });
    return program?.training?.optimizers.map(({ id }) => ({ id, step: oneStepOf(program, id, vocabulary)! }));
  }, [document, networks, training, diagnostics]);
  const writers = useMemo(() => {
    const writer = (part: GraphPart) =>
      writerOf(studio, {
        label: `Set ${part}`,
        key: `part:training/${part}`,
        edits: (value) => [{ do: "set-graph-part", graph: "training", part, value }],
      });
    return { batch: writer("batch"), iterations: writer("iterations"), seed: writer("seed") };
  }, [studio]);
  return (
    <>
      <div className={styles.scroll}>
        <header className={styles.header}>
          <h2 className={styles.title}>Training</h2>
          <p className={styles.summary}>
            Data and noise flow into networks, networks into losses, losses into optimizers.
          </p>
        </header>
        <Form
          key="settings"
          label="Settings of a run"
          fields={settingFields}
          written={{ batch, iterations, seed }}
          blamed={new Set(problems.flatMap(({ at }) => at.param ?? []))}
          references={null}
          names={noNames}
          writer={(part) => writers[part as keyof typeof writers]}
        />
        <Section title="One iteration">
          {optimizers && optimizers.length > 0 ? (
            <ol className={styles.list}>
              {optimizers.map(({ id, step }, index) => (
                <li key={id}>
                  <button type="button" className={styles.listed} onClick={() => studio.select([id])}>
                    <span className={styles.ordinal}>{index + 1}</span>
                    <span className={styles.grow}>
                      {id}
                      <span className={styles.aside}>trains {step.trains.join(", ")}</span>
                    </span>
                    <span className="number">
                      {grouped(step.steps)} {step.steps === 1 ? "step" : "steps"}
                    </span>
                  </button>
                </li>
              ))}
            </ol>
          ) : (
            <p className={styles.missing}>
              {optimizers ? "Wire a loss into an optimizer to train." : "The order is known when there are no errors."}
            </p>
          )}
        </Section>
        <ProgramText />
      </div>
      <Problems problems={problems} />
    </>
  );
}

const noNames = namesOf({ networks: {}, blocks: {}, training: { nodes: {}, edges: [] } }, []);
