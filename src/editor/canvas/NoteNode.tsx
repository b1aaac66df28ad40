/** A text beside the graph, or a frame around a part of it. Both lie behind the nodes and are written in place. */
import { NodeResizer, type Node, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import type { Note } from "../../core/document/layout.ts";
import { useParts } from "../model/context.ts";
import { grid } from "./geometry.ts";
import { useLocal, useLocalStore } from "./local.ts";
import styles from "./Note.module.css";

export interface NoteData extends Record<string, unknown> {
  readonly note: Note;
  readonly graph: string;
}
export type NoteFlowNode = Node<NoteData, "note">;

export const NoteNode = memo(function NoteNode({ id, data: { note, graph }, selected }: NodeProps<NoteFlowNode>) {
  const { studio } = useParts();
  const local = useLocalStore();
  const writing = useLocal((state) => state.writing === id);
  const write = (text: string) => {
    local.setState({ writing: null });
    if (text !== note.text)
      studio.edit("Write a note", [{ do: "set-note", graph, note: id, value: { ...note, text } }]);
  };
  return (
    <div
      className={`${note.kind === "frame" ? styles.frame : styles.note} ${selected ? styles.selected : ""}`}
      onDoubleClick={(event) => {
        event.stopPropagation();
        local.setState({ writing: id });
      }}
    >
      <NodeResizer
        isVisible={selected}
        minWidth={12 * grid}
        minHeight={6 * grid}
        lineClassName={styles.edge}
        handleClassName={styles.corner}
        onResizeEnd={(_, { x, y, width, height }) =>
          studio.edit(note.kind === "frame" ? "Resize frame" : "Resize note", [
            { do: "set-note", graph, note: id, value: { ...note, x, y, width, height } },
          ])
        }
      />
      {writing ? (
        <Writing text={note.text} label={note.kind === "frame" ? "Frame title" : "Note text"} done={write} />
      ) : (
        <div className={styles.text}>{note.text || (note.kind === "frame" ? "Frame" : "Note")}</div>
      )}
    </div>
  );
});

interface WritingProps {
  readonly text: string;
  readonly label: string;
  done(text: string): void;
}

function Writing({ text, label, done }: WritingProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <textarea
      ref={field}
      className={`nodrag nopan nowheel ${styles.writing}`}
      aria-label={label}
      defaultValue={text}
      onBlur={(event) => done(event.target.value)}
      onKeyDown={(event) => {
        const ends = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
        if (!ends) return;
        event.preventDefault();
        event.stopPropagation();
        const element = event.currentTarget;
        if (event.key === "Escape") element.value = text;
        element.closest<HTMLElement>(".react-flow__node")?.focus();
      }}
    />
  );
}
