/**
 * What stands in a box while it is typed in: every valid text is written at once, one that is not stays in the box with a
 * sentence, and leaves the document as it was before typing. Where the value changes from elsewhere (undo, a fix), the box follows.
 */
import { useRef, useState, type ChangeEvent, type KeyboardEvent } from "react";
import type { Field } from "../../../core/kind/fields.ts";
import { faultOf, isFault, readText, stepped, textOf } from "./text.ts";
import type { Writer } from "./writer.ts";

export interface DraftOptions {
  readonly field: Field<unknown>;
  readonly written: unknown;
  /** What holds where nothing is written: where arrow keys start. */
  readonly absent: unknown;
  readonly writer: Writer;
  readonly references: readonly string[] | null;
}

interface Draft {
  readonly text: string;
  /** What was in the document when this was typed. */
  readonly beside: string;
}

const keyOf = (value: unknown): string => JSON.stringify(value) ?? "";

export function useDraft({ field, written, absent, writer, references }: DraftOptions) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const start = useRef(""); // what was in the document when typing began
  const open = draft?.beside === keyOf(written) ? draft : null;
  const text = open?.text ?? textOf(field, written);
  const reading = open ? readText(field, open.text, references) : null;
  const fault = reading ? (isFault(reading) ? reading.fault : null) : faultOf(field, written);

  function write(value: unknown, shown: string): void {
    writer.set(value, true);
    setDraft({ text: shown, beside: keyOf(value) });
  }
  function type(shown: string): void {
    const next = readText(field, shown, references);
    if (isFault(next)) setDraft({ text: shown, beside: keyOf(written) });
    else write(next.value, shown);
  }
  /** Typing ends. What came before a text that is not valid (the 1 of 1e99) was not meant, and is taken back. */
  function settle(): void {
    if (fault !== null && open) {
      writer.restore();
      setDraft({ text: open.text, beside: start.current });
    }
    writer.seal();
  }
  /** Moves the number by so many steps; false where there is none. */
  function move(direction: 1 | -1, large: boolean): boolean {
    if (field.widget !== "integer" && field.widget !== "number") return false;
    const here = typeof written === "number" ? written : typeof absent === "number" ? absent : (field.bounds?.min ?? 0);
    const next = stepped(field, here, direction, large);
    if (next !== null) write(next, String(next));
    return true;
  }

  return {
    text,
    fault,
    move,
    box: {
      value: text,
      onChange: (event: ChangeEvent<HTMLInputElement>) => type(event.currentTarget.value),
      onFocus() {
        writer.begin();
        start.current = keyOf(written);
      },
      onBlur() {
        settle();
        if (fault === null) setDraft(null);
      },
      onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
        const { key, shiftKey } = event;
        if (key === "ArrowUp" || key === "ArrowDown") {
          if (move(key === "ArrowUp" ? 1 : -1, shiftKey)) event.preventDefault();
        } else if (key === "Escape" && open) {
          event.stopPropagation();
          writer.restore();
          setDraft(null);
        } else if (key === "Enter") {
          settle();
          writer.begin();
          if (fault === null) start.current = keyOf(written);
          event.currentTarget.select();
        }
      },
    },
  };
}
