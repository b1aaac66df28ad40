/** The search for a node to add: opens at the pointer, or where a wire was let go, and then offers what fits there. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { vocabulary } from "../../kinds/index.ts";
import { useParts, useStudio } from "../model/context.ts";
import { addChoice, between, fitting, judgingOf } from "./adding.ts";
import { byShelf, choicesFor, search, type Choice } from "./choices.ts";
import { colourOf, PortGlyph } from "./Glyph.tsx";
import type { Searching } from "./local.ts";
import styles from "./SearchMenu.module.css";

const size = { width: 288, height: 336 };

export interface SearchMenuProps {
  readonly searching: Searching;
  /** Of the canvas, in which the menu stays. */
  readonly space: { readonly width: number; readonly height: number };
  close(added: string | null): void;
}

export function SearchMenu({ searching, space, close }: SearchMenuProps) {
  const parts = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const tab = useStudio((state) => state.tab);
  const [words, setWords] = useState("");
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const choices = useMemo(() => {
    const all = choicesFor(document, tab, vocabulary, analysis);
    const context = judgingOf(parts.studio);
    if (searching.into) return between(context, tab, all, searching.into);
    return searching.end ? fitting(context, tab, all, searching.end) : all;
  }, [document, analysis, tab, searching.end, searching.into, parts.studio]);
  const fits = searching.end !== null || searching.into !== null;
  const found = search(choices, words);
  const shelved = words.trim() === "" ? byShelf(found) : [["", found] as const];
  const shown = shelved.flatMap(([, members]) => members);

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, words]);

  const choose = (choice: Choice | undefined) => {
    if (choice) close(addChoice(parts, choice, searching));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) setActive((at) => Math.max(0, Math.min(shown.length - 1, at + step)));
    else if (event.key === "Enter") choose(shown[active]);
    else if (event.key === "Escape") close(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={styles.menu}
      data-captures-keys=""
      style={{
        left: Math.max(8, Math.min(searching.at.x, space.width - size.width - 8)),
        top: Math.max(8, Math.min(searching.at.y, space.height - size.height - 8)),
        ...size,
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close(null);
      }}
    >
      <input
        ref={field}
        className={styles.field}
        type="text"
        role="combobox"
        aria-label={fits ? "Search nodes that fit" : "Search nodes"}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={shown[active] && `${id}-${active}`}
        placeholder={fits ? `Search ${choices.length} that fit` : `Search ${choices.length} nodes`}
        autoComplete="off"
        spellCheck={false}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setActive(0);
        }}
        onKeyDown={press}
      />
      {/* Chromium stops at whatever scrolls; here the arrows of the field are the way, and Tab leaves */}
      <div ref={list} id={id} className={styles.list} role="listbox" aria-label="Nodes" tabIndex={-1}>
        {shelved.map(([shelf, members]) => (
          <div key={shelf} role="group" aria-label={shelf || "Found"}>
            {shelf && <div className={styles.shelf}>{shelf}</div>}
            {members.map((choice) => {
              const index = shown.indexOf(choice);
              return (
                <div
                  key={choice.key}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === active}
                  className={styles.choice}
                  onPointerMove={() => setActive(index)}
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => choose(choice)}
                >
                  <span className={styles.glyph} style={{ color: colourOf(choice.flows) }}>
                    <PortGlyph kind={choice.flows} hollow />
                  </span>
                  <span className={styles.title}>{choice.title}</span>
                  <span className={styles.summary}>{choice.summary}</span>
                </div>
              );
            })}
          </div>
        ))}
        {shown.length === 0 && (
          <p className={styles.none}>{words ? `Nothing is called “${words}”.` : "Nothing fits here."}</p>
        )}
      </div>
    </div>
  );
}
