/** A note or a frame: its text. */
import { useId } from "react";
import { notesOf } from "../../core/document/layout.ts";
import type { GraphName } from "../../core/document/types.ts";
import { useParts, useStudio } from "../model/context.ts";
import styles from "./Inspector.module.css";

export function NoteInspector({ graph, id }: { readonly graph: GraphName; readonly id: string }) {
  const { studio } = useParts();
  const label = useId();
  const note = useStudio((state) => notesOf(state.document, graph)[id]?.text);
  const kind = useStudio((state) => notesOf(state.document, graph)[id]?.kind);
  if (note === undefined || !kind) return null;
  const frame = kind === "frame";
  function write(text: string): void {
    const held = notesOf(studio.store.getState().document, graph)[id];
    const edit = { do: "set-note", graph, note: id, value: { ...held, text } } as const;
    if (held) studio.edit(frame ? "Name the frame" : "Write a note", [edit], { merge: `note:${graph}/${id}` });
  }
  return (
    <div className={styles.scroll}>
      <header className={styles.header}>
        <h2 className={styles.title}>{frame ? "Frame" : "Note"}</h2>
        <p className={styles.summary}>
          {frame ? "Goes around nodes and moves with them." : "Words on the canvas. Training does not see them."}
        </p>
      </header>
      <label className={styles.small} id={label} htmlFor={`${label}-text`}>
        {frame ? "Title" : "Text"}
      </label>
      <textarea
        id={`${label}-text`}
        className={styles.words}
        rows={frame ? 2 : 8}
        value={note}
        onFocus={() => studio.seal()}
        onBlur={() => studio.seal()}
        onChange={({ currentTarget }) => write(currentTarget.value)}
      />
    </div>
  );
}
