/** Several nodes: how many of what, and the fields that they have in common, edited together. */
import { useMemo } from "react";
import { grouped } from "../../core/kind/display.ts";
import type { GraphName } from "../../core/document/types.ts";
import { vocabulary } from "../../kinds/index.ts";
import { useKeeping, useParts, useStudio } from "../model/context.ts";
import { commonOf } from "./common.ts";
import { Form } from "./form/Form.tsx";
import { namesOf } from "./form/names.ts";
import { paramWriter } from "./form/writer.ts";
import styles from "./Inspector.module.css";
import { factsOf, type NodeFacts } from "./node/facts.ts";
import { Section } from "./Section.tsx";
import { flopText } from "./words.ts";

export function SeveralInspector({ graph, ids }: { readonly graph: GraphName; readonly ids: readonly string[] }) {
  const { studio } = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const own = useKeeping((state) => state.dataSets);
  const key = ids.join("\n");
  const nodes = useMemo(
    () =>
      key
        .split("\n")
        .map((id) => factsOf(document, analysis, vocabulary, graph, id))
        .filter((node) => node !== null),
    [document, analysis, graph, key],
  );
  const { networks, blocks, training } = document;
  const names = useMemo(() => namesOf({ networks, blocks, training }, own), [networks, blocks, training, own]);
  const common = commonOf(nodes);
  const writers = useMemo(() => {
    const all = key.split("\n");
    return new Map(
      Object.keys(common?.kind.fields ?? {}).map((param) => [param, paramWriter(studio, graph, all, param)]),
    );
  }, [studio, graph, key, common?.kind]);
  const byKind = new Map<string, NodeFacts[]>();
  for (const node of nodes) {
    const title = node.kind?.title ?? node.declaration.kind;
    byKind.set(title, [...(byKind.get(title) ?? []), node]);
  }
  const weights = new Map(nodes.flatMap((node) => (node.weights?.rows ?? []).map((row) => [row.path, row] as const)));
  const parameters = [...weights.values()].reduce(
    (sum, { shape, trainable }) => sum + (trainable ? shape.reduce((a, b) => a * b, 1) : 0),
    0,
  );
  const flops = nodes.reduce((sum, node) => sum + (node.weights?.flops ?? 0), 0);
  return (
    <div className={styles.scroll}>
      <header className={styles.header}>
        <h2 className={styles.title}>{grouped(nodes.length)} nodes</h2>
        {graph !== "training" && (
          <p className={styles.total}>
            <b className="number">{grouped(parameters)}</b> parameters{flops > 0 && ` · ${flopText(flops)}`}
          </p>
        )}
      </header>
      {common && writers.size > 0 && (
        <Form
          key={key}
          label="Parameters of all"
          fields={common.kind.fields}
          written={common.written}
          mixed={common.mixed}
          references={nodes[0].references}
          names={names}
          writer={(param) => writers.get(param)!}
        />
      )}
      {!common && <p className={styles.missing}>Nodes of one kind are edited together. Choose one:</p>}
      {byKind.size > 1 && (
        <Section title="Selected">
          <ul className={styles.list}>
            {[...byKind].map(([title, members]) => (
              <li key={title}>
                <button
                  type="button"
                  className={styles.listed}
                  onClick={() => studio.select(members.map(({ id }) => id))}
                >
                  <span>{title}</span>
                  <span className="number">{grouped(members.length)}</span>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
