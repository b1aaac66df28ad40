/** A block as a whole: where it stands, and its parameters with their defaults. */
import { Plus, X } from "lucide-react";
import { useMemo } from "react";
import type { GraphName } from "../../../core/document/types.ts";
import { graphOf } from "../../../core/document/types.ts";
import { standIns } from "../../../core/editing/rename.ts";
import { vocabulary } from "../../../kinds/index.ts";
import { useKeeping, useParts, useStudio } from "../../model/context.ts";
import { titleOf } from "../../model/graphs.ts";
import { Button } from "../../ui/Button.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { FieldRow } from "../form/FieldRow.tsx";
import { namesOf } from "../form/names.ts";
import { writerOf } from "../form/writer.ts";
import styles from "../Inspector.module.css";
import { NameBox } from "../NameBox.tsx";
import { blockFields } from "../node/arguments.ts";
import { Problems } from "../Problems.tsx";
import { Section } from "../Section.tsx";
import { counted } from "../words.ts";
import { addParam, judgeParam, removeParam, renameParam, setParam } from "./block-params.ts";
import { GraphTitle } from "./GraphTitle.tsx";

export function BlockInspector({ name }: { readonly name: string }) {
  const { studio } = useParts();
  const document = useStudio((state) => state.document);
  const diagnostics = useStudio((state) => state.analysis.diagnostics);
  const own = useKeeping((state) => state.dataSets);
  const graph: GraphName = `blocks.${name}`;
  const fields = useMemo(() => blockFields(document, graph, vocabulary), [document, graph]);
  const places = useMemo(() => standIns({ document, vocabulary }, graph), [document, graph]);
  const names = useMemo(() => namesOf(document, own), [document, own]);
  if (!graphOf(document, graph)) return null;
  const now = () => studio.store.getState().document;
  return (
    <>
      <div className={styles.scroll}>
        <header className={styles.header}>
          <GraphTitle graph={graph} />
          <p className={styles.summary}>Block: a group of layers that stands wherever a node names it.</p>
        </header>
        <Section title="Parameters">
          {Object.keys(fields).length === 0 && (
            <p className={styles.missing}>
              None yet. With one, each place that the block stands in can have its own width.
            </p>
          )}
          {Object.entries(fields).map(([param, field]) => (
            <div key={param} className={styles.param}>
              <NameBox
                key={param}
                label={`Name of the parameter ${param}`}
                name={param}
                take={(to) => {
                  const why = judgeParam(now(), graph, to);
                  if (why === null)
                    studio.edit(`Rename ${param} to ${to}`, renameParam(now(), graph, param, to, vocabulary));
                  return why;
                }}
              />
              <div className={styles.paramValue}>
                <FieldRow
                  name={param}
                  field={field}
                  written={field.default}
                  absent={field.default}
                  mixed={false}
                  references={null}
                  names={names}
                  writer={writerOf(studio, {
                    label: `Set ${param}`,
                    key: `part:${graph}/${param}`,
                    edits: (value) => (value === undefined ? [] : setParam(now(), graph, param, value)),
                  })}
                />
              </div>
              <IconButton
                label={`Remove ${param}`}
                size="small"
                onClick={() => studio.edit(`Remove ${param}`, removeParam(now(), graph, param, vocabulary))}
              >
                <X size={14} />
              </IconButton>
            </div>
          ))}
          <div className={styles.actions}>
            <Button
              size="small"
              icon={<Plus size={14} aria-hidden />}
              onClick={() => studio.edit("Add a parameter", addParam(now(), graph))}
            >
              Add a parameter
            </Button>
          </div>
        </Section>
        <Section title="Stands in">
          {places.length === 0 ? (
            <p className={styles.missing}>Nowhere yet, so its shapes are not known. Put it into a network.</p>
          ) : (
            <ul className={styles.list} aria-label={counted(places.length, "place")}>
              {places.map(({ graph: held, node }) => (
                <li key={`${held} ${node}`}>
                  <button type="button" className={styles.listed} onClick={() => studio.show(held, [node])}>
                    <span className={styles.grow}>{node}</span>
                    <span className={styles.aside}>{titleOf(held)}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Section>
      </div>
      <Problems problems={diagnostics.filter(({ at }) => at.graph === graph && !at.node)} />
    </>
  );
}
