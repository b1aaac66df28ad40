/** One node: what it is called, its parameters, its numbers, its weights, what it teaches, and what is wrong with it. */
import { useMemo } from "react";
import { asRecord } from "../../../core/document/layout.ts";
import type { GraphName } from "../../../core/document/types.ts";
import { standsFor } from "../../../core/editing/ports.ts";
import { isRefused } from "../../../core/editing/refusals.ts";
import { renameNode } from "../../../core/editing/rename.ts";
import type { Fields } from "../../../core/kind/fields.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { useKeeping, useParts, useStudio } from "../../model/context.ts";
import { Equation } from "../Equation.tsx";
import { Form } from "../form/Form.tsx";
import { namesOf } from "../form/names.ts";
import { paramWriter } from "../form/writer.ts";
import styles from "../Inspector.module.css";
import { NameBox } from "../NameBox.tsx";
import { Problems } from "../Problems.tsx";
import { Section } from "../Section.tsx";
import { blockFields } from "./arguments.ts";
import { Distributions } from "./Distributions.tsx";
import { factsOf, resolvedDefaults, type NodeFacts } from "./facts.ts";
import { OneStepSection } from "./OneStepSection.tsx";
import { Shape } from "./Shape.tsx";
import { Weights } from "./Weights.tsx";

export function NodeInspector({ graph, id }: { readonly graph: GraphName; readonly id: string }) {
  const { studio } = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const facts = useMemo(() => factsOf(document, analysis, vocabulary, graph, id), [document, analysis, graph, id]);
  if (!facts) return null;
  const { kind, declaration, problems, weights, looked, bypassed } = facts;

  function rename(to: string): string | null {
    const edits = renameNode({ document: studio.store.getState().document, vocabulary }, graph, id, to);
    if (isRefused(edits)) return edits.why;
    studio.edit(`Rename ${id} to ${to}`, edits, { select: [to] });
    return null;
  }

  return (
    <>
      <div className={styles.scroll}>
        <header className={styles.header}>
          <h2 className={styles.title}>{kind?.title ?? declaration.kind}</h2>
          {bypassed ? (
            <span className={styles.fixedName}>{id}</span>
          ) : (
            <NameBox key={id} label="Name of this node" name={id} take={rename} />
          )}
          <p className={styles.summary}>
            {kind ? `${kind.summary}.` : "This version does not know this kind of node."}
          </p>
        </header>
        {kind && <Equation tex={kind.equation} />}
        {kind ? <NodeForm facts={facts} /> : <Raw params={declaration.params} />}
        {kind?.role === "sink" && <OneStepSection optimizer={id} />}
        <Shape facts={facts} />
        {weights && <Weights weights={weights} />}
        {looked && <Distributions {...looked} />}
        {kind && (
          <Section title="Lesson">
            <p className={styles.lesson}>{kind.lesson}</p>
          </Section>
        )}
      </div>
      <Problems problems={problems} />
    </>
  );
}

/** The parameters of a node of no known kind, as they came. */
const Raw = ({ params }: { readonly params: unknown }) =>
  params === undefined ? null : (
    <div className={styles.code}>
      <pre>{JSON.stringify(params, null, 2)}</pre>
    </div>
  );

function NodeForm({ facts }: { readonly facts: NodeFacts }) {
  const { studio } = useParts();
  const { graph, id, kind, declaration, references, problems } = facts;
  const document = useStudio((state) => state.document);
  const own = useKeeping((state) => state.dataSets);
  const { networks, blocks, training } = document;
  const names = useMemo(() => namesOf({ networks, blocks, training }, own), [networks, blocks, training, own]);
  const writers = useMemo(() => {
    const fields = Object.keys(kind?.fields ?? {});
    return new Map(fields.map((param) => [param, paramWriter(studio, graph, [id], param)]));
  }, [studio, graph, id, kind]);
  if (!kind || writers.size === 0) return null;
  return (
    <Form
      key={`${graph}/${id}`}
      label="Parameters"
      fields={kind.fields}
      written={asRecord(declaration.params)}
      absent={resolvedDefaults(facts)}
      members={
        kind.role === "block"
          ? openGroups(
              kind.fields,
              blockFields(document, standsFor(document, graph, declaration, vocabulary) ?? "training", vocabulary),
            )
          : undefined
      }
      blamed={new Set(problems.flatMap(({ at }) => at.param ?? []))}
      references={references}
      names={names}
      writer={(param) => writers.get(param)!}
    />
  );
}

/** A group that names no fields of its own takes those of the block that the node stands for. */
const openGroups = (fields: Fields, members: Fields): Readonly<Record<string, Fields>> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.widget === "group" && Object.keys(field.fields ?? {}).length === 0 ? [[name, members]] : [],
    ),
  );
